"""The configuration as a supervisor keeps it: a directory of YAML files, checked as a whole before anything is used."""

"""`cti leads`: the lists of people who are to be called."""

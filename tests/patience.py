"""How long tests wait for what has to happen."""

PATIENCE_S = 60
"""Longer than any machine takes, however slow and busy: who waits this long waits in vain. How fast something is, is
measured in benchmarks/, never here."""

"""`cti agent`: a whole agent's desk, by the keyboard alone."""

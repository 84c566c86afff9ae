"""`cti watch`: a supervisor's console, by the keyboard alone."""

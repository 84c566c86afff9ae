"""Customers out of a file of comma-separated values, whatever program wrote it and whatever is wrong with it."""

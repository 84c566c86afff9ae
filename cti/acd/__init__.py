"""Automatic call distribution: who gets the next caller, and what agents may do."""

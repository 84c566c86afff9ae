"""The fault plan: what goes wrong, where, how often."""

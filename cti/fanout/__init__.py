"""Delivers frames to whoever listens, and remembers the newest for those who come back."""

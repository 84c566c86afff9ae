"""Recordings: of calls and of conferences, from their start to the file that can be fetched, and the callbacks."""

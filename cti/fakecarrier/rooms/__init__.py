"""Conferences: who is in the room, who hears whom, and the callbacks about it."""

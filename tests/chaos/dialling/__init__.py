"""A shift of a campaign: agents, a list of leads, callers in between, and everything that goes wrong."""

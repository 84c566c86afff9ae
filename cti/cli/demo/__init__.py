"""`cti demo`: a small centre at work, with a carrier, callers and agents that are programs."""

"""The carrier's REST interface: what a server may ask of it."""

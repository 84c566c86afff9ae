"""The shells that turn the core into a running server."""

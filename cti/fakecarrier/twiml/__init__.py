"""Documents: read, checked and performed on a leg."""

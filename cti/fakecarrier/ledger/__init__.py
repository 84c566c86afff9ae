"""What happened, as the carrier saw it, and the verdict that follows from it."""

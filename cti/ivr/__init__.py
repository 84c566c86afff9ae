"""Interactive voice response: flows of steps that callers walk through by key."""

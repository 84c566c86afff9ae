"""Results in the store: what came of calls, until other systems have taken it."""

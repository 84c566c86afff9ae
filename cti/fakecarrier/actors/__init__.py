"""The people outside: callers, and the endpoints that are rung."""

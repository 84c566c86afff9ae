"""The vocabulary every room shares: events, commands, plans, the records of contacts, legs and agents. Pure."""

"""The mixed shift: all that agents, supervisors and callers can do, at random, an hour of it at ten times speed."""

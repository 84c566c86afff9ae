"""The mixed shift: everything that agents, supervisors and callers can do, at random, for an hour at ten times speed."""

"""A whole centre in virtual time: callers, agents, a carrier and faults from a seed, around the server's own rules."""

"""Faults against the whole: real processes, real sockets, a carrier that judges."""

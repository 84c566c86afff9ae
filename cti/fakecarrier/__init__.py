"""The fake carrier: the carrier's side of the wire, a process of its own, and the judge of what callers met."""

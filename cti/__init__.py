"""A contact-centre server: calls, queues, agents and screen-pops, recoverable to the last event."""

__version__ = "0.1.0"

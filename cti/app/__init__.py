"""The composition root: settings in, a running worker or follower out. Nothing imports it but the command line."""

from cti.app.common import Go
from cti.app.follower import follow
from cti.app.worker import Worker

__all__ = ["Go", "Worker", "follow"]

"""What happens to the site itself: starts, configuration, credentials, time, rejected inputs."""

from cti.core.base import Record
from cti.core.config import SiteConfig
from cti.core.events.base import Event


class ServerStarted(Event):
    """A worker took over, under a new epoch, with this logic."""

    epoch: int
    logic: str


class ConfigApplied(Event):
    config_hash: str
    config: SiteConfig


class ConfigDiffers(Event):
    """The tree at start is not what the journal holds: reported, not applied."""

    config_hash: str


class TokenIssued(Event):
    """A bearer token exists; only its SHA-256 is known here. `subject` is who it stands for."""

    token_hash: str
    scope: str
    subject: str
    expires_at: int = 0


class TokenRevoked(Event):
    token_hash: str


class RelookPromised(Event):
    """One turn was not enough to look at everybody again: the distributor goes on at `at` (ms). 0: it is through."""

    at: int


class Due(Record):
    """A promise that fell due: `kind` says which, `key` whose, `at` for when it was made."""

    kind: str
    key: str
    at: int


class DeadlinesReached(Event):
    due: tuple[Due, ...]


class InputRejected(Event):
    """An input, or one promise of a batch, made the rules fail. It was rolled back; nothing of it happened."""

    input_type: str
    reason: str
    key: str = ""
    leg_id: str = ""
    provider_ref: str = ""
    contact_id: str = ""
    agent_id: str = ""
    request_id: str = ""
    supervisor_id: str = ""


class QueueConfigRequested(Event):
    queue_id: str
    version: int
    by: str


class QueueConfigChanged(Event):
    queue_id: str
    version: int

"""Who is not to be called, what a call is judged by, and what came of it."""

from typing import ClassVar

from cti.core.base import Record
from cti.core.calling import AttemptFact, Listing, Subject
from cti.core.events.base import Event


class SuppressionRequested(Event):
    """Somebody is not to be called any more. `scope` is one of `cti.core.suppression.SCOPES`, which says what `value`
    is. Without `campaign_id` and `seller` it holds for all of them. `origin`: api, agent, key_press, import or cli.
    `person_id` says whose number it is, where that is known: it is added beside the number, as are, where nobody is
    named, all whose number the store knows it to be."""

    personal: ClassVar[tuple[str, ...]] = ("value", "reason", "person_id")
    scope: str
    value: str = ""
    campaign_id: str = ""
    seller: str = ""
    reason: str = ""
    origin: str = "api"
    by: str = ""
    request_id: str = ""
    person_id: str = ""


class SuppressionRemovalRequested(Event):
    """They may be called again; `reason` says why, and is never empty."""

    personal: ClassVar[tuple[str, ...]] = ("value", "reason")
    scope: str
    value: str = ""
    campaign_id: str = ""
    seller: str = ""
    reason: str = ""
    origin: str = "api"
    by: str = ""
    request_id: str = ""


class SuppressionAdded(Event):
    """From this record on nobody is called whom the entry covers. The rest repeats what was asked; one for the person
    stands `beside` the number that was asked for."""

    personal: ClassVar[tuple[str, ...]] = ("value", "reason", "beside")
    entry_id: str
    scope: str
    value: str = ""
    campaign_id: str = ""
    seller: str = ""
    reason: str = ""
    origin: str = "api"
    by: str = ""
    request_id: str = ""
    beside: str = ""


class SuppressionKept(Event):
    """It was there already, since `since` (ms): added twice is one entry."""

    entry_id: str
    since: int
    request_id: str = ""
    by: str = ""


class SuppressionRemoved(Event):
    """The entry holds no longer. That it did stays on record. With one for a number go those that stand `beside` it."""

    personal: ClassVar[tuple[str, ...]] = ("value", "reason", "beside")
    entry_id: str
    scope: str
    value: str = ""
    campaign_id: str = ""
    seller: str = ""
    reason: str = ""
    by: str = ""
    request_id: str = ""
    beside: str = ""


class SuppressionRefused(Event):
    """An addition, or a removal, that cannot be done: `detail` says why and what to do, without anybody's number."""

    code: str
    detail: str
    request_id: str = ""
    by: str = ""


class FoundEntry(Record):
    """An entry that is in force, since `since` (ms), by record `seq`."""

    entry_id: str
    since: int
    seq: int = 0


class BesideEntry(FoundEntry):
    """One for the person `value`, beside the number that was asked for."""

    value: str = ""


class SuppressionFound(Event):
    """The store's answer to `FindSuppression`, which it repeats: the entries in force as of record `as_of_seq`. With
    `error` it could not look. A removal that was asked for in record `asked_seq` is about entries added before it (0:
    all), and about those `beside` them. `persons` are those whose number it is."""

    personal: ClassVar[tuple[str, ...]] = ("value", "reason", "persons", "beside")
    scope: str
    as_of_seq: int = 0
    found: tuple[FoundEntry, ...] = ()
    value: str = ""
    campaign_id: str = ""
    seller: str = ""
    entry_id: str = ""
    reason: str = ""
    by: str = ""
    request_id: str = ""
    error: str = ""
    asked_seq: int = 0
    origin: str = "api"
    persons: tuple[str, ...] = ()
    beside: tuple[BesideEntry, ...] = ()


class RegistrySwitchRequested(Event):
    """A new version of a registry is at hand, whole: `count` numbers, of which `added` are new and `removed` are gone
    since the version in force (-1: not known); it is as of `as_of` (ms). `doubt` says in words why it is perhaps not
    the registry's; empty where nothing is suspected. `account` is the one of the machine under which it was asked for,
    such as `uid 1000`, where that is known."""

    registry_id: str
    version: str
    count: int
    added: int
    removed: int
    as_of: int
    by: str = ""
    doubt: str = ""
    account: str = ""


class RegistrySwitched(Event):
    """From this record on numbers are looked up in this version. `confirmed_by`: who had a second look."""

    registry_id: str
    version: str
    count: int
    as_of: int
    by: str = ""
    confirmed_by: str = ""
    added: int = 0
    removed: int = 0


class RegistrySwitchHeld(Event):
    """It is not switched to until another named operator has confirmed it; `reason` says why."""

    registry_id: str
    version: str
    count: int
    as_of: int
    reason: str
    by: str = ""
    added: int = 0
    removed: int = 0


class RegistrySwitchConfirmed(Event):
    """Another operator has looked at the version that is held, and wants it. `account`: as above."""

    registry_id: str
    version: str
    by: str = ""
    account: str = ""


class RegistrySwitchRefused(Event):
    """It stays as it was; `detail` says why and what to do."""

    registry_id: str
    version: str
    code: str
    detail: str
    by: str = ""


class CallFactsAsked(Event):
    """What is known of a dial does not hold any more, and is gathered anew: it waits for that, and keeps its age."""

    dial_id: str
    reason: str


class CallFactsGathered(Event):
    """The answer to `GatherCallFacts`: which lists the number is on, in these versions (by registry) of those asked,
    and earlier calls; all as of record `as_of_seq`. `subject` is whom it is for, with the other numbers of the person.
    With `missing`, what could not be found out: nobody is rung."""

    personal: ClassVar[tuple[str, ...]] = ("subject",)
    dial_id: str
    as_of_seq: int = 0
    listed: tuple[Listing, ...] = ()
    registries: tuple[tuple[str, str], ...] = ()
    attempts: tuple[AttemptFact, ...] = ()
    subject: Subject | None = None
    missing: str = ""


class AttemptConnected(Event):
    """Who was called talks with an agent."""

    attempt_id: str


class AttemptUnwanted(Event):
    """Who is being called just now is not to be, says entry `entry_id` since then. Nobody answered yet: it rings until
    `ring_by` (ms) at most. Somebody did (0): whoever talks with them says sorry, and ends it."""

    attempt_id: str
    leg_id: str
    entry_id: str
    ring_by: int = 0


class AttemptRefused(Event):
    """Who was talked with does not want what the call was for: the agent said so."""

    attempt_id: str


class RefusalReported(Event):
    """Somebody refused what a campaign calls for, and another system, or a person at the command line, says so."""

    personal: ClassVar[tuple[str, ...]] = ("number", "subject")
    campaign_id: str
    number: str = ""
    subject: Subject | None = None
    by: str = ""
    request_id: str = ""


class RefusalRecorded(Event):
    """It counts from this record on, as attempt `attempt_id`, for that campaign and its seller."""

    personal: ClassVar[tuple[str, ...]] = ("number", "subject")
    attempt_id: str
    campaign_id: str
    seller: str
    number: str = ""
    subject: Subject | None = None
    by: str = ""
    request_id: str = ""


class RefusalRefused(Event):
    """It cannot be recorded; `detail` says why, without anybody's number."""

    detail: str
    request_id: str = ""
    by: str = ""

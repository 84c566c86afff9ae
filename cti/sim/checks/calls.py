"""C, B, A and N, judged from the carrier's ledger.

A call is *lost* when it ended by an error, or by the server anywhere but at a flow's end or after a talk that the agent
ended. It is *silent* when nothing was heard for 15 s. A talk that the server breaks off unasked counts as lost, too;
unless the agent's desktop is gone for good, and the softphone in it with it: then the caller may be given another.
"""

from collections.abc import Callable
from typing import ClassVar

from cti.core.config import SiteConfig
from cti.core.events import (
    AgentAbsent,
    AnyEvent,
    ContactConnected,
    ContactRequeued,
    ContactStarted,
    DialCleared,
    FlowEnded,
    HangUpRequested,
    LegStarted,
)
from cti.core.record import TurnRecord
from cti.sim.checks.holding import HoldingChecks, ServingSince
from cti.sim.checks.violation import Violation
from cti.sim.ledger import Ended, Fact, Ledger

LATE_MAX_MS = 5
"""So late a token still counts as taken in time."""


class CallChecks:
    """Reads the ledger's new facts after every turn, and from the records only why a call may end."""

    def __init__(self, ledger: Ledger, config: SiteConfig, serving_since: ServingSince) -> None:
        self.contacts = 0
        self._ledger = ledger
        self._read = 0
        self._endpoints = {agent.endpoint for agent in config.agents.values()}
        self._softphones = {agent.agent_id for agent in config.agents.values() if agent.endpoint.startswith("client:")}
        self._prefixes = tuple(f"tel:{prefix}" for prefix in config.dial_prefixes)
        self._ref_of_leg: dict[str, str] = {}
        self._ref_of_contact: dict[str, str] = {}
        self._flow_ended: set[str] = set()
        self._hang_up_asked: set[str] = set()
        self._connected: set[str] = set()
        self._agent_vanished: set[str] = set()
        self._talked: dict[str, str] = {}
        self._parted: dict[str, Fact] = {}
        self._up: dict[str, str] = {}
        self._labels: set[str] = set()
        self._voicemails: set[str] = set()
        self._calls_per_second = config.calls_per_second
        self._next_token_at = 0
        self._holding = HoldingChecks(serving_since)

    def take(self, record: TurnRecord) -> None:
        """Learn what a record says about why calls may end."""
        for event in (record.input, *record.events):
            self._learn(event)
        self._keep_rate(record)
        absent = {event.agent_id for event in record.events if isinstance(event, AgentAbsent)}
        for event in record.events:
            if isinstance(event, ContactRequeued) and event.agent_id in absent & self._softphones:
                self._agent_vanish(self._ref_of_contact[event.contact_id])

    def _keep_rate(self, record: TurnRecord) -> None:
        """So many in a second; one that leaves a little late does not delay the next."""
        for event in record.events:
            if isinstance(event, DialCleared) and event.leg_id and self._calls_per_second:
                if record.at < self._next_token_at:
                    raise Violation("N", f"leg {event.leg_id} was let out too soon after the one before", event.leg_id)
                on_time_at = max(self._next_token_at, record.at - LATE_MAX_MS)
                self._next_token_at = on_time_at + 1_000 // self._calls_per_second

    def _agent_vanish(self, ref: str) -> None:
        """The caller waits as if there had been no talk: to be hung up now is to be lost."""
        self._agent_vanished.add(ref)
        if ref not in self._hang_up_asked:
            self._talked.pop(ref, None)

    def _learn(self, event: AnyEvent) -> None:
        if isinstance(event, LegStarted):
            if event.provider_ref:
                self._ref_of_leg[event.leg_id] = event.provider_ref
        elif isinstance(event, ContactStarted):
            self.contacts += 1
            self._ref_of_contact[event.contact_id] = self._ref_of_leg[event.leg_id]
        elif isinstance(event, ContactConnected):
            self._connected.add(self._ref_of_contact[event.contact_id])
        elif isinstance(event, FlowEnded):
            self._flow_ended.add(self._ref_of_contact[event.contact_id])
        elif isinstance(event, HangUpRequested):
            self._hang_up_asked.add(self._ref_of_contact.get(event.contact_id, ""))

    def judge(self) -> None:
        """Raises `Violation` at the first fact that should not be."""
        facts = self._ledger.facts
        while self._read < len(facts):
            fact = facts[self._read]
            self._read += 1
            self._holding.take(fact)
            judge = self._JUDGES.get(fact.kind)
            if judge:
                judge(self, fact)

    def _dialled(self, fact: Fact) -> None:
        if fact.other not in self._endpoints:
            raise Violation("N", f"{fact.other} is nobody's endpoint", fact.label)
        if fact.other.startswith("tel:") and not fact.other.startswith(self._prefixes):
            raise Violation("N", f"{fact.other} is not allowed to be dialled", fact.label)
        if fact.label in self._labels:
            raise Violation("N", f"leg {fact.label} was dialled twice", fact.label)
        self._labels.add(fact.label)

    def _answered(self, fact: Fact) -> None:
        if fact.other:
            before = self._up.setdefault(fact.other, fact.ref)
            if before != fact.ref:
                raise Violation("A", f"{fact.other} has two lines at once: {before} and {fact.ref}", before)

    def _voicemail(self, fact: Fact) -> None:
        self._voicemails.add(fact.ref)

    def _bridged(self, fact: Fact) -> None:
        """Nobody talks to a machine. Only who lost the agent again before anybody could know of the talk, or with the
        softphone, may be given another one."""
        if fact.other in self._voicemails:
            raise Violation("C", f"the caller talks to the voicemail {fact.other}", fact.ref)
        before = self._talked.get(fact.ref)
        if fact.ref in self._agent_vanished:
            self._agent_vanished.discard(fact.ref)
        elif before and (fact.ref in self._connected or self._parted[fact.ref].label != before):
            raise Violation("B", f"the caller talks to {fact.other} after {before}", fact.ref)
        self._talked[fact.ref] = fact.other

    def _note_parted(self, fact: Fact) -> None:
        self._parted[fact.ref] = self._parted[fact.other] = fact

    def _moved(self, fact: Fact) -> None:
        if fact.ref in self._agent_vanished:
            return
        raise Violation("C", f"the caller {fact.text}", fact.ref)

    def _silent(self, fact: Fact) -> None:
        raise Violation("C", f"the caller {fact.text}", fact.ref)

    def _ended(self, fact: Fact) -> None:
        if fact.other in self._endpoints:
            self._agent_line_ended(fact)
        elif fact.ended is not Ended.FAR_END:
            self._caller_line_ended(fact)

    def _caller_line_ended(self, fact: Fact) -> None:
        ref = fact.ref
        if fact.ended is Ended.DOCUMENT and (ref in self._flow_ended or ref in self._talked):
            return
        if fact.ended is Ended.SERVER and ref in self._talked:
            parted = self._parted[ref]
            if parted.label != ref or ref in self._hang_up_asked:
                return  # the agent went first, or asked for it
            raise Violation("C", "the server broke off a talk that nobody asked to end", ref)
        raise Violation("C", f"lost by {fact.ended}: {fact.text}", ref)

    def _agent_line_ended(self, fact: Fact) -> None:
        if self._up.get(fact.other) == fact.ref:
            del self._up[fact.other]
        if fact.ended is Ended.ERROR:
            raise Violation("C", f"the line to {fact.other} broke: {fact.text}", fact.ref)
        parted = self._parted.get(fact.ref)
        if (
            fact.ended is Ended.SERVER
            and parted
            and parted.label == fact.ref
            and parted.ref not in self._agent_vanished
        ):
            raise Violation("C", "the server took the agent out of a talk that nobody asked to end", parted.ref)

    _JUDGES: ClassVar[dict[str, Callable[["CallChecks", Fact], None]]] = {
        "dialled": _dialled,
        "answered": _answered,
        "voicemail": _voicemail,
        "bridged": _bridged,
        "parted": _note_parted,
        "moved": _moved,
        "silent": _silent,
        "ended": _ended,
    }

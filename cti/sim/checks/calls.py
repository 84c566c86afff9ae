"""C, B and A, judged from the carrier's ledger.

A call is *lost* when it ended by an error, or by the server anywhere but at a flow's end or after a talk that the agent
ended. It is *silent* when nothing was heard for 15 s. A talk that the server breaks off unasked counts as lost, too;
unless the agent's desktop is gone for good, and the softphone in it with it: then the caller may be given another. So
may a caller be whom the agent gave away, or had on hold or was consulting about when the agent went, and one whose
agent's line the network lost.
"""

from collections.abc import Callable
from typing import Any, ClassVar

from cti.core.config import SiteConfig
from cti.core.events import (
    AgentAbsent,
    AttemptClassified,
    ConferenceRequested,
    ConsultRequested,
    ConsultStarted,
    ContactConnected,
    ContactForwarded,
    ContactRequeued,
    ContactStarted,
    ContactTransferred,
    FlowEnded,
    HangUpRequested,
    HoldRequested,
    LegStarted,
    OfferAccepted,
    TransferRequested,
)
from cti.core.record import TurnRecord
from cti.core.states import Outcome, TransferKind
from cti.sim.checks.conversations import judge_entry
from cti.sim.checks.dials import DialChecks
from cti.sim.checks.holding import HoldingChecks, ServingSince
from cti.sim.checks.violation import Violation
from cti.sim.ledger import Ended, Fact, Ledger

HOLD_KNOWN_MS = 20_000
"""By then the server has heard that a caller is on hold, whatever got lost on the way."""

DEEDS = (HoldRequested, ConsultRequested, ConferenceRequested, TransferRequested)


class Call:
    """A caller's line, and what may become of it. `guests` are legs that may talk to the caller: of the agents who
    took it, and `invited` into a talk. `given_away`: the record has a reason why the caller is to have somebody else;
    until then nobody may end the call."""

    def __init__(self) -> None:
        self.guests: set[str] = set()
        self.invited: set[str] = set()
        self.talked_to = ""
        self.is_connected = False
        self.given_away = False
        self.waits = False
        self.flow_ended = False
        self.hang_up_asked = False
        self.told_apart = False
        self.meddled = False
        self.line_lost = False
        self.parted: Fact | None = None
        self.was_left = False
        self.on_hold_at: int | None = None
        self.left_on_hold_ms = 0

    def give_away(self) -> None:
        """The caller waits as if there had been no talk: to be hung up now is to be lost."""
        self.given_away = self.waits = True
        self.meddled = self.line_lost = self.is_connected = False
        self.left_on_hold_ms = 0


class CallChecks:
    """Reads the ledger's new facts after every turn, and from the records only why a call may end or go on."""

    def __init__(self, ledger: Ledger, config: SiteConfig, serving_since: ServingSince) -> None:
        self.contacts = 0
        self._ledger = ledger
        self._read = 0
        self._config = config
        self._endpoints = {agent.endpoint for agent in config.agents.values()}
        self._others = {each.endpoint for each in config.supervisors.values()}
        self._calls: dict[str, Call] = {}
        self._ref_of_leg: dict[str, str] = {}
        self._leg_of_contact: dict[str, str] = {}
        self._up: dict[str, str] = {}
        self._voicemails: set[str] = set()
        self._left_alone: dict[str, Fact] = {}
        self._dials = DialChecks(config)
        self._holding = HoldingChecks(serving_since)

    # What the records say

    def take(self, record: TurnRecord) -> None:
        """Learn what a record says about why calls may end, and callers be given to others."""
        for event in (record.input, *record.events):
            learn = self._LEARN.get(type(event))
            if learn:
                learn(self, event)
        self._dials.take(record)
        absent = {event.agent_id for event in record.events if isinstance(event, AgentAbsent)}
        for event in record.events:
            if isinstance(event, ContactRequeued):
                self._requeued(event, absent)

    def _call(self, contact_id: str) -> Call:
        return self._line(self._ref(contact_id))

    def _ref(self, contact_id: str) -> str:
        """The line's; of one whom an agent is only about to call, the leg's."""
        leg_id = self._leg_of_contact.get(contact_id, "")
        return self._ref_of_leg.get(leg_id, leg_id)

    def _line(self, ref: str) -> Call:
        return self._calls.setdefault(ref, Call())

    def _leg_started(self, event: LegStarted) -> None:
        if event.provider_ref:
            self._ref_of_leg[event.leg_id] = event.provider_ref

    def _contact_started(self, event: ContactStarted) -> None:
        self.contacts += 1
        self._leg_of_contact[event.contact_id] = event.leg_id

    def _accepted(self, event: OfferAccepted) -> None:
        call = self._call(event.contact_id)
        (call.invited if event.party_id else call.guests).add(event.leg_id)

    def _consult_started(self, event: ConsultStarted) -> None:
        if event.leg_id:
            self._call(event.contact_id).invited.add(event.leg_id)

    def _contact_connected(self, event: ContactConnected) -> None:
        self._call(event.contact_id).is_connected = True

    def _flow_ended(self, event: FlowEnded) -> None:
        self._call(event.contact_id).flow_ended = True

    def _hang_up_requested(self, event: HangUpRequested) -> None:
        self._call(event.contact_id).hang_up_asked = True

    def _classified(self, event: AttemptClassified) -> None:
        """A machine may be hung up on amid a talk; whatever nobody can tell, only as long as no agent talks with it."""
        call = self._line(self._ref_of_leg.get(event.attempt_id, ""))
        unknown = event.outcome is Outcome.UNKNOWN and not call.is_connected
        if unknown or event.outcome in (Outcome.MACHINE, Outcome.FAX):
            call.told_apart = True

    def _deed(self, event: Any) -> None:
        self._call(event.contact_id).meddled = True

    def _transferred(self, event: ContactTransferred) -> None:
        if event.kind is TransferKind.BLIND:
            self._call(event.contact_id).give_away()

    def _contact_forwarded(self, event: ContactForwarded) -> None:
        self._call(event.contact_id).give_away()
        self._dials.may_forward(self._ref(event.contact_id), event)

    def _requeued(self, event: ContactRequeued, absent: set[str]) -> None:
        """Back in line after a talk. Without a reason that it may, a second talk will be found."""
        agent = self._config.agents.get(event.agent_id)
        vanished = event.agent_id in absent and agent and agent.endpoint.startswith("client:")
        call = self._call(event.contact_id)
        may = event.first and (call.meddled or call.line_lost or (agent is not None and agent.nailed_up))
        if call.hang_up_asked and event.reason == "agent_hung_up" and not call.is_connected:
            call.give_away()  # nobody has told yet that they talk
        elif vanished and call.hang_up_asked:
            call.given_away = True
        elif vanished or may:
            call.give_away()
        elif event.first and call.given_away:
            call.waits = True

    # What the ledger says

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
        self._ref_of_leg.setdefault(fact.label, fact.ref)
        if fact.label in self._calls:
            self._calls[fact.ref] = self._calls.pop(fact.label)
        self._dials.dialled(fact)

    def _forwarded(self, fact: Fact) -> None:
        self._dials.forwarded(fact)

    def _tones(self, fact: Fact) -> None:
        self._dials.tones(fact)

    def _answered(self, fact: Fact) -> None:
        if fact.other in self._endpoints or fact.other in self._others:
            before = self._up.setdefault(fact.other, fact.ref)
            if before != fact.ref:
                raise Violation("A", f"{fact.other} has two lines at once: {before} and {fact.ref}", before)

    def _enters(self, fact: Fact) -> None:
        judge_entry(fact)

    def _voicemail(self, fact: Fact) -> None:
        self._voicemails.add(fact.ref)

    def _bridged(self, fact: Fact) -> None:
        """Nobody talks to a machine, nor to somebody who was not offered the caller or asked in. Only who was given
        away, or lost the agent again before anybody could know of the talk, may be given another one."""
        call = self._line(fact.ref)
        if fact.other in self._voicemails:
            raise Violation("C", f"the caller talks to the voicemail {fact.other}", fact.ref)
        if fact.label in call.invited:
            call.waits = False
            return
        if fact.label and fact.label not in call.guests:
            raise Violation("B", f"the caller talks to {fact.other}, who has no business there", fact.ref)
        before = call.talked_to
        if before and not call.given_away and (call.is_connected or not call.parted or call.parted.label != before):
            raise Violation("B", f"the caller talks to {fact.other} after {before}", fact.ref)
        call.talked_to = fact.other
        call.given_away = call.waits = call.hang_up_asked = call.was_left = False

    def _note_parted(self, fact: Fact) -> None:
        call = self._line(fact.ref)
        call.parted = fact
        call.was_left = call.was_left or fact.label != fact.ref
        if fact.label == fact.other and not (call.given_away or call.meddled or call.hang_up_asked):
            self._left_alone[fact.other] = fact

    def _outside(self, fact: Fact) -> None:
        call = self._line(fact.ref)
        call.waits, call.left_on_hold_ms = False, 0

    def _hold(self, fact: Fact) -> None:
        self._line(fact.ref).on_hold_at = fact.at

    def _back(self, fact: Fact) -> None:
        self._line(fact.ref).on_hold_at = None

    def _leaves(self, fact: Fact) -> None:
        call = self._line(fact.ref)
        call.left_on_hold_ms = 0 if call.on_hold_at is None else fact.at - call.on_hold_at
        call.on_hold_at = None

    def _moved(self, fact: Fact) -> None:
        if not self._line(fact.ref).given_away:
            raise Violation("C", f"the caller {fact.text}", fact.ref)

    def _returns(self, fact: Fact) -> None:
        """Back where it was: with the same agent."""
        self._line(fact.ref).give_away()

    def _silent(self, fact: Fact) -> None:
        raise Violation("C", f"the caller {fact.text}", fact.ref)

    def _ended(self, fact: Fact) -> None:
        if fact.other in self._endpoints or fact.other in self._others:
            self._our_line_ended(fact)
        elif (not fact.other.startswith("tel:") or self._line(fact.ref).talked_to) and fact.ended is not Ended.FAR_END:
            self._caller_line_ended(fact)

    def _caller_line_ended(self, fact: Fact) -> None:
        call, ref = self._line(fact.ref), fact.ref
        if call.told_apart and fact.ended in (Ended.DOCUMENT, Ended.SERVER):
            return
        if fact.ended is Ended.DOCUMENT and call.flow_ended:
            return
        if fact.ended in (Ended.DOCUMENT, Ended.SERVER) and call.talked_to and not call.waits:
            if call.hang_up_asked:
                return
            if call.left_on_hold_ms > HOLD_KNOWN_MS:
                raise Violation("C", f"hung up while on hold, since {call.left_on_hold_ms / 1_000:g} s", ref)
            if fact.ended is Ended.DOCUMENT or call.was_left:
                return  # somebody else went first
            raise Violation("C", "the server broke off a talk that nobody asked to end", ref)
        raise Violation("C", f"lost by {fact.ended}: {fact.text}", ref)

    def _our_line_ended(self, fact: Fact) -> None:
        if self._up.get(fact.other) == fact.ref:
            del self._up[fact.other]
        if fact.ended is Ended.ERROR:
            raise Violation("C", f"the line to {fact.other} broke: {fact.text}", fact.ref)
        parted = self._left_alone.pop(fact.ref, None)
        if parted and fact.ended is Ended.BROKEN:
            self._line(parted.ref).line_lost = True
        elif parted and fact.ended is Ended.SERVER:
            raise Violation("C", "the server took the agent out of a talk that nobody asked to end", parted.ref)

    _LEARN: ClassVar[dict[type, Callable[["CallChecks", Any], None]]] = {
        LegStarted: _leg_started,
        ContactStarted: _contact_started,
        OfferAccepted: _accepted,
        ConsultStarted: _consult_started,
        ContactConnected: _contact_connected,
        FlowEnded: _flow_ended,
        HangUpRequested: _hang_up_requested,
        AttemptClassified: _classified,
        ContactTransferred: _transferred,
        ContactForwarded: _contact_forwarded,
        **dict.fromkeys(DEEDS, _deed),
    }

    _JUDGES: ClassVar[dict[str, Callable[["CallChecks", Fact], None]]] = {
        "dialled": _dialled,
        "forwarded": _forwarded,
        "tones": _tones,
        "answered": _answered,
        "voicemail": _voicemail,
        "bridged": _bridged,
        "parted": _note_parted,
        "outside": _outside,
        "hold": _hold,
        "back": _back,
        "enters": _enters,
        "leaves": _leaves,
        "moved": _moved,
        "returns": _returns,
        "torn": _silent,
        "silent": _silent,
        "ended": _ended,
    }

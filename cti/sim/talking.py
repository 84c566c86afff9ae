"""What an agent does while talking: hold, mute, keys, consult, transfer, confer, record, at moments good and bad.

Everything is read off the desk, as a person does. Some hardly do anything but talk; some never stop.
"""

from collections.abc import Callable, Sequence
from typing import Any, Protocol

from cti.core.events import (
    AnyEvent,
    ConferenceRequested,
    ConsultEndRequested,
    ConsultRequested,
    DigitsRequested,
    HoldRequested,
    MuteRequested,
    RecordingRequested,
    RetrieveRequested,
    TransferRequested,
)
from cti.core.states import PartyState, RecordingAction, RecordingState, TransferKind
from cti.sim.centre import FRIENDS, STRANGERS
from cti.sim.nature import Nature
from cti.views.desk import Desk, DeskContact, DeskTalk, Phase

QUEUES = ("sales", "support", "club", "nonsense")

Ask = Callable[..., None]
Deed = tuple[type[AnyEvent], dict[str, Any]]


class Asking(Protocol):
    """The agent whose desk it is."""

    agent_id: str

    def shown(self) -> Desk | None:
        """What the desktop shows; None while it is not connected."""

    def ask(self, kind: Callable[..., AnyEvent], /, **fields: Any) -> None:
        """Ask the server for something."""


class Talking:
    """`begin` with each conversation; `settle_down` and the agent only puts right what was left as it should not be."""

    def __init__(self, nature: Nature, agent: Asking, colleagues: Sequence[str]) -> None:
        self._nature = nature
        self._agent = agent
        self._colleagues = colleagues
        self._busy = nature.pick((0.0, 0.3, 0.7, 1.0))
        self._calm = False
        self._keys = 0
        self._runs = 0

    def settle_down(self) -> None:
        """No more games."""
        self._calm = True

    def begin(self, contact_id: str) -> None:
        """The agent talks, or is asked into a talk."""
        self._runs += 1
        run = self._runs
        self._later(lambda: self._look(contact_id, run))

    def _later(self, action: Callable[[], None]) -> None:
        slow = self._nature.chance(0.6)
        self._nature.after(20, 8_000 if slow else 800, action)

    def _look(self, contact_id: str, run: int) -> None:
        """Still in it? Then do something, or not; and look again."""
        if run != self._runs:
            return
        desk = self._agent.shown()
        if desk is not None:
            contact = next((each for each in desk.contacts if each.contact_id == contact_id), None)
            if contact is None or contact.phase is not Phase.CONNECTED:
                return
            self._act(contact)
        self._later(lambda: self._look(contact_id, run))

    def _act(self, contact: DeskContact) -> None:
        talk = contact.talk or DeskTalk(agent_id=self._agent.agent_id)
        if self._calm:
            self._do(contact, self._put_right(talk))
            return
        if not self._nature.chance(self._busy):
            return
        self._do(contact, self._choose(talk))
        if self._nature.chance(0.15):  # two at once
            other = self._choose(talk)
            self._nature.after(0, 30, lambda: self._do(contact, other))

    def _do(self, contact: DeskContact, deed: Deed | None) -> None:
        if deed:
            kind, fields = deed
            self._agent.ask(kind, contact_id=contact.contact_id, **fields)

    def _put_right(self, talk: DeskTalk) -> Deed | None:
        """Nobody is left on hold, or mute, or waiting for nobody."""
        if talk.on_hold and any(party.state is PartyState.HERE for party in talk.parties):
            return ConferenceRequested, {}
        if talk.on_hold and not talk.parties:
            return RetrieveRequested, {}
        if talk.muted:
            return MuteRequested, {"muted": False}
        held = next((party for party in talk.parties if party.on_hold), None)
        return (RetrieveRequested, {"party_id": held.party_id}) if held else None

    def _choose(self, talk: DeskTalk) -> Deed:
        """Mostly what makes sense as things stand, at times anything."""
        nature = self._nature
        ways: list[Callable[[DeskTalk], Deed]] = [self._mute, self._press, self._record]
        if talk.parties:
            ways += [self._confer, self._confer, self._hand_over, self._part, self._hold_party, self._hold]
        else:
            ways += [self._hold, self._hold, self._consult, self._consult, self._give_away]
        if nature.chance(0.1):
            ways = [self._hold, self._consult, self._confer, self._hand_over, self._give_away, self._part]
        return nature.pick(ways)(talk)

    def _hold(self, talk: DeskTalk) -> Deed:
        held = talk.on_hold is not self._nature.chance(0.1)
        return (RetrieveRequested if held else HoldRequested), {}

    def _hold_party(self, talk: DeskTalk) -> Deed:
        if not talk.parties:
            return HoldRequested, {"party_id": "nobody"}
        party = self._nature.pick(talk.parties)
        return (RetrieveRequested if party.on_hold else HoldRequested), {"party_id": party.party_id}

    def _mute(self, talk: DeskTalk) -> Deed:
        return MuteRequested, {"muted": not talk.muted}

    def _press(self, talk: DeskTalk) -> Deed:
        """No two are alike, so that keys which arrive twice are noticed."""
        self._keys += 1
        place = sum(map(ord, self._agent.agent_id))
        digits = f"{place}#{self._keys}" if self._nature.chance(0.9) else self._nature.pick(("", "12ab", "1" * 40))
        return DigitsRequested, {"digits": digits}

    def _record(self, talk: DeskTalk) -> Deed:
        likely = {
            RecordingState.ON: RecordingAction.PAUSE,
            RecordingState.PAUSED: RecordingAction.RESUME,
            RecordingState.OFF: RecordingAction.START,
        }
        any_ = tuple(RecordingAction)
        action = likely.get(talk.recording) if self._nature.chance(0.7) else None
        return RecordingRequested, {"action": action or self._nature.pick(any_)}

    def _consult(self, talk: DeskTalk) -> Deed:
        return ConsultRequested, {"destination": self._somewhere(("agent", "number"))}

    def _give_away(self, talk: DeskTalk) -> Deed:
        destination = self._somewhere(("agent", "queue", "number", "number"))
        return TransferRequested, {"kind": TransferKind.BLIND, "destination": destination}

    def _hand_over(self, talk: DeskTalk) -> Deed:
        return TransferRequested, {"kind": TransferKind.ATTENDED}

    def _confer(self, talk: DeskTalk) -> Deed:
        return ConferenceRequested, {}

    def _part(self, talk: DeskTalk) -> Deed:
        party_id = self._nature.pick(talk.parties).party_id if talk.parties else "nobody"
        return ConsultEndRequested, {"party_id": party_id}

    def _somewhere(self, kinds: tuple[str, ...]) -> str:
        nature = self._nature
        kind = nature.pick(kinds)
        if nature.chance(0.05):
            return nature.pick(("", "agent:", "nonsense", "agent:nobody"))
        if kind == "agent":
            return f"agent:{nature.pick(self._colleagues)}"
        if kind == "queue":
            return f"queue:{nature.pick(QUEUES)}"
        return f"number:{nature.pick((*FRIENDS, *FRIENDS, *FRIENDS, *STRANGERS))}"

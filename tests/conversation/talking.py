"""A conversation to begin tests with: Anna talks to a caller; Ben, Carl and Dora are free."""

from typing import Any, TypeVar

from cti.core import events as e
from cti.core.commands import HangUpLeg, HoldLeg, KeepCall
from cti.core.config import SiteConfig, SupervisorConfig
from cti.core.contact import Contact, Party
from cti.core.states import ContactState, EndCause, SupervisorMode, TransferKind
from tests.centre import agent, centre, queue
from tests.site import Site

FRIEND = "+12025550111"
"""An outside number that may be rung."""

FORBIDDEN = "+33155501111"
"""One that may not."""

C = TypeVar("C")


def talkative(**fields: Any) -> SiteConfig:
    """The centre: four agents, two queues, two supervisors."""
    return centre(
        *fields.pop("agents", [agent(agent_id) for agent_id in ("anna", "ben", "carl", "dora")]),
        queues=(queue(**fields), queue("help", **fields)),
        supervisors={
            each: SupervisorConfig(supervisor_id=each, name=each.title(), endpoint=endpoint)
            for each, endpoint in (("sue", "client:sue"), ("tom", "tel:+12025550150"), ("uwe", f"tel:{FORBIDDEN}"))
        },
        dial_prefixes=("+1202",),
    )


class Talking(Site):
    """The site, with what is often asked and looked at. `caller` and `own` are the legs of caller and Anna."""

    def __init__(self, config: SiteConfig | None = None) -> None:
        super().__init__(config or talkative())
        self.sign_in("anna")
        self.caller = self.call()
        self.own = self.talk(self.caller, "anna")
        self.sign_in("ben", "carl", "dora")

    @property
    def now(self) -> Contact:
        """The contact, as it is now."""
        return self.contact(self.caller)

    @property
    def party(self) -> Party:
        """The last who was asked in."""
        return self.now.parties[-1]

    @property
    def contact_id(self) -> str:
        return self.caller.replace("-l", "-c")

    def ask_for(self, request: type[e.Event], agent_id: str = "anna", /, **fields: Any) -> None:
        """An agent asks for something in this conversation."""
        self.take(request(contact_id=self.contact_id, agent_id=agent_id, request_id="r", **fields))

    def supervise(self, mode: SupervisorMode, supervisor_id: str = "sue") -> str:
        """A supervisor asks to hear it. Returns the leg that is placed; empty for none."""
        asked = e.SupervisionRequested(
            supervisor_id=supervisor_id, contact_id=self.contact_id, mode=mode, request_id="r"
        )
        self.take(asked)
        return next((event.leg_id for event in self.happened(e.LegStarted)), "")

    def listen(self, mode: SupervisorMode = SupervisorMode.MONITOR, supervisor_id: str = "sue") -> str:
        """The same, and comes."""
        leg_id = self.supervise(mode, supervisor_id)
        self.place(leg_id)
        self.join(leg_id)
        return leg_id

    def transfer(self, destination: str, agent_id: str = "anna") -> None:
        self.ask_for(e.TransferRequested, agent_id, kind=TransferKind.BLIND, destination=destination)

    def attended(self, agent_id: str = "anna") -> None:
        self.ask_for(e.TransferRequested, agent_id, kind=TransferKind.ATTENDED)

    def consult(self, destination: str, agent_id: str = "anna") -> None:
        """Somebody is asked in, and the caller put on hold."""
        self.ask_for(e.ConsultRequested, agent_id, destination=destination)
        if self.asked_to(HoldLeg):
            self.take(e.LegHeld(leg_id=self.caller))

    def bring(self, who: str, by: str = "anna") -> str:
        """Asked in, and there: an agent, or an outside number. Returns the leg."""
        self.consult(f"number:{who}" if who.startswith("+") else f"agent:{who}", by)
        if not who.startswith("+"):
            self.acknowledge(who)
            self.accept(who)
        leg_id = self.party.leg_id
        self.place(leg_id)
        self.alert(leg_id)
        self.answer(leg_id)
        self.join(leg_id)
        assert self.happened(e.ConsultAnswered)
        return leg_id

    def confer(self) -> None:
        """Everybody hears everybody."""
        self.ask_for(e.ConferenceRequested)
        self.take(e.LegRetrieved(leg_id=self.caller))

    def asked_to(self, kind: type[C]) -> list[C]:
        """What the last turn asked of the carrier, of a kind."""
        return [command for command in self.commands if isinstance(command, kind)]

    def ever_asked_to(self, kind: type[C]) -> list[C]:
        """The same since the beginning."""
        return [command for command in self.asked if isinstance(command, kind)]

    def hung_up(self) -> set[str]:
        """The legs that the last turn wants gone."""
        return {command.leg_id for command in self.asked_to(HangUpLeg)}

    def held_or_not(self) -> dict[str, bool]:
        """What was last asked of the carrier about hold, by leg."""
        return {command.leg_id: command.held for command in self.ever_asked_to(HoldLeg)}

    def ends_with(self) -> set[str]:
        """The legs in the room that end it by leaving, by what was asked of the carrier."""
        ending = {self.own: True} | {each.leg_id: each.ends_call for each in self.ever_asked_to(KeepCall)}
        there = {leg_id for call in self.state.calls.rows.values() for leg_id in call.leg_ids}
        return {leg_id for leg_id, ends in ending.items() if ends and leg_id in there}

    def refusal(self) -> tuple[str, str]:
        """The code and the words of the last turn's one refusal."""
        [refused] = self.happened(e.RequestRefused)
        return refused.code, refused.detail

    def caller_goes(self) -> None:
        """Everybody leaves with the caller, who hangs up."""
        room = self.now.call_id
        legs = [leg_id for leg_id in self.state.calls[room].leg_ids if leg_id != self.caller]
        self.leave(self.caller)
        for leg_id in legs:
            if leg_id in self.state.legs and self.state.legs[leg_id].call_id == room:
                self.leave(leg_id, EndCause.CANCELLED)
        self.end(self.caller)

    def is_next(self) -> bool:
        """The caller waits, before everybody else, and is being given music."""
        waits = self.now.state is ContactState.QUEUED and self.now.priority >= 1_000_000
        return waits and not self.state.legs[self.caller].released

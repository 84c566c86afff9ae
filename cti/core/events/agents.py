"""What agents and their desktops ask for, and what becomes of them. Requests carry the desktop's `request_id`."""

from typing import ClassVar

from cti.core.events.base import Event


class DesktopConnected(Event):
    agent_id: str
    socket_id: str


class DesktopDisconnected(Event):
    agent_id: str
    socket_id: str


class SignInRequested(Event):
    agent_id: str
    request_id: str = ""


class SignOutRequested(Event):
    agent_id: str
    request_id: str = ""


class ReadyRequested(Event):
    agent_id: str
    request_id: str = ""


class NotReadyRequested(Event):
    agent_id: str
    reason: str
    request_id: str = ""


class OfferAcknowledged(Event):
    """The desktop shows the offer. Not yet a decision of the agent."""

    agent_id: str
    offer_id: str
    request_id: str = ""


class AcceptRequested(Event):
    agent_id: str
    offer_id: str
    request_id: str = ""


class DeclineRequested(Event):
    agent_id: str
    offer_id: str
    reason: str = ""
    request_id: str = ""


class HangUpRequested(Event):
    agent_id: str
    contact_id: str
    request_id: str = ""


class DispositionGiven(Event):
    """What became of it, in the agent's words, and what follows, as far as its kind asks for that: an `amount`
    (millionths of `currency`) of a success; when to call again, at `callback_at` (ms) or, by the clock where the person
    is, at `callback_local` (`2025-06-18T10:30`), and whether it is to be the agent who promised it (`callback_for` is
    `me`, else anyone); or after how many seconds to try again."""

    personal: ClassVar[tuple[str, ...]] = ("note",)
    agent_id: str
    contact_id: str
    disposition: str
    note: str = ""
    request_id: str = ""
    amount: int = 0
    currency: str = ""
    callback_at: int = 0
    callback_local: str = ""
    callback_for: str = ""
    again_s: int = 0


class WrapUpEndRequested(Event):
    agent_id: str
    contact_id: str
    request_id: str = ""


class ProbeAnswered(Event):
    """The desktop answered a probe: its device works again."""

    agent_id: str
    request_id: str = ""


class AgentSignedIn(Event):
    agent_id: str


class AgentSignedOut(Event):
    agent_id: str
    reason: str = ""


class AgentReady(Event):
    """May be offered contacts, as soon as there is room for one."""

    agent_id: str


class LeavePutOff(Event):
    """Lines in the air count on the agent, who wants to pause for `reason`, or to sign out (`signing_out`): that is
    done once they do not, at `leaves_at` (ms) at the latest."""

    agent_id: str
    reason: str
    leaves_at: int
    request_id: str = ""


class AgentNotReady(Event):
    agent_id: str
    reason: str


class AgentAbsent(Event):
    """No desktop was connected for the whole grace."""

    agent_id: str


class AbsencePutOff(Event):
    """No desktop was connected for the whole grace, but that is our own outage by all signs, and the agent talks by
    softphone: the agent is absent from `absent_at` (ms) on, unless that is put off again. `last`: it will not be."""

    agent_id: str
    absent_at: int
    last: bool = False


class AgentReturned(Event):
    agent_id: str


class DeviceSuspected(Event):
    """The desktop did not acknowledge in time: nothing is offered until it answers a probe."""

    agent_id: str


class DeviceProven(Event):
    agent_id: str


class WrapUpStarted(Event):
    agent_id: str
    contact_id: str
    queue_id: str
    ends_at: int


class WrapUpEnded(Event):
    """`reason` is `done`, `timeout` or `signed_out`. What became of a lead may still be said until `late_until` (ms; 0:
    no more)."""

    agent_id: str
    contact_id: str
    reason: str
    late_until: int = 0


class DispositionLapsed(Event):
    """The agent will say nothing more of what became of it: it was said late, there was no more time, or there is
    another conversation to say something of."""

    agent_id: str
    contact_id: str


class AssignmentReleased(Event):
    """The agent is free of the contact without wrap-up."""

    agent_id: str
    contact_id: str


class AgentLegNailedUp(Event):
    """The agent's leg is in the agent's own room, to stay: callers are brought there."""

    agent_id: str
    leg_id: str
    call_id: str


class AgentLegGone(Event):
    """A leg of the agent's that we wanted gone is gone: the next contact may be offered."""

    agent_id: str
    leg_id: str


class AgentLegLost(Event):
    """The agent has no nailed-up leg any more. The next is rung at `again_at` (ms), 0 for not by itself."""

    agent_id: str
    leg_id: str
    again_at: int = 0


class AgentLineWatched(Event):
    """The nailed-up leg was looked at; the next look is at `look_at` (ms). `tries`: so often it was looked for since it
    was sent where it should be."""

    agent_id: str
    look_at: int
    tries: int = 0


class RequestRefused(Event):
    """What a person asked for cannot be done. `code` is stable, `detail` says what to do instead. Who asked is
    an agent, or else a supervisor. Where a `rule` of calling forbids it, it does so until `next_allowed_at` (ms; -1:
    nobody knows)."""

    agent_id: str
    code: str
    detail: str
    request_id: str = ""
    supervisor_id: str = ""
    rule: str = ""
    next_allowed_at: int = 0


class RequestAccepted(Event):
    """What a person asked for was done or had been done already, and nothing else tells so."""

    agent_id: str
    request_id: str
    supervisor_id: str = ""

"""Walking through a flow: step after step in one turn, until one needs the caller or somebody else."""

from collections.abc import Callable
from typing import Any

from cti.core.config import (
    AnyStep,
    CollectStep,
    EnqueueStep,
    Flow,
    HangUpStep,
    HoursStep,
    LookUpStep,
    MenuStep,
    OptOutStep,
    PlayStep,
    VoicemailStep,
)
from cti.core.contact import Contact
from cti.core.errors import CoreError
from cti.core.events import StepEntered
from cti.core.plan import AnyVerb
from cti.core.state import State
from cti.core.turn import Turn
from cti.ivr.steps import collect, enqueue, hang_up, hours, look_up, menu, opt_out, play, voicemail

STEPS_MAX = 50
"""More steps than a caller should ever be taken through without being asked anything."""

Enter = Callable[[Turn, Contact, Any, list[AnyVerb]], str]

ENTER: dict[type[AnyStep], Enter] = {
    PlayStep: play.enter,
    MenuStep: menu.enter,
    CollectStep: collect.enter,
    HoursStep: hours.enter,
    LookUpStep: look_up.enter,
    EnqueueStep: enqueue.enter,
    VoicemailStep: voicemail.enter,
    OptOutStep: opt_out.enter,
    HangUpStep: hang_up.enter,
}
"""What a step does when the caller comes to it: add to what is said, and name the next step; or none, when the plan
is complete or somebody else has to answer first."""


def flow_of(state: State, contact: Contact) -> Flow:
    """As it was when the contact came: a caller in a flow does not notice that it is changed. Raises `KeyError`."""
    return state.config_of(contact).flows[contact.flow_id]


def step_of(state: State, contact: Contact) -> AnyStep | None:
    """Where the contact is in its flow; None before the first step, and for a flow that is gone."""
    flow = state.config_of(contact).flows.get(contact.flow_id)
    return flow.steps.get(contact.step_id) if flow else None


def walk(turn: Turn, contact_id: str, step_id: str, said: list[AnyVerb] | None = None, tries: int = 0) -> None:
    """Go to `step_id` and on from there. `said` is heard first. Raises `CoreError` for a flow that runs in a circle."""
    verbs = said if said is not None else []
    for _ in range(STEPS_MAX):
        turn.emit(StepEntered(contact_id=contact_id, step_id=step_id, tries=tries))
        contact = turn.state.contacts[contact_id]
        step = flow_of(turn.state, contact).steps[step_id]
        step_id = ENTER[type(step)](turn, contact, step, verbs)
        if not step_id:
            return
        tries = 0
    raise CoreError(f"contact {contact_id} runs in a circle at step {step_id} of its flow")

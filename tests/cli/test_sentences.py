"""The journal in sentences: every kind of message has one, and none of them tells who a person is."""

import re
import typing

import msgspec
import pytest

from cti.cli.sentences import SENTENCES, fill, sentence
from cti.core.commands import AnyCommand, CoachLeg, KeepCall, LookUpCustomer, Originate, RecordLeg
from cti.core.events import (
    AnyEvent,
    CallArrived,
    ContactAbandoned,
    ContactEnded,
    ContactTransferred,
    DeadlinesReached,
    Due,
    Exclusion,
    LegChecked,
    LegEnded,
    LegPlanned,
    MuteRequested,
    OfferMade,
    RecordingRequested,
    RequestRefused,
    TransferRequested,
)
from cti.core.plan import Collect, Plan, Say
from cti.core.states import EndCause, RecordingAction, TransferKind

KINDS = [*typing.get_args(AnyEvent), *typing.get_args(AnyCommand)]
SECRET = "+13035550199"


def sample(kind, **values):
    """A message of this kind with something in every field."""
    made = {"int": 7, "str": "word", "bool": True}
    fields = {
        field.name: made.get(getattr(field.type, "__name__", ""))
        for field in msgspec.structs.fields(kind)
        if field.required
    }
    for name, value in fields.items():
        if value is None:
            typed = typing.get_type_hints(kind)[name]
            fields[name] = Plan(()) if typed is Plan else next(iter(typed)) if hasattr(typed, "__members__") else ()
    return kind(**fields | values)


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.__name__)
def test_every_kind_has_a_sentence_that_leaves_people_out(kind):
    told = sentence(sample(kind, **({name: SECRET for name in kind.personal if _is_text(kind, name)})))
    assert not re.search(r"[{}\[\]]", told)
    assert SECRET not in told
    assert not set(re.findall(r"{(\w+)}", SENTENCES[kind.__name__])) & set(kind.personal)


def _is_text(kind, name):
    return typing.get_type_hints(kind)[name] is str


def test_there_is_no_sentence_for_what_cannot_happen():
    assert set(SENTENCES) == {kind.__name__ for kind in KINDS}


@pytest.mark.parametrize(
    ("message", "told"),
    [
        (CallArrived(provider="x", provider_ref="CA1", to_number=SECRET, from_number=SECRET),
         "a call came in"),
        (ContactAbandoned(contact_id="main-c1", place="flow", waited_ms=1_500),
         "main-c1 hung up in the flow after waiting 1.5 s"),
        (ContactEnded(contact_id="main-c1", cause=EndCause.CALLER_HUNG_UP), "main-c1 is over: caller hung up"),
        (ContactEnded(contact_id="main-c1", cause=EndCause.AGENT_HUNG_UP, agent_ids=("anna", "ben"), talk_ms=61_000),
         "main-c1 is over: agent hung up, talked 61.0 s with anna, ben"),
        (LegEnded(leg_id="", cause=EndCause.NORMAL, provider_ref="CA1"), "a leg is over: normal"),
        (LegChecked(leg_id="main-l1", alive=False), "the carrier was asked about leg main-l1: it is gone"),
        (LegPlanned(leg_id="main-l1", plan=Plan((Say(text=SECRET, language="en"), Collect(
            prompts=(), timeout_s=4, digits_max=1))), replied=True), "leg main-l1 is told: say, collect"),
        (DeadlinesReached(due=(Due(kind="wrap_up", key="anna", at=1), Due(kind="site_relook", key="", at=1))),
         "time was up for wrap up anna, site relook"),
        (LookUpCustomer(contact_id="main-c1", number=SECRET), "the directory is asked who is calling (main-c1)"),
        (Originate(leg_id="main-l2", call_id="main-r1", caller_id="+12025550100", timeout_s=15, endpoint=SECRET),
         "the carrier is asked to ring leg main-l2 into room main-r1, for 15 s"),
        (TransferRequested(contact_id="main-c1", agent_id="anna", kind=TransferKind.BLIND,
                           destination=f"number:{SECRET}"), "anna asked to transfer main-c1 (blind)"),
        (ContactTransferred(contact_id="main-c1", from_agent_id="anna", kind=TransferKind.BLIND, queue_id="sales"),
         "anna gave main-c1 away (blind), to queue sales"),
        (MuteRequested(contact_id="main-c1", agent_id="anna", muted=False), "anna asked to be heard again in main-c1"),
        (RecordingRequested(contact_id="main-c1", action=RecordingAction.PAUSE, agent_id="anna"),
         "anna asked: pause the recording of main-c1"),
        (RequestRefused(agent_id="", supervisor_id="nora", code="x", detail="Nobody talks there."),
         "nora was told no: Nobody talks there."),
        (RecordLeg(leg_id="main-l1", provider_ref="CA1", action=RecordingAction.STOP),
         "the carrier is asked to stop the recording of leg main-l1"),
        (KeepCall(leg_id="main-l2", provider_ref="CA2", call_id="main-r1", ends_call=False),
         "the carrier is asked that room main-r1 shall go on when leg main-l2 leaves it"),
        (CoachLeg(leg_id="main-l3", provider_ref="CA3", call_id="main-r1", muted=False, coaches="CA2"),
         "the carrier is asked that leg main-l3 be heard by one leg only"),
    ],
    ids=lambda value: type(value).__name__,
)  # fmt: skip
def test_what_is_said(message, told):
    assert sentence(message) == told


def test_an_offer_says_why_this_agent():
    offer = OfferMade(
        offer_id="main-o1", contact_id="main-c1", agent_id="anna", queue_id="sales", ack_by=0, waited_ms=2_000,
        candidates=3, idle_ms=12_000,
        exclusions=(Exclusion(rule="busy", agents=2), Exclusion(rule="order", agents=1, nearest=("ben",))),
    )  # fmt: skip
    assert sentence(offer) == (
        "main-c1 was offered to anna after waiting 2.0 s: free for 12 s, first of 3; "
        "others: 2 busy, 1 later in the order (ben)"
    )


def test_a_part_in_brackets_needs_all_its_fields():
    assert fill("a[ {b} {c}]", {"b": "1", "c": ""}) == "a"
    assert fill("a[ {b} {c}]", {"b": "1", "c": "2"}) == "a 1 2"

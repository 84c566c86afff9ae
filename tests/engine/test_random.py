"""Anything in any order: whatever carrier, desktops and clock say, what must hold holds, and no rule fails."""

import pytest

from cti.core.config import (
    CollectStep,
    EnqueueStep,
    HangUpStep,
    LookUpStep,
    Membership,
    MenuStep,
    SkillRequirement,
    SupervisorConfig,
    VoicemailStep,
)
from tests.centre import agent, centre, flow, queue, say
from tests.player import Player

pytestmark = pytest.mark.thorough

KNOWN, ACCOUNT, SPANISH, MESSAGE = "+15550102", "+15550103", "+15550104", "+15550105"

FLOWS = (
    flow(
        "known",
        "who",
        who=LookUpStep(known="line", unknown="menu", wait_s=3),
        menu=MenuStep(prompt=say("Press 1."), choices={"1": "line"}, otherwise="bye", tries=2),
        line=EnqueueStep(queue_id="sales", full="bye", priority=5),
        bye=HangUpStep(),
    ),
    flow(
        "account",
        "ask",
        ask=CollectStep(
            prompt=say("Your number?"), into="account", digits_min=2, digits_max=4, next="who", otherwise="who"
        ),
        who=LookUpStep(known="line", unknown="line", wait_s=3),
        line=EnqueueStep(queue_id="help", full="bye"),
        bye=HangUpStep(),
    ),
    flow(
        "spanish",
        "line",
        line=EnqueueStep(queue_id="sales", full="bye", skills=(SkillRequirement(skill="es", level=3),)),
        bye=HangUpStep(),
    ),
    flow(
        "message",
        "leave",
        leave=VoicemailStep(prompt=say("Speak."), next="line"),
        line=EnqueueStep(queue_id="sales", full="bye"),
        bye=HangUpStep(),
    ),
)
BOUND = {KNOWN: "known", ACCOUNT: "account", SPANISH: "spanish", MESSAGE: "message"}
NOTICE = say("We record.")
BOTH = (Membership(queue_id="sales", rank=2), Membership(queue_id="help"))
SUPERVISORS = {
    supervisor_id: SupervisorConfig(
        supervisor_id=supervisor_id, name=supervisor_id.title(), endpoint=f"client:{supervisor_id}"
    )
    for supervisor_id in ("sue", "tom")
}
CONFIGS = (
    centre(
        agent("anna", skills={"es": 4}, capacity=2),
        agent("ben", *BOTH),
        agent("carl", "help", skills={"es": 1}, capacity=2),
        agent("dora", *BOTH, nailed_up=True, endpoint="tel:+12025550171"),
        agent("emil", nailed_up=True),
        agent("fred", *BOTH, endpoint="tel:+12025550172", desk=False),
        queues=(
            queue("sales", contacts_max=4, wrap_up_s=5, recording="always", recording_notice=NOTICE),
            queue("help", wrap_up_s=0),
        ),
        flows=FLOWS,
        numbers=BOUND,
        supervisors=SUPERVISORS,
        dial_prefixes=("+1202",),
    ),
    centre(
        agent("anna", capacity=2),
        agent("carl", *BOTH, skills={"es": 5}, capacity=2),
        agent("dora", *BOTH, nailed_up=True, endpoint="tel:+12025550171"),
        agent("emil"),
        agent("fred", endpoint="sip:fred@pbx.example"),
        queues=(
            queue("sales", ring_s=5, recording="on_request", recording_notice=NOTICE),
            queue("help", contacts_max=2),
        ),
        flows=FLOWS,
        numbers=BOUND,
        supervisors=SUPERVISORS,
        calls_per_second=1,
        dial_prefixes=("+1202",),
    ),
    centre(agent("ben"), queues=(queue("sales"),), flows=FLOWS, numbers=BOUND),
)


@pytest.mark.parametrize("seed", range(20))
def test_anything_in_any_order(seed):
    player = Player(seed, CONFIGS)
    player.play(steps=120)
    player.site.everybody_goes()


@pytest.mark.parametrize("seed", range(12))
def test_anything_in_conversations_in_any_order(seed):
    player = Player(seed, CONFIGS)
    player.talk_more()
    player.play(steps=150)
    player.site.everybody_goes()

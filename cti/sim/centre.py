"""The simulated centre: small enough to be full, varied enough that every branch is walked."""

from hashlib import sha256

import msgspec

from cti.core.base import changed
from cti.core.config import (
    AgentConfig,
    CollectStep,
    EnqueueStep,
    EntryPoint,
    Flow,
    HangUpStep,
    HoursConfig,
    HoursStep,
    LookUpStep,
    Membership,
    MenuStep,
    PlayStep,
    Prompt,
    QueueConfig,
    SiteConfig,
    SkillRequirement,
    SupervisorConfig,
    VoicemailStep,
)
from cti.core.plan import Play, Say
from cti.core.times import OpeningSpan, ZoneTable
from cti.sim.nature import Nature

MAIN = "+12025550100"
NIGHT = "+12025550101"
CLUB = "+12025550102"
UNKNOWN = "+12025550199"

FRIENDS = ("+12025550206", "+12025550207")
"""Outside numbers that may be rung."""
STRANGERS = ("+33155501111", "+19005551234", "nobody")
"""Some that may not."""

SUPERVISORS = {"sue": "client:sue", "tom": "tel:+12025550208", "uwe": "tel:+33155502222"}
"""By their telephones; the last may not be rung."""

AGENTS = ("anna", "ben", "carla", "dmitri", "elena", "farid")
REASONS = ("break", "lunch")
DISPOSITIONS = ("sale", "no_sale")

MAIN_KEYS = "12345"
ACCOUNT_KEYS = "482913"


def centre(nature: Nature) -> SiteConfig:
    """The configuration that a seed begins with."""
    day = HoursConfig(
        hours_id="day", zone="UTC", spans=tuple(OpeningSpan(weekday=day, opens=0, closes=1_440) for day in range(7))
    )
    return SiteConfig(
        name="Simulated centre",
        zone="UTC",
        zones={"UTC": ZoneTable(name="UTC", starts_at=(0,), offsets_s=(0,))},
        hours={"day": day, "never": HoursConfig(hours_id="never", zone="UTC")},
        queues=_queues(nature),
        agents=_agents(nature),
        entry_points={
            MAIN: EntryPoint(number=MAIN, flow_id="main"),
            NIGHT: EntryPoint(number=NIGHT, flow_id="night"),
            CLUB: EntryPoint(number=CLUB, flow_id="club"),
        },
        flows={"main": MAIN_FLOW, "night": NIGHT_FLOW, "club": CLUB_FLOW},
        not_ready_reasons=REASONS,
        apology=_say("We are sorry, please call again later."),
        hold_music=(Play(audio="music-10s.wav"),),
        caller_id=MAIN,
        dial_prefixes=("+1202555020",),
        calls_per_second=nature.pick((0, 1, 1)),
        supervisors={
            name: SupervisorConfig(supervisor_id=name, name=name.title(), endpoint=endpoint)
            for name, endpoint in SUPERVISORS.items()
        },
        dials_per_agent_hour=nature.pick((60, 60, 3)),
        dials_per_hour=nature.pick((1_000, 1_000, 6)),
        pop_template="https://crm.example/{customer_id}?contact={contact_id}",
    )


def changed_centre(nature: Nature, before: SiteConfig) -> SiteConfig:
    """What a supervisor may make of it in the middle of the day: other limits, an agent less, the club closed."""
    queues, agents, flows = _queues(nature), dict(before.agents), dict(before.flows)
    if len(agents) > 2 and nature.chance(0.5):
        del agents[nature.pick(sorted(agents))]
    if nature.chance(0.5):
        del queues["club"]
        flows = {flow_id: _without_club(flow) for flow_id, flow in flows.items()}
    return changed(before, queues=queues, agents=agents, flows=flows)


def _without_club(flow: Flow) -> Flow:
    """Who would have waited for the club waits for sales."""
    steps = {
        step_id: changed(step, queue_id="sales") if isinstance(step, EnqueueStep) and step.queue_id == "club" else step
        for step_id, step in flow.steps.items()
    }
    return changed(flow, steps=steps)


def digest(config: SiteConfig) -> str:
    """The name of a configuration: what it says."""
    return sha256(msgspec.json.encode(config, order="deterministic")).hexdigest()[:16]


def _say(text: str) -> Prompt:
    return (Say(text=text, language="en-US"),)


def _queues(nature: Nature) -> dict[str, QueueConfig]:
    return {
        "sales": QueueConfig(
            queue_id="sales",
            name="Sales",
            ring_s=nature.between(5, 15),
            wrap_up_s=nature.between(3, 20),
            music=(Play(audio="music-20s.wav"),),
            dispositions=DISPOSITIONS,
            recording=nature.pick(("never", "on_request", "always")),
            recording_notice=_say("This call may be recorded.") if nature.chance(0.5) else (),
        ),
        "support": QueueConfig(
            queue_id="support",
            name="Support",
            contacts_max=nature.between(1, 4),
            ring_s=8,
            wrap_up_s=0,
            recording=nature.pick(("never", "always")),
        ),
        "club": QueueConfig(
            queue_id="club",
            name="Club",
            priority=50,
            ring_s=6,
            wrap_up_s=5,
            music=(Play(audio="music-10s.wav"), *_say("Your adviser will be with you in a moment.")),
            announce_position=False,
        ),
    }


def _agents(nature: Nature) -> dict[str, AgentConfig]:
    names = AGENTS[: nature.between(2, len(AGENTS) + 1)]
    return {
        name: AgentConfig(
            agent_id=name,
            name=name.title(),
            endpoint=_endpoint(nature, name, place),
            memberships=(
                Membership(queue_id="sales", rank=nature.between(1, 3)),
                Membership(queue_id="support", rank=nature.between(1, 3)),
                *((Membership(queue_id="club"),) if nature.chance(0.6) else ()),
            ),
            skills={"gold": nature.between(1, 6)} if nature.chance(0.6) else {},
            nailed_up=nature.chance(0.25),
            desk=nature.chance(0.9),
        )
        for place, name in enumerate(names)
    }


def _endpoint(nature: Nature, name: str, place: int) -> str:
    """Softphones, telephones, and now and then one that no allowed prefix covers."""
    if nature.chance(0.7):
        return f"client:{name}"
    return f"tel:+{'1202555020' if nature.chance(0.9) else '4930123456'}{place}"


MAIN_FLOW = Flow(
    flow_id="main",
    start="hours",
    steps={
        "hours": HoursStep(hours_id="day", open="welcome", closed="closed"),
        "welcome": PlayStep(prompt=_say("Welcome."), next="menu"),
        "menu": MenuStep(
            prompt=_say("For sales, press 1. For support, press 2. With an account, press 3."),
            choices={"1": "sales", "2": "support", "3": "account", "4": "who", "5": "menu"},
            otherwise="support",
            invalid=_say("Sorry."),
            tries=2,
            timeout_s=4,
        ),
        "account": CollectStep(
            prompt=_say("Your account number, please, and then the hash key."),
            into="account",
            digits_min=4,
            digits_max=6,
            next="support",
            otherwise="goodbye",
            invalid=_say("That is not long enough."),
            tries=2,
            timeout_s=3,
        ),
        "who": LookUpStep(known="club", unknown="sales", wait_s=3),
        "sales": EnqueueStep(queue_id="sales", full="busy"),
        "support": EnqueueStep(queue_id="support", full="busy", priority=1),
        "club": EnqueueStep(queue_id="club", full="busy", skills=(SkillRequirement(skill="gold", level=2),)),
        "busy": VoicemailStep(prompt=_say("All lines are taken. Leave a message."), next="goodbye", seconds_max=15),
        "closed": HangUpStep(prompt=_say("We are closed.")),
        "goodbye": HangUpStep(prompt=_say("Good bye.")),
    },
)

NIGHT_FLOW = Flow(
    flow_id="night",
    start="hours",
    steps={
        "hours": HoursStep(hours_id="never", open="queue", closed="message"),
        "queue": EnqueueStep(queue_id="sales", full="closed"),
        "message": VoicemailStep(prompt=_say("Leave a message."), next="closed", silence_s=3),
        "closed": HangUpStep(prompt=_say("We are closed at this hour.")),
    },
)

CLUB_FLOW = Flow(
    flow_id="club",
    start="welcome",
    steps={
        "welcome": PlayStep(prompt=_say("Welcome to the club."), next="who"),
        "who": LookUpStep(known="queue", unknown="sales", wait_s=2),
        "queue": EnqueueStep(queue_id="club", full="sales", skills=(SkillRequirement(skill="gold", level=3),)),
        "sales": EnqueueStep(queue_id="sales", full="busy", skills=(SkillRequirement(skill="gold"),)),
        "busy": HangUpStep(prompt=_say("All lines are taken.")),
    },
)

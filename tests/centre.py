"""A small centre for tests: one queue, a menu before it, two agents; each piece can be replaced."""

from typing import Any

from cti.core.config import (
    AgentConfig,
    AnyStep,
    EnqueueStep,
    EntryPoint,
    Flow,
    HangUpStep,
    Membership,
    MenuStep,
    Play,
    QueueConfig,
    Say,
    SiteConfig,
)

MENU = "+15550100"
"""The number that answers with the menu: 1 leads to the queue `sales`."""

DIRECT = "+15550101"
"""The number that leads straight into the queue `sales`."""

CALLER = "+4930123456"


def say(text: str) -> tuple[Say, ...]:
    return (Say(text=text, language="en-US"),)


def agent(agent_id: str, *queues: str | Membership, **fields: Any) -> AgentConfig:
    """An agent with a softphone; serves `sales` unless told otherwise."""
    memberships = tuple(
        queue if isinstance(queue, Membership) else Membership(queue_id=queue) for queue in queues or ("sales",)
    )
    return AgentConfig(
        agent_id=agent_id,
        name=agent_id.title(),
        endpoint=fields.pop("endpoint", f"client:{agent_id}"),
        memberships=memberships,
        **fields,
    )


def queue(queue_id: str = "sales", **fields: Any) -> QueueConfig:
    return QueueConfig(queue_id=queue_id, name=queue_id.title(), **{"music": (Play(audio="music.mp3"),), **fields})


def flow(flow_id: str, start: str, **steps: AnyStep) -> Flow:
    return Flow(flow_id=flow_id, start=start, steps=steps)


def straight_to(queue_id: str, **fields: Any) -> Flow:
    """A flow that only enqueues; a full queue says sorry."""
    return flow(
        f"to_{queue_id}",
        "line",
        line=EnqueueStep(queue_id=queue_id, full="sorry", **fields),
        sorry=HangUpStep(prompt=say("Sorry.")),
    )


def menu_flow() -> Flow:
    return flow(
        "main",
        "menu",
        menu=MenuStep(
            prompt=say("Press 1."), choices={"1": "line"}, otherwise="bye", invalid=say("That is no choice."), tries=3
        ),
        line=EnqueueStep(queue_id="sales", full="full"),
        full=HangUpStep(prompt=say("All lines are busy.")),
        bye=HangUpStep(prompt=say("Goodbye.")),
    )


def centre(
    *agents: AgentConfig,
    queues: tuple[QueueConfig, ...] = (),
    flows: tuple[Flow, ...] = (),
    numbers: dict[str, str] | None = None,
    **fields: Any,
) -> SiteConfig:
    """The centre. `flows` and `numbers` (number to flow) come on top of the two that are always there."""
    every_flow = (menu_flow(), straight_to("sales"), *flows)
    every_number = {MENU: "main", DIRECT: "to_sales", **(numbers or {})}
    return SiteConfig(
        **{
            "name": "Test centre",
            "zone": "UTC",
            "calls_per_second": 0,
            "queues": {each.queue_id: each for each in (queues or (queue(),))},
            "agents": {each.agent_id: each for each in (agents or (agent("anna"), agent("ben")))},
            "flows": {each.flow_id: each for each in every_flow},
            "entry_points": {
                number: EntryPoint(number=number, flow_id=flow_id) for number, flow_id in every_number.items()
            },
            **fields,
        }
    )

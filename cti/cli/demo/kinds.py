"""What can become of a call, in words, and the kinds that a demonstration must show."""

from typing import Any

REQUIRED = {
    "answered": "answered by an agent",
    "abandoned_in_menu": "abandoned in the menu",
    "abandoned_in_queue": "abandoned in the queue",
    "agent_did_not_answer": "an agent did not answer",
    "agent_rejected": "an agent rejected it",
    "queue_full": "the queue was full",
    "after_hours": "after hours",
    "caller_hung_up": "the caller hung up first",
    "agent_hung_up": "the agent hung up first",
}

AFTER_HOURS_FLOW = "warehouse"


def kinds_of(contact: dict[str, Any]) -> list[str]:
    """Every kind that a finished contact is an example of."""
    kinds = []
    outcome = contact["outcome"]
    if outcome == "connected":
        kinds.append("answered")
        kinds.append("agent_hung_up" if contact["cause"] == "AGENT_HUNG_UP" else "caller_hung_up")
    if outcome == "abandoned_in_flow":
        kinds.append("abandoned_in_menu")
    if outcome == "abandoned_in_queue":
        kinds.append("abandoned_in_queue")
    if contact["offers_missed"]:
        kinds.append("agent_did_not_answer")
    if contact["offers_declined"]:
        kinds.append("agent_rejected")
    if contact["queue_refused"] == "full":
        kinds.append("queue_full")
    if contact["flow_id"] == AFTER_HOURS_FLOW:
        kinds.append("after_hours")
    return kinds


def in_words(contact: dict[str, Any]) -> str:
    """What became of a call, for a person."""
    outcome, agents = contact["outcome"], ", ".join(contact["agent_ids"])
    if outcome == "connected":
        who = "the agent" if contact["cause"] == "AGENT_HUNG_UP" else "the caller"
        talked_s = contact["talk_ms"] / 1_000
        text = f"talked {talked_s:.0f} s with {agents}, {who} hung up"
    elif outcome == "abandoned_in_flow":
        text = "hung up in the menu"
    elif outcome == "abandoned_in_queue":
        waited_s = (contact["ended_at"] - contact["queued_at"]) / 1_000
        text = f"hung up after {waited_s:.0f} s in queue {contact['queue_id']}"
    elif contact["queue_refused"]:
        text = f"queue {contact['queue_id']} was {contact['queue_refused']}"
    elif contact["flow_id"] == AFTER_HOURS_FLOW:
        text = "heard that nobody is here at this hour"
    else:
        text = outcome.replace("_", " ")
    if contact["offers_missed"]:
        text += f"; {contact['offers_missed']} offer not answered"
    if contact["offers_declined"]:
        text += f"; {contact['offers_declined']} offer rejected"
    if contact["disposition"]:
        text += f"; {contact['disposition']}"
    return text

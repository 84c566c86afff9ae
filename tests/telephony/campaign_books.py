"""What the ledger of the carrier and our journal say of a campaign's calls, number by number; and where they differ."""

import asyncio
import csv
import json
from collections import Counter
from collections.abc import Sequence
from typing import Any

import msgspec

from cti.core import events as e
from cti.core.states import Outcome
from tests.patience import PATIENCE_S
from tests.serving import command
from tests.telephony.campaign_centre import PHONES, CampaignCentre, events_of

CLOCKS_MS = 50
"""By how much the two programs' clocks may differ."""


class Call(msgspec.Struct):
    """What became of the one call to a number. `agents` heard each other with it, from `joined_at` on (ms)."""

    answered: bool = False
    agents: set[str] = msgspec.field(default_factory=set)
    joined_at: int = 0
    message: bool = False


async def carriers_book(centre: CampaignCentre, numbers: Sequence[str]) -> dict[str, Call]:
    """By what rang, who could hear whom, and what was heard."""
    legs = await centre.calls(numbers)
    rung = Counter(each["to"] for each in await centre.ledger("rung") if each["to"] in legs)
    assert all(count == 1 for count in rung.values()), rung
    agent_of = {leg["sid"]: name for leg in await centre.ledger("legs") for name, phone in PHONES.items()
                if leg["to"] == phone}  # fmt: skip
    by_sid = {leg["sid"]: number for number, leg in legs.items()}
    book = {number: Call(answered=bool(leg["answered_at"]), message=_heard(leg)) for number, leg in legs.items()}
    for bridge in await centre.ledger("bridges"):
        for one, other in (bridge["sids"], reversed(bridge["sids"])):
            if one in by_sid and other in agent_of:
                call = book[by_sid[one]]
                call.agents.add(agent_of[other])
                call.joined_at = call.joined_at or bridge["start_ms"]
    return book


def _heard(leg: dict[str, Any]) -> bool:
    return any(segment["heard"] in ("menu", "speech") for segment in leg["segments"])


async def our_book(centre: CampaignCentre, campaign_id: str) -> dict[str, Call]:
    """By the journal alone."""
    numbers: dict[str, str] = {}
    contacts: dict[str, str] = {}
    book: dict[str, Call] = {}
    for record in await centre.journal():
        for event in events_of(record):
            match event:
                case e.LegStarted():
                    numbers[event.leg_id] = event.endpoint.removeprefix("tel:")
                case e.AttemptStarted() if event.campaign_id == campaign_id:
                    assert numbers[event.leg_id] not in book, "called twice"
                    book[numbers[event.leg_id]] = Call()
                case e.AttemptAnswered() if numbers[event.attempt_id] in book:
                    book[numbers[event.attempt_id]].answered = True
                case e.ContactStarted() if event.campaign_id == campaign_id:
                    contacts[event.contact_id] = numbers[event.leg_id]
                    if event.flow_id:
                        book[contacts[event.contact_id]].message = True
                case e.ContactConnected() if event.contact_id in contacts:
                    call = book[contacts[event.contact_id]]
                    call.agents.add(event.agent_id)
                    call.joined_at = call.joined_at or record.at
                case e.MessageBegun() if event.contact_id in contacts:
                    book[contacts[event.contact_id]].message = True
    return book


async def outcomes(centre: CampaignCentre, campaign_id: str) -> dict[str, Outcome]:
    """What came of each call by our journal."""
    numbers = {each.leg_id: each.endpoint.removeprefix("tel:") for each in await centre.told(e.LegStarted)}
    ours = {each.attempt_id for each in await centre.told(e.AttemptStarted) if each.campaign_id == campaign_id}
    ended = [each for each in await centre.told(e.AttemptEnded) if each.attempt_id in ours]
    assert len(ended) == len(ours), "each attempt ends once"
    return {numbers[each.attempt_id]: each.outcome for each in ended}


async def books_agree(centre: CampaignCentre, campaign_id: str, numbers: Sequence[str]) -> dict[str, Call]:
    """Who was rung (all `numbers`, and nobody else), who answered, who talked with whom from when, who heard a
    message."""
    ours, theirs = await our_book(centre, campaign_id), await carriers_book(centre, numbers)
    assert set(theirs) == set(numbers)
    assert all(not ours[number].answered for number in ours if number not in theirs)
    for number, call in theirs.items():
        mine = ours[number]
        assert (mine.answered, mine.agents, mine.message) == (call.answered, call.agents, call.message), number
        assert mine.joined_at >= call.joined_at - CLOCKS_MS, f"{number} was joined before the carrier did it"
    return theirs


async def report_agrees(centre: CampaignCentre, campaign_id: str, numbers: Sequence[str]) -> dict[str, Any]:
    """The report for a regulator, call by call with what the carrier has by its own name for each; and the audit finds
    nothing, beside the running server. Returns the report."""
    report, rows = await _report(centre, campaign_id, len(numbers))
    legs, book = await centre.calls(numbers), await carriers_book(centre, numbers)
    assert set(rows) == {leg["sid"] for leg in legs.values()}
    for number, leg in legs.items():
        row, call = rows[leg["sid"]], book[number]
        assert bool(row["answered_at"]) == call.answered, number
        assert {row["agent_id"]} - {""} == call.agents, number
        assert bool(row["message_at"]) == call.message, number
    total = report["total"]
    assert total["attempts"] == len(legs)
    assert total["answered"] == sum(call.answered for call in book.values())
    assert total["connected"] == sum(bool(call.agents) for call in book.values())
    assert total["messages_to_abandoned"] + total["messages_else"] == sum(call.message for call in book.values())
    status, output, _ = await command(centre.centre.data_dir.parent, "dialer", "audit", "--json")
    assert (status, json.loads(output)["calls"]["findings"]) == (0, [])
    return report


async def _report(centre: CampaignCentre, campaign_id: str, count: int) -> tuple[dict[str, Any], dict[str, Any]]:
    """Once the log has come so far: it follows the calls by moments."""
    folder = centre.centre.data_dir.parent
    file = folder / f"{campaign_id}.csv"
    async with asyncio.timeout(2 * PATIENCE_S):
        while True:
            status, output, errors = await command(
                folder, "dialer", "report", campaign_id, "--csv", str(file), "--json"
            )
            assert status == 0, errors
            with file.open(newline="", encoding="utf-8") as text:
                rows = {row["provider_ref"]: row for row in csv.DictReader(text) if row["ended_at"]}
            if len(rows) == count:
                return json.loads(output), rows

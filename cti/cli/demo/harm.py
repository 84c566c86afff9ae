"""What came to harm, in words: by the carrier's verdict, by our records, and where the two tell different stories."""

from collections.abc import Collection, Iterable, Mapping
from pathlib import Path
from typing import Any

from cti.cli.demo.kinds import in_words
from cti.cli.demo.processes import Centre
from cti.core.codec import decode
from cti.core.events import ConferenceStarted, ConsultAnswered, ContactRequeued, ContactTransferred, LegStarted
from cti.core.states import PartyRole
from cti.journal.sql import SqlJournal

PASSES_ON = (ContactTransferred, ContactRequeued, ConferenceStarted, ConsultAnswered)
"""By these a caller rightly comes to talk with more than one agent. Who was consulted may be on the way out still when
the caller is back; who comes in though the caller was never on hold is bridged twice, whoever asked."""

HARMS = ("lost", "bridged_twice", "silent", "agents_doubled", "dialled_twice")
RECORDS_MAX = 1_000
SITE = "main"

Row = Mapping[str, Any]


async def find_harm(centre: Centre, verdict: Row, contacts: list[dict[str, Any]]) -> list[str]:
    """Empty when all is well. `contacts` are our records, at most the latest 1,000."""
    ledger = await centre.control("GET", "ledger?page=legs")
    legs = {leg["sid"]: leg for leg in ledger["legs"]}
    return harm_of(verdict, legs, contacts, *await told_by_journal(centre.data_dir / "journal.db"))


async def told_by_journal(journal_file: Path) -> tuple[dict[str, str], set[str]]:
    """What the carrier calls each contact's first leg, and which contacts were passed on from an agent to another."""
    names = [f'"{kind.__name__}"' for kind in (LegStarted, *PASSES_ON)]
    call_of: dict[str, str] = {}
    passed_on: set[str] = set()
    journal = await SqlJournal.open(f"sqlite:///{journal_file}", SITE, read_only=True)
    try:
        async for row in journal.read(0):
            for event in decode(row).events if any(name in row.body for name in names) else ():
                if isinstance(event, LegStarted) and event.role is PartyRole.CUSTOMER and event.provider_ref:
                    call_of[event.contact_id] = event.provider_ref
                elif isinstance(event, PASSES_ON):
                    passed_on.add(event.contact_id)
    finally:
        await journal.close()
    return call_of, passed_on


def harm_of(
    verdict: Row,
    legs: Mapping[str, Row],
    contacts: list[dict[str, Any]],
    call_of: Mapping[str, str],
    passed_on: Collection[str] = (),
) -> list[str]:
    """`legs` are the ledger's by call, `call_of` names each contact's call; `passed_on` are those contacts that talked
    with several agents because somebody asked for it, or because an agent was lost."""
    harm = [f"{name}: {finding}" for name in HARMS for finding in verdict["findings"][name]]
    harm += [f"quarantined: {contact['contact_id']}" for contact in contacts if contact["outcome"] == "quarantined"]
    if verdict["live"]:
        harm.append(f"{verdict['live']} calls never ended")
    expected = min(RECORDS_MAX, verdict["contacts"])
    if len(contacts) != expected:
        harm.append(f"the carrier saw {verdict['contacts']} calls, the records tell of {len(contacts)}")
    finished = {sid for finding in verdict["findings"]["finished_by_flow"] for sid in finding["sids"]}
    known = {call_of.get(contact_id, "") for contact_id in passed_on}
    for finding in verdict["findings"]["passed_on"]:
        if finding["sids"][0] not in known:
            harm.append(f"passed on though nobody asked for it: {finding}")
    return [*harm, *_two_stories(finished, legs, contacts, call_of)]


def _two_stories(
    finished: set[str], legs: Mapping[str, Row], contacts: Iterable[dict[str, Any]], call_of: Mapping[str, str]
) -> list[str]:
    """Calls that ended by their flow for the carrier but not for us, or for us but not for the carrier."""
    told = []
    for contact in contacts:
        sid = call_of.get(contact["contact_id"], "")
        leg = legs.get(sid)
        if leg is None:
            told.append(f"{contact['contact_id']}: the carrier knows of no such call ({sid or 'no name'})")
            continue
        by_flow = contact["outcome"] in ("flow_ended", "voicemail")
        if by_flow != (sid in finished) and not (by_flow and _left_during_goodbye(leg)):
            told.append(f"two stories of {sid}, {contact['contact_id']}: we say {in_words(contact)}; {_story(leg)}")
    return told


def _left_during_goodbye(leg: Row) -> bool:
    """The caller did not hear the goodbye to its end. Who hangs up at a menu or in a queue hung up on no goodbye."""
    last = leg["segments"][-1]["heard"] if leg["segments"] else "nothing"
    return bool(leg["ended_by"] == "caller" and leg["queued_at"] is None and last != "menu")


def _story(leg: Row) -> str:
    """What the carrier saw, for a person."""
    heard = [f"{one['heard']} {(one['end_ms'] or one['start_ms']) - one['start_ms']} ms" for one in leg["segments"]]
    queued = f"in a queue from {(leg['queued_at'] - leg['created_at']) / 1_000:.1f} s on, " if leg["queued_at"] else ""
    return (
        f"the carrier: {queued}heard {', '.join(heard) or 'nothing'}, ended by {leg['ended_by']}: {leg['end_reason']}"
    )

"""Two books of one shift, the carrier's ledger and our journal: every contact, talk and recording is in both."""

from collections import defaultdict
from collections.abc import Iterator, Mapping
from itertools import permutations
from typing import Any

from tests.chaos.shift.told import Told

Row = Mapping[str, Any]

PAGES = ("legs", "rooms", "bridges", "recordings")

TALK_MS_MIN = 13_000
"""So long a talk we have to know of. When the report that the caller came is lost, the carrier is asked after ten
seconds; of a talk that was over by then, we may never hear."""


def accounts_of(ledger: Mapping[str, list[Row]], told: Told) -> list[str]:
    """Where the books differ, in words. `ledger` has the pages `PAGES`."""
    legs = {leg["sid"]: leg for leg in ledger["legs"]}
    return [
        *_contacts(legs, told),
        *_talks(legs, ledger["bridges"], told),
        *_rooms(ledger["rooms"], told),
        *_recordings(ledger["recordings"], told),
    ]


def _contacts(legs: Mapping[str, Row], told: Told) -> Iterator[str]:
    """Each is begun, ended and closed once."""
    for name, counted in (("began", told.started), ("ended", told.ended), ("was closed", told.closed)):
        yield from (f"{contact_id} {name} {times} times" for contact_id, times in counted.items() if times != 1)
    for contact_id in told.started:
        if not (told.ended[contact_id] and told.closed[contact_id]):
            yield f"{contact_id} has no end in our record"
    for sid, leg in legs.items():  # what a document dials has no name of ours
        known = sid in told.leg_of or sid in told.arrived or leg["origin"] == "dial"
        if not known:
            yield f"{sid}: we know of no such leg ({leg['from']} to {leg['to']})"


def _talks(legs: Mapping[str, Row], bridges: list[Row], told: Told) -> Iterator[str]:
    """Who talked with whom."""
    heard: defaultdict[str, dict[str, int]] = defaultdict(lambda: defaultdict(int))
    for bridge in bridges:
        first, second = bridge["sids"]
        for caller, other in ((first, second), (second, first)):
            contact_id = _contact_at(caller, told)
            if contact_id:
                heard[contact_id][other] += (bridge["end_ms"] or 0) - bridge["start_ms"]
    for contact_id, others in heard.items():
        for sid, talked_ms in others.items():
            if talked_ms >= TALK_MS_MIN and (wrong := _unknown(contact_id, sid, legs, told)):
                yield f"{contact_id} talked {talked_ms} ms with {sid}: {wrong}"


def _rooms(rooms: list[Row], told: Told) -> Iterator[str]:
    """With whom each contact was connected by our record, it was in a room. (It may not have heard them: whose media
    has vanished is in the room for a while.)"""
    met: defaultdict[str, set[str]] = defaultdict(set)
    for room in rooms:
        for one, other in permutations(room["stays"], 2):
            if (contact_id := _contact_at(one["sid"], told)) and _at_once(one, other):
                met[contact_id].add(_leg(other["sid"], told)[1])
    for contact_id, agent_ids in told.talked.items():
        for agent_id in sorted(agent_ids - met[contact_id]):
            yield f"{contact_id} talked with {agent_id} by our record; by the carrier's they were never in one room"


def _at_once(one: Row, other: Row) -> bool:
    began_at = max(one["joined_at"], other["joined_at"])
    return all(stay["left_at"] is None or stay["left_at"] >= began_at for stay in (one, other))


def _contact_at(sid: str, told: Told) -> str:
    leg = told.legs.get(told.leg_of.get(sid, ""))
    return leg.contact_id if leg and leg.role == "CUSTOMER" else ""


def _leg(sid: str, told: Told) -> tuple[str, str]:
    leg = told.legs.get(told.leg_of.get(sid, ""))
    return (str(leg.role), leg.agent_id) if leg else ("", "")


def _unknown(contact_id: str, sid: str, legs: Mapping[str, Row], told: Told) -> str:
    """Why our record does not tell of this talk; empty if it does."""
    if legs[sid]["origin"] == "dial":
        return "" if contact_id in told.forwarded else "nobody sent the caller on to a number"
    role, agent_id = _leg(sid, told)
    if role == "AGENT":
        known = told.talked[contact_id] | told.asked_in[contact_id]
        return "" if agent_id in known else f"we do not know that it talked with {agent_id}"
    leg = told.legs.get(told.leg_of.get(sid, ""))
    return "" if leg and leg.contact_id == contact_id else f"a leg that is none of this contact's ({role or 'unknown'})"


def _recordings(recordings: list[Row], told: Told) -> Iterator[str]:
    """Each that the carrier made is known to us, and of which leg it is; each that we know of was made."""
    made = {one["sid"]: one for one in recordings}
    for sid, one in made.items():
        ours = told.recordings.get(sid)
        if ours is None and one["status"] != "absent":  # with nothing in it, nothing is missing
            yield f"recording {sid} of {one['call_sid']}: we do not know of it"
        elif ours and told.leg_of.get(one["call_sid"]) != ours.leg_id:
            yield f"recording {sid} is of {one['call_sid']}; by our record it is of {ours.leg_id}"
    yield from (f"recording {sid}: the carrier never made it" for sid in told.recordings if sid not in made)


FINAL = {"complete": "completed", "empty": "absent"}
"""What our store says of a recording that is over, and what the carrier says of it then."""


def stored(recordings: list[Row], statuses: Mapping[str, str]) -> list[str]:
    """Where our store differs from the ledger, by the carrier's names: each recording is there, and is over."""
    wrong = []
    for one in recordings:
        ours = statuses.get(one["sid"], "")
        nothing = one["status"] == "absent" and ours in ("", "lost")  # with nothing in it, nothing is missing
        if FINAL.get(ours) != one["status"] and not nothing:
            wrong.append(
                f"recording {one['sid']} is {one['status']} at the carrier; in our store it is {ours or 'not'}"
            )
    return wrong

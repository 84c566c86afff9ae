"""The verdict: what became of the callers, judged from the ledger alone.

A caller is *lost* when the call was ended by an error or by the server anywhere but at the caller's own hang-up, at a
`<Hangup>` or `<Reject>`, or after a talk with an agent; and when a `<Hangup>` ends the call of somebody who is *owed an
agent* (see `owed`). A caller is *bridged twice* when a second agent's leg came into a talk and was not let in (see
`talks`), and *passed on* when it rightly talked with several. A caller is *silent* when nothing at all was heard for
longer than the limit: no audio, no menu, no talk, no declared hold. Whose party vanished has left: the leg is neither
lost nor silent afterwards.
"""

from collections import defaultdict

import msgspec

from cti.fakecarrier.ledger.book import Ledger
from cti.fakecarrier.ledger.owed import Owed
from cti.fakecarrier.ledger.records import LegRecord
from cti.fakecarrier.ledger.talks import Talks


class Finding(msgspec.Struct, frozen=True, kw_only=True):
    """One thing that should not have happened (or, for a call that came to no agent, that is worth naming), in plain
    words."""

    sids: list[str]
    reason: str


class Verdict(msgspec.Struct, frozen=True, kw_only=True):
    """Counts, and for each count the legs behind it with the reason."""

    contacts: int
    live: int
    connected: int
    abandoned: int
    abandoned_in_menu: int
    abandoned_in_queue: int
    finished_by_flow: int
    lost: int
    silent: int
    passed_on: int
    bridged_twice: int
    agents_doubled: int
    dialled_twice: int
    findings: dict[str, list[Finding]]


def judge(ledger: Ledger, now_ms: int, silence_limit_s: float) -> Verdict:
    """Judge everything in the ledger up to now; calls still alive are neither lost nor abandoned."""
    contacts = [leg for leg in ledger.legs.values() if leg.is_contact]
    talks, owed = Talks(ledger), Owed(ledger)
    unconnected = [leg for leg in contacts if leg.ended_at is not None and not talks.of(leg)]
    finished = [leg for leg in unconnected if _finished_by_flow(leg, owed)]
    finished_sids = {leg.sid for leg in finished}
    left = [leg for leg in unconnected if _left(leg) and leg.sid not in finished_sids]
    left_sids = {leg.sid for leg in left}
    findings = {
        "abandoned_in_menu": [_abandoned(leg, "menu") for leg in left if leg.queued_at is None],
        "abandoned_in_queue": [_abandoned(leg, "queue") for leg in left if leg.queued_at],
        "finished_by_flow": [_finished(leg) for leg in finished],
        "lost": [_lost(leg) for leg in unconnected if leg.sid not in finished_sids | left_sids],
        "silent": _silent(contacts, now_ms, silence_limit_s),
        "passed_on": _passed_on(contacts, talks),
        "bridged_twice": _bridged_twice(contacts, talks),
        "agents_doubled": _agents_doubled(ledger, talks, now_ms),
        "dialled_twice": _dialled_twice(ledger),
    }
    return Verdict(
        contacts=len(contacts),
        live=sum(1 for leg in contacts if leg.ended_at is None),
        connected=sum(1 for leg in contacts if talks.of(leg)),
        abandoned=len(findings["abandoned_in_menu"]) + len(findings["abandoned_in_queue"]),
        findings=findings,
        **{name: len(found) for name, found in findings.items()},
    )


def _left(leg: LegRecord) -> bool:
    """Whoever is gone without a word has left, whatever ends the leg afterwards."""
    return leg.ended_by == "caller" or leg.vanished_at is not None


def _finished_by_flow(leg: LegRecord, owed: Owed) -> bool:
    if leg.ended_by == "caller":
        return owed.left_a_message(leg)
    hung_up_on = leg.ended_by == "document" and leg.end_reason in {"hangup", "reject"}
    return hung_up_on and not owed.an_agent(leg)


def _abandoned(leg: LegRecord, place: str) -> Finding:
    since = leg.queued_at or leg.created_at
    waited_s = ((leg.ended_at or since) - since) / 1000
    return Finding(sids=[leg.sid], reason=f"{leg.from_party} hung up in the {place} after {waited_s:.1f} s")


def _finished(leg: LegRecord) -> Finding:
    heard = ", ".join(segment.heard for segment in leg.segments) or "nothing"
    return Finding(
        sids=[leg.sid], reason=f"{leg.from_party} called {leg.to_party}, heard {heard}, then {leg.end_reason}"
    )


def _lost(leg: LegRecord) -> Finding:
    place = "in the queue" if leg.queued_at else "in the menu"
    code = f" (error {leg.error_code})" if leg.error_code else ""
    return Finding(sids=[leg.sid], reason=f"ended {place} by {leg.ended_by}: {leg.end_reason}{code}")


def _silent(contacts: list[LegRecord], now_ms: int, silence_limit_s: float) -> list[Finding]:
    found = []
    for leg in contacts:
        silences = [segment for segment in leg.segments if segment.heard == "silence"]
        heard_until_ms = now_ms if leg.vanished_at is None else leg.vanished_at
        for began_ms, ended_ms in ((one.start_ms, min(one.end_ms or now_ms, heard_until_ms)) for one in silences):
            if ended_ms - began_ms > silence_limit_s * 1000:
                after_s = (began_ms - leg.created_at) / 1000
                reason = f"heard nothing for {(ended_ms - began_ms) / 1000:.1f} s, from {after_s:.1f} s into the call"
                found.append(Finding(sids=[leg.sid], reason=reason))
                break
    return found


def _passed_on(contacts: list[LegRecord], talks: Talks) -> list[Finding]:
    return [
        _with_several(leg, talks.of(leg), "talked with")
        for leg in contacts
        if len(talks.of(leg)) > 1 and not talks.intruders(leg)
    ]


def _bridged_twice(contacts: list[LegRecord], talks: Talks) -> list[Finding]:
    return [_with_several(leg, talks.of(leg), "bridged at once with") for leg in contacts if talks.intruders(leg)]


def _with_several(leg: LegRecord, agents: dict[str, int], what: str) -> Finding:
    when = ", ".join(f"{sid} at {(at - leg.created_at) / 1000:.1f} s" for sid, at in agents.items())
    return Finding(sids=[leg.sid, *agents], reason=f"{what} {len(agents)} agents' legs: {when}")


def _agents_doubled(ledger: Ledger, talks: Talks, now_ms: int) -> list[Finding]:
    talking: dict[str, list[tuple[int, int, str]]] = defaultdict(list)
    first_talk_ms = talks.first_talk_ms()
    for leg in ledger.legs.values():
        since_ms = leg.answered_at if leg.is_agent else first_talk_ms.get(leg.sid)
        if since_ms is not None:
            talking[leg.endpoint].extend((start, end, leg.sid) for start, end in _unheld(leg, since_ms, now_ms))
    found: list[Finding] = []
    for endpoint, spans in talking.items():
        doubled = _overlapping(sorted(spans))
        found.extend(Finding(sids=list(pair), reason=f"{endpoint} had two unheld legs") for pair in doubled)
    return found


def _overlapping(spans: list[tuple[int, int, str]]) -> list[tuple[str, str]]:
    """Pairs of legs whose spans overlap, each span compared with the one before it that reaches furthest."""
    pairs: dict[tuple[str, str], None] = {}
    furthest: tuple[int, int, str] | None = None
    for span in spans:
        if furthest is not None and span[0] < furthest[1] and span[2] != furthest[2]:
            pairs[furthest[2], span[2]] = None
        if furthest is None or span[1] > furthest[1]:
            furthest = span
    return list(pairs)


def _unheld(leg: LegRecord, start_ms: int, now_ms: int) -> list[tuple[int, int]]:
    """The stretches from then on in which the leg's party was there, and not on hold."""
    end_ms = leg.ended_at if leg.ended_at is not None else now_ms
    if leg.vanished_at is not None:
        end_ms = leg.vanished_at  # what is left at the carrier is nobody's leg
    stretches = []
    for segment in leg.segments:
        if segment.heard == "held":
            stretches.append((start_ms, segment.start_ms))
            start_ms = max(start_ms, segment.end_ms if segment.end_ms is not None else now_ms)
    stretches.append((start_ms, end_ms))
    return [(start, end) for start, end in stretches if end > start]


def _dialled_twice(ledger: Ledger) -> list[Finding]:
    dials: dict[tuple[str, str], list[str]] = defaultdict(list)
    for dial in ledger.dials:
        dials[dial.room, dial.label or dial.to_party].append(dial.sid)
    return [
        Finding(sids=sids, reason=f"{whom} was dialled {len(sids)} times into room {room}")
        for (room, whom), sids in dials.items()
        if len(sids) > 1
    ]

"""What is sent of a result, put together once from all that the store knows of the call."""

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

import msgspec
from sqlalchemy import Connection, Table, select

from cti.core.states import LeadStatus
from cti.store.result_tables import call_notes
from cti.store.results.common import Told, decimal
from cti.store.tables import attempt_log, call_attempts, leads

_told = msgspec.json.Decoder(Told).decode
_A = attempt_log.c


class Known(msgspec.Struct, frozen=True):
    """Rows of other tables, by name; a call also by campaign, lead and instant."""

    calls: dict[tuple[str, str, int], Any]
    by_hand: dict[str, Any]
    notes: dict[str, Any]
    numbers: dict[str, str]
    leads: dict[str, Any]


def bodies(connection: Connection, site: str, rows: Sequence[Any]) -> dict[int, str]:
    """The data of these rows of `results`, as JSON, by position."""
    known = _known(connection, site, rows)
    return {row.position: msgspec.json.encode(_data(row, _told(row.told), known)).decode() for row in rows}


def _known(connection: Connection, site: str, rows: Sequence[Any]) -> Known:
    ours = {(row.campaign_id, row.lead_id, _told(row.told).last_at) for row in rows}
    at = sorted({instant for _, _, instant in ours} - {0})
    made = connection.execute(select(attempt_log).where(_A.site == site, _A.dialled_at.in_(at)))
    by_lead = {(row.campaign_id, row.lead_id, row.dialled_at): row for row in made}
    calls = {key: row for key, row in by_lead.items() if key in ours}
    by_hand = _by(connection, site, attempt_log, "attempt_id", [row.attempt_id for row in rows])
    every = [*calls.values(), *by_hand.values()]
    cleared = _by(connection, site, call_attempts, "attempt_id", [row.attempt_id for row in every])
    return Known(
        calls=calls,
        by_hand=by_hand,
        notes=_by(connection, site, call_notes, "contact_id", [row.contact_id for row in every]),
        numbers={key: row.number for key, row in cleared.items()},
        leads=_by(connection, site, leads, "lead_id", [row.lead_id for row in rows]),
    )


def _by(connection: Connection, site: str, table: Table, name: str, values: Sequence[str]) -> dict[str, Any]:
    found = select(table).where(table.c.site == site, table.c[name].in_(sorted({*values} - {""})))
    return {getattr(row, name): row for row in connection.execute(found)}


def _data(row: Any, told: Told, known: Known) -> dict[str, Any]:
    """Every key is there always; null is nothing, or not known any more."""
    call = known.by_hand.get(row.attempt_id) or known.calls.get((row.campaign_id, row.lead_id, told.last_at))
    note = known.notes.get(call.contact_id) if call and call.contact_id else None
    lead = known.leads.get(row.lead_id)
    data: dict[str, Any] = {
        "result": row.result_id,
        "campaign": row.campaign_id,
        "list": lead.list_id if lead else None,
        "lead": row.lead_id,
        "id": lead.external_id if lead else None,
        "by_hand": bool(row.attempt_id),
    }
    data |= _of_call(call, known) | _said(note, told)
    data |= {
        "outcome": (told.outcome or (call.outcome if call else "")).lower(),
        "success": told.success or bool(row.attempt_id and note and note.kind == "success"),
        "attempts": told.attempts,
        "status": told.status.lower(),
        "rule": told.rule,
        "next_at": iso(told.next_at),
    }
    return {key: None if value == "" else value for key, value in data.items()}


def _of_call(call: Any, known: Known) -> dict[str, Any]:
    names = ("dialled_at", "answered_at", "joined_at", "ended_at")
    return {
        "attempt": call.attempt_id if call else None,
        "number": known.numbers.get(call.attempt_id, "") if call else None,
        "agent": call.agent_id if call else None,
        **{name: iso(getattr(call, name)) if call else None for name in names},
    }


def _said(note: Any, told: Told) -> dict[str, Any]:
    """By the agent. The lead's own news says it too, and stays for longer."""
    amount = told.amount or (note.amount if note else 0)
    is_promised = told.status == LeadStatus.CALLBACK
    callback_at = told.next_at if is_promised else (note.callback_at if note else 0)
    return {
        "disposition": told.disposition or (note.disposition if note else ""),
        "kind": note.kind if note else "",
        "amount": decimal(amount) if amount else "",
        "currency": told.currency or (note.currency if note else ""),
        "note": note.note if note else "",
        "callback_at": iso(callback_at),
        "callback_for": told.callback_for or (note.callback_for if note else ""),
    }


def iso(at: int) -> str:
    """`2026-11-24T20:59:00.120Z`; empty for never."""
    if not at:
        return ""
    return datetime.fromtimestamp(at / 1_000, UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")

"""`cti leads add`: one lead, now."""

import getpass
from typing import Any

import msgspec

from cti.cli.dialer.site import config_in_force
from cti.cli.leads.lists import list_name, looking
from cti.cli.leads.mapping import ATTRIBUTE, NUMBERS, Column, Columns, attribute_name
from cti.cli.leads.numbers import NumberReader
from cti.cli.leads.reading import LeadReader
from cti.cli.local import ask
from cti.core.errors import CtiError
from cti.core.events import LeadDetails
from cti.settings import read
from cti.store.customer_csv.cells import BadCell

KINDS = ", ".join(kind for kind in NUMBERS if kind != "number")


async def details_of(numbers: list[str], fields: dict[str, str], attributes: list[str], region: str) -> LeadDetails:
    """What is said on the command line, read as a row of a file would be. Raises `CtiError`."""
    columns, cells = [], []
    for written in numbers:
        kind, colon, number = written.partition(":")
        if not colon:
            kind, number = "number", written
        if kind not in NUMBERS:
            raise CtiError(f"{written!r}: write the number alone, or behind {KINDS} and a colon.")
        columns.append(Column(written, kind))
        cells.append(number)
    for field, value in fields.items():
        columns.append(Column(field, field))
        cells.append(value)
    for written in attributes:
        name, equals, value = written.partition("=")
        if not equals:
            raise CtiError(f"--attribute {written}: write name=value.")
        columns.append(Column(name, ATTRIBUTE, attribute_name(name)))
        cells.append(value)
    config = await config_in_force(read(needs_carrier=False))
    reader = LeadReader(Columns(tuple(columns)), NumberReader(region, config.calling.numbering))
    try:
        details = reader.details(cells)
    except BadCell as error:
        raise CtiError(f"{error.what[:1].upper()}{error.what[1:]}; {error.remedy}.") from error
    if reader.left_out:
        raise CtiError(f"{reader.left_out} of the numbers cannot be rung: {', '.join(numbers)}.")
    return details


def post(list_id: str, details: LeadDetails, by: str) -> None:
    """Through the running server; durable when this returns."""
    body: dict[str, Any] = {"list_id": list_name(list_id), "lead": details, "by": by or getpass.getuser()}
    ask("admin.sock", "POST", "/leads", data=msgspec.json.encode(body))


async def others_with(details: LeadDetails) -> dict[str, str]:
    """The leads that have one of its numbers already, each with its list."""
    async with looking() as leads:
        found = await leads.having([each.number for each in details.numbers])
    return {lead_id: list_id for _, lead_id, list_id in sorted(found)}

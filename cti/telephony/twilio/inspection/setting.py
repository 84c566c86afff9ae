"""Setting at the carrier what an inspection found to change."""

from collections.abc import Sequence
from urllib.parse import quote

import msgspec

from cti.telephony.twilio.account import Account
from cti.telephony.twilio.inspection.numbers import Change
from cti.telephony.twilio.inspection.reading import connected, reason
from cti.telephony.twilio.rest import RestError


class Outcome(msgspec.Struct, frozen=True):
    """A number or an app that was set, or `why` it was not."""

    where: str
    why: str = ""


class _Changed(msgspec.Struct, frozen=True):
    sid: str


async def set_up(account: Account, changes: Sequence[Change]) -> list[Outcome]:
    """One request for each number and app, one after another; what cannot be set does not keep the others."""
    outcomes = []
    async with connected(account) as rest:
        for where in dict.fromkeys(change.where for change in changes):
            mine = [change for change in changes if change.where == where]
            path = f"/{mine[0].resource}/{quote(mine[0].sid, safe='')}"
            try:
                await rest.post(path, [(change.field, change.after) for change in mine], _Changed)
            except RestError as error:
                outcomes.append(Outcome(where, reason(error)))
            else:
                outcomes.append(Outcome(where))
    return outcomes

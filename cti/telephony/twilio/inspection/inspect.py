"""The whole inspection: what is wrong, and what could be set."""

import asyncio

import msgspec

from cti.telephony.twilio.account import Account
from cti.telephony.twilio.inspection.account import (
    account_findings,
    clock_findings,
    credential_findings,
    key_findings,
    rate_findings,
)
from cti.telephony.twilio.inspection.destinations import destination_findings
from cti.telephony.twilio.inspection.finding import Finding
from cti.telephony.twilio.inspection.needs import Needs
from cti.telephony.twilio.inspection.numbers import Change, changes, number_findings
from cti.telephony.twilio.inspection.public import public_findings
from cti.telephony.twilio.inspection.reading import read_account, read_facts
from cti.telephony.twilio.inspection.resources import AccountRead
from cti.telephony.twilio.rest import RestError


class Inspection(msgspec.Struct, frozen=True, kw_only=True):
    """What was found, and what setup would change. `account` is ours with the token that the carrier accepts, None
    when it accepts none."""

    findings: tuple[Finding, ...]
    changes: tuple[Change, ...] = ()
    account: Account | None = None

    @property
    def mistakes(self) -> int:
        """How many must be put right."""
        return sum(finding.level == "mistake" for finding in self.findings)


async def inspect(account: Account, key: Account | None, needs: Needs) -> Inspection:
    """Ask the carrier and compare. `key` is the account as its API key sees it. Never raises what a network does."""
    public = asyncio.create_task(public_findings(account.public_url, account.api_url))
    answers = [await _try(account, token) for token in account.auth_tokens]
    credentials = credential_findings(account.account_sid, [answer for answer, _ in answers])
    accepted = [
        (token, answer, ahead_s)
        for token, (answer, ahead_s) in zip(account.auth_tokens, answers, strict=True)
        if isinstance(answer, AccountRead) and answer.sid == account.account_sid
    ]
    if not accepted:
        return Inspection(findings=(*credentials, *await public))
    token, own, ahead_s = accepted[0]
    account = msgspec.structs.replace(account, auth_tokens=(token,))
    facts = await read_facts(account, key, needs)
    found = (
        *credentials,
        *account_findings(needs, facts, own),
        *number_findings(needs, facts),
        *key_findings(needs, facts, key.key_sid if key is not None else ""),
        *destination_findings(needs, facts),
        *clock_findings(ahead_s),
        *await public,
        *rate_findings(needs),
    )
    return Inspection(findings=found, changes=tuple(changes(needs, facts)), account=account)


async def _try(account: Account, token: str) -> tuple[AccountRead | RestError, float | None]:
    try:
        return await read_account(msgspec.structs.replace(account, auth_tokens=(token,)))
    except RestError as error:
        return error, None

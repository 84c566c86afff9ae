"""`cti twilio`: are the carrier's account and its numbers what the configuration needs? And making them so."""

import asyncio
import os
import sys
from collections.abc import Iterable
from pathlib import Path

import cyclopts
import msgspec
import orjson

from cti.configuration.load import load
from cti.settings import Settings, read
from cti.telephony.twilio.account import Account
from cti.telephony.twilio.addresses import Addresses
from cti.telephony.twilio.inspection.finding import Finding, shown
from cti.telephony.twilio.inspection.inspect import Inspection, inspect
from cti.telephony.twilio.inspection.needs import Needs, needs_of
from cti.telephony.twilio.inspection.numbers import Change
from cti.telephony.twilio.inspection.setting import set_up

NONE = "(none)"

app = cyclopts.App(name="twilio", help="Compare the carrier's account with the configuration, and set it.")


@app.command
def check(directory: Path | None = None, /, *, json: bool = False) -> int:
    """Compare the carrier's account with a configuration; needs no running server. Exit status 1 for mistakes.

    Parameters
    ----------
    directory
        The configuration. Without it, the one that the server would use: `CTI_CONFIG_DIR`, or else `config`.
    json
        One line of JSON a finding: level, code, where, what, remedy.
    """
    account, key, needs = _ours(directory)
    inspection = asyncio.run(inspect(account, key, needs))
    if json:
        for finding in inspection.findings:
            print(orjson.dumps(msgspec.to_builtins(finding)).decode())
    else:
        _report(inspection, needs)
    return 1 if inspection.mistakes else 0


@app.command
def setup(directory: Path | None = None, /, *, yes: bool = False) -> int:
    """Set the URLs of the entry points' numbers and of the TwiML app, after showing what changes; then check again.

    Other numbers of the account are never touched.

    Parameters
    ----------
    directory
        The configuration. Without it, the one that the server would use: `CTI_CONFIG_DIR`, or else `config`.
    yes
        Do not ask.
    """
    account, key, needs = _ours(directory)
    inspection = asyncio.run(inspect(account, key, needs))
    blocking = [finding for finding in inspection.findings if _forbids_setting(finding)]
    if inspection.account is None:
        _report(inspection, needs)
        return 1
    if not inspection.changes:
        _report(inspection, needs)
        print("nothing to set")
        return 1 if inspection.mistakes else 0
    _table(inspection.changes)
    if blocking:
        print("nothing was set: the carrier could not reach us there", *blocking, sep="\n")
        return 1
    if not yes and not _agreed(len(inspection.changes)):
        print("nothing was set")
        return 1
    failed = False
    for outcome in asyncio.run(set_up(inspection.account, inspection.changes)):
        failed = failed or bool(outcome.why)
        print(f"{outcome.where}: not set: {outcome.why}" if outcome.why else f"{outcome.where}: set")
    after = asyncio.run(inspect(account, key, needs))
    _report(after, needs)
    return 1 if failed or after.mistakes else 0


def _ours(directory: Path | None) -> tuple[Account, Account | None, Needs]:
    """Our account, the same as its API key sees it, and what the configuration needs."""
    settings = read()
    config = load(directory or Path(os.environ.get("CTI_CONFIG_DIR") or "config"))
    account = Account(
        site=settings.site,
        account_sid=settings.twilio_account_sid,
        auth_tokens=settings.twilio_auth_tokens,
        public_url=settings.public_url,
        api_url=settings.twilio_api_url,
    )
    addresses = Addresses(settings.public_url, settings.site)
    return account, _key(account, settings), needs_of(config, addresses, settings.twilio_app_sid)


def _key(account: Account, settings: Settings) -> Account | None:
    if not settings.twilio_api_key_sid:
        return None
    return msgspec.structs.replace(
        account, key_sid=settings.twilio_api_key_sid, auth_tokens=(settings.twilio_api_key_secret,)
    )


def _forbids_setting(finding: Finding) -> bool:
    """Numbers that work are not pointed at an address where nobody can come."""
    return finding.level == "mistake" and finding.code.startswith("public_")


def _report(inspection: Inspection, needs: Needs) -> None:
    order = {"mistake": 0, "warning": 1, "note": 2}
    for finding in sorted(inspection.findings, key=lambda finding: order[finding.level]):
        print(finding)
    warnings = sum(finding.level == "warning" for finding in inspection.findings)
    counted = f"{_many(inspection.mistakes, 'mistake')}, {_many(warnings, 'warning')}"
    print(f"{counted} ({_many(len(needs.numbers), 'entry point')} at {needs.hooks.voice})")


def _many(count: int, what: str) -> str:
    return f"{count or 'no'} {what}{'' if count == 1 else 's'}"


def _table(changes: Iterable[Change]) -> None:
    """Whole, however narrow the terminal: who says yes must see where their calls will go."""
    rows = [("where", "what", "before", "after")]
    rows += [(each.where, each.field, shown(each.before) or NONE, each.after or NONE) for each in changes]
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    for row in rows:
        print("  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip())


def _agreed(count: int) -> bool:
    at_a_terminal = sys.stdin.isatty()  # else nobody waits at a prompt; a pipe may still say yes
    question = f"Set {'this value' if count == 1 else f'these {count} values'} at the carrier?"
    print(question, end=" [y/N] " if at_a_terminal else "\n", flush=True)
    answer = sys.stdin.readline()
    if not answer:
        print("\nnobody to ask: add --yes" if at_a_terminal else "nobody to ask: add --yes")
    return answer.strip().lower() in ("y", "yes")

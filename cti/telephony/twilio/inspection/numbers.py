"""The numbers and the TwiML app: do their calls come to us, and what would have to be set so that they do?"""

from collections.abc import Iterator
from urllib.parse import urlsplit

import msgspec

from cti.telephony.twilio.inspection.finding import Finding, mistake, shown, warning
from cti.telephony.twilio.inspection.needs import Hooks, Needs
from cti.telephony.twilio.inspection.reading import Facts, reason
from cti.telephony.twilio.inspection.resources import HooksRead, NumberRead
from cti.telephony.twilio.rest import Refused, RestError

METHOD = "POST"
SET_IT = "`cti twilio setup` sets it"


class Change(msgspec.Struct, frozen=True, kw_only=True):
    """What setup sets: a `field` of the number or app `sid`, which is one of the account's `resource`."""

    where: str
    resource: str
    sid: str
    field: str
    before: str
    after: str


class _Hook(msgspec.Struct, frozen=True, kw_only=True):
    """One webhook: as the carrier's form calls it, what it has, what it must have, and what it is for."""

    code: str
    url_field: str
    method_field: str
    url: str
    method: str
    wanted: str
    purpose: str

    @property
    def is_right(self) -> bool:
        """A fragment only says how the carrier is to connect, and is not part of what it asks for."""
        return self.url.partition("#")[0] == self.wanted and self.method.upper() == METHOD

    @property
    def is_elsewhere(self) -> bool:
        """A fallback on another machine may be meant so. One that looks like ours was left behind by a move."""
        theirs, ours = _parts(self.url), _parts(self.wanted)
        if self.code != "fallback_url" or not theirs[1]:
            return False
        return theirs[:2] != ours[:2] and not theirs[2].endswith("/twilio/fallback")


def number_findings(needs: Needs, facts: Facts) -> Iterator[Finding]:
    """What is wrong with the entry points' numbers, the app and the caller id."""
    if isinstance(facts.numbers, RestError):
        yield mistake("unreadable", "numbers", f"they cannot be read: {reason(facts.numbers)}", "try again")
    else:
        yield from _owned_findings(needs, facts.numbers)
        yield from _stranger_findings(needs, facts.numbers)
        yield from _caller_id_findings(needs, facts, facts.numbers)
    yield from _app_findings(needs, facts)


def changes(needs: Needs, facts: Facts) -> list[Change]:
    """What must be set so that calls come to us, at the entry points' numbers and the configured app only."""
    found: list[Change] = []
    for number in [] if isinstance(facts.numbers, RestError) else facts.numbers:
        if number.phone_number in needs.numbers:
            found += _number_changes(number, needs)
    if isinstance(facts.app, HooksRead):
        found += _hook_changes(facts.app, needs.hooks, f"app {needs.app_sid}", "Applications")
    return found


def _owned_findings(needs: Needs, numbers: list[NumberRead]) -> Iterator[Finding]:
    owned = {number.phone_number: number for number in numbers}
    for phone_number in needs.numbers:
        where, number = f"number {phone_number}", owned.get(phone_number)
        if number is None:
            remedy = "buy it or port it there, or take it out of entry_points.yaml"
            yield mistake("not_owned", where, "the account does not have it, so no call to it comes", remedy)
            continue
        if number.capabilities is not None and not number.capabilities.voice:
            yield mistake("no_voice", where, "it takes no calls", "exchange it for one with voice at the carrier")
        app_sid = number.voice_application_sid or ""
        if number.trunk_sid:
            what = f"the trunk {shown(number.trunk_sid)} takes its calls, whatever its URLs say"
            yield mistake("trunk", where, what, "`cti twilio setup` takes it off the trunk")
        if app_sid and app_sid != needs.app_sid:
            what = f"the TwiML app {shown(app_sid)} takes its calls, whatever its own URLs say"
            yield mistake("application", where, what, "`cti twilio setup` takes it off the app")
        if not app_sid or app_sid != needs.app_sid:
            yield from _hook_findings(number, needs.hooks, where)


def _stranger_findings(needs: Needs, numbers: list[NumberRead]) -> Iterator[Finding]:
    for number in numbers:
        if number.phone_number not in needs.numbers and number.voice_url == needs.hooks.voice:
            what = "its calls come to us, but no entry point names it: callers hear that it is not in use"
            remedy = "name it in entry_points.yaml, or change its voice URL in the carrier's console"
            yield warning("stranger", f"number {shown(number.phone_number)}", what, remedy)


def _caller_id_findings(needs: Needs, facts: Facts, numbers: list[NumberRead]) -> Iterator[Finding]:
    if not needs.caller_id or needs.caller_id in {number.phone_number for number in numbers}:
        return
    where = f"caller_id {needs.caller_id}"
    if isinstance(facts.caller_ids, RestError):
        what = f"the account does not own it, and its verified caller ids cannot be read: {reason(facts.caller_ids)}"
        yield warning("unreadable", where, what, "try again")
    elif needs.caller_id not in {one.phone_number for one in facts.caller_ids}:
        what = "the account neither owns nor has verified it, so the carrier refuses every call that shows it"
        yield mistake("caller_id", where, what, "verify it in the carrier's console, or change it in site.yaml")


def _app_findings(needs: Needs, facts: Facts) -> Iterator[Finding]:
    where = f"app {needs.app_sid}"
    match facts.app:
        case None:
            return
        case Refused() as error if error.status == 404:
            what = "the account has no such TwiML app, so softphones cannot call out"
            yield mistake(
                "app_missing", where, what, "make one in the carrier's console and name it in CTI_TWILIO_APP_SID"
            )
        case RestError() as error:
            yield mistake("unreadable", where, f"it cannot be read: {reason(error)}", "try again")
        case app:
            yield from _hook_findings(app, needs.hooks, where)


def _hook_findings(read: HooksRead, hooks: Hooks, where: str) -> Iterator[Finding]:
    for hook in _hooks(read, hooks):
        if hook.is_right:
            continue
        if hook.is_elsewhere:
            what = f"where a call goes when we cannot be asked is not here but {shown(hook.url)}"
            remedy = "leave it if it is a document for when this machine is gone, else change it in the console"
            yield warning("fallback_elsewhere", where, what, remedy)
            continue
        at = f"{shown(hook.method)} {shown(hook.url)}" if hook.url else "not set"
        yield mistake(hook.code, where, f"{hook.purpose} is {at} instead of {METHOD} {hook.wanted}", SET_IT)


def _number_changes(number: NumberRead, needs: Needs) -> list[Change]:
    where, app_sid = f"number {number.phone_number}", number.voice_application_sid or ""
    found = []
    for field, before in (("TrunkSid", number.trunk_sid or ""), ("VoiceApplicationSid", app_sid)):
        if before and before != needs.app_sid:
            change = Change(
                where=where, resource="IncomingPhoneNumbers", sid=number.sid, field=field, before=before, after=""
            )
            found.append(change)
    if app_sid and app_sid == needs.app_sid:
        return found
    return found + _hook_changes(number, needs.hooks, where, "IncomingPhoneNumbers")


def _hook_changes(read: HooksRead, hooks: Hooks, where: str, resource: str) -> list[Change]:
    found = []
    for hook in _hooks(read, hooks):
        if hook.is_right or hook.is_elsewhere:
            continue
        values = ((hook.url_field, hook.url, hook.wanted), (hook.method_field, hook.method, METHOD))
        for field, before, after in values:
            if before != after:
                found.append(
                    Change(where=where, resource=resource, sid=read.sid, field=field, before=before, after=after)
                )
    return found


def _hooks(read: HooksRead, hooks: Hooks) -> tuple[_Hook, ...]:
    return (
        _Hook(
            code="voice_url",
            url_field="VoiceUrl",
            method_field="VoiceMethod",
            url=read.voice_url or "",
            method=read.voice_method or "",
            wanted=hooks.voice,
            purpose="the voice URL, where a call goes,",
        ),
        _Hook(
            code="fallback_url",
            url_field="VoiceFallbackUrl",
            method_field="VoiceFallbackMethod",
            url=read.voice_fallback_url or "",
            method=read.voice_fallback_method or "",
            wanted=hooks.fallback,
            purpose="the fallback URL, where a call goes when we cannot be asked,",
        ),
        _Hook(
            code="status_callback",
            url_field="StatusCallback",
            method_field="StatusCallbackMethod",
            url=read.status_callback or "",
            method=read.status_callback_method or "",
            wanted=hooks.status,
            purpose="the status callback, which tells of a call's end,",
        ),
    )


def _parts(url: str) -> tuple[str, str, str]:
    try:
        parts = urlsplit(url)
    except ValueError:
        return "", "", ""
    return parts.scheme, parts.netloc.lower(), parts.path

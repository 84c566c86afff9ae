"""REST: calls."""

from collections.abc import Iterator, Mapping
from datetime import UTC, datetime, timedelta

from aiohttp import web

from cti.fakecarrier.carrier import Carrier
from cti.fakecarrier.legs.leg import Leg, Link
from cti.fakecarrier.legs.run import Ending, Opening
from cti.fakecarrier.manner import DIALLED_KEYS, Manner
from cti.fakecarrier.numbers import Application
from cti.fakecarrier.rest.asked import check_destination, check_rate, detection_asked, recording_order, time_limit_s
from cti.fakecarrier.rest.errors import Refusal, not_found
from cti.fakecarrier.rest.form import Form
from cti.fakecarrier.rest.gate import SID, reply
from cti.fakecarrier.rest.inline import inline_document
from cti.fakecarrier.rest.paging import page_of
from cti.fakecarrier.rest.resources import call_resource
from cti.fakecarrier.twiml.stage import GoTo, Inline
from cti.fakecarrier.webhooks.progress import DEFAULT_EVENTS, EVENTS

TIMEOUT_S = 60
TIMEOUT_S_MAX = 600
LIVE_STATUSES = frozenset({"queued", "ringing", "in-progress"})


class Calls:
    """Create, read, change, list and delete calls."""

    def __init__(self, carrier: Carrier) -> None:
        self._carrier = carrier

    async def create(self, request: web.Request) -> web.StreamResponse:
        """Place a call. It is queued; what to do when it is answered comes from Url or Twiml."""
        form = await Form.of(request)
        from_party, to_party = parties_of(form, self._carrier)
        opening = self._opening_of_new(form)
        carrier = self._carrier

        def answered(leg: Leg) -> Opening:
            return carrier.documents(leg, opening)

        manner = self._manner(form)
        for cosmetic in ("CallReason", "SipAuthUsername", "SipAuthPassword", "Byoc", "CallerDisplayName"):
            form.has(cosmetic)
        caller_id = form.text("CallerId") or from_party
        warn_of_unread(form, carrier, request)
        check_destination(carrier, caller_id, to_party)
        check_rate(carrier, request)
        leg = carrier.dialling.place(
            direction="outbound-api",
            origin="calls",
            from_party=caller_id,
            to_party=to_party,
            opening=answered,
            manner=manner,
        )
        request[SID] = leg.sid
        return reply(call_resource(leg, carrier.options.account_sid), 201)

    async def fetch(self, request: web.Request) -> web.StreamResponse:
        """One call, as it was `read_delay_ms` ago."""
        leg = self._find(request)
        status = leg.status_at(self._visible_ms())
        if status is None:
            raise not_found(request.path)
        return reply(call_resource(leg, self._carrier.options.account_sid, status))

    async def update(self, request: web.Request) -> web.StreamResponse:
        """Send a call elsewhere (Url or Twiml), end it (Status), or say when to end it (TimeLimit)."""
        leg = self._find(request)
        form = await Form.of(request)
        opening, status = _opening(form), form.text("Status")
        if form.has("FallbackUrl"):
            leg.fallback = form.link("FallbackUrl", "FallbackMethod")
        if (subscription := form.subscription("", EVENTS, DEFAULT_EVENTS)) is not None:
            leg.progress = subscription
        limit_s = time_limit_s(form) if form.has("TimeLimit") else None
        warn_of_unread(form, self._carrier, request)
        if leg.has_ended:
            raise Refusal(400, 21220, "Call is not in-progress. Cannot redirect.")
        if opening is not None:
            if leg.status != "in-progress":
                raise Refusal(400, 21220, "Call is not in-progress. Cannot redirect.")
            await self._carrier.redirect(leg, opening)
        if limit_s is not None:
            self._carrier.limit(leg, limit_s)
        if status:
            self._end(leg, status)
        return reply(call_resource(leg, self._carrier.options.account_sid))

    async def list(self, request: web.Request) -> web.StreamResponse:
        """Calls by To, From, Status, ParentCallSid, StartTime and EndTime, the newest first."""
        account_sid, visible_ms = self._carrier.options.account_sid, self._visible_ms()
        matching = (leg for leg in self._candidates(request, visible_ms) if _matches(leg, request, visible_ms))
        return reply(
            page_of(request, "calls", matching, lambda leg: call_resource(leg, account_sid, leg.status_at(visible_ms)))
        )

    async def delete(self, request: web.Request) -> web.StreamResponse:
        """Forget an ended call."""
        leg = self._find(request)
        if not leg.has_ended:
            raise Refusal(400, 20009)
        self._carrier.legs.forget(leg)
        return web.Response(status=204)

    def _opening_of_new(self, form: Form) -> GoTo | Inline:
        """What the call does once answered: an application's webhook, or else Url, or Twiml."""
        opening, application_sid = _opening(form), form.text("ApplicationSid")
        if application_sid:
            application = self._carrier.account.applications.get(application_sid)
            if application is None or application.voice is None:
                raise Refusal(400, 21218, f"Invalid ApplicationSid {application_sid}")
            return GoTo(application.voice, "answer")
        if opening is None:
            raise Refusal(400, 21205, "Url or Twiml is required")
        return opening

    def _manner(self, form: Form) -> Manner:
        application = self._carrier.account.applications.get(form.text("ApplicationSid"), Application())
        asynchronous = bool(form.flag("AsyncAmd"))
        send_digits = form.text("SendDigits")
        if not set(send_digits) <= DIALLED_KEYS:
            raise Refusal(400, 21219, f"SendDigits {send_digits!r} has keys that cannot be dialled")
        record, order = bool(form.flag("Record")), recording_order(form, "OutboundAPI")
        return Manner(
            timeout_s=form.whole("Timeout", TIMEOUT_S, 21208, least=1, most=TIMEOUT_S_MAX),
            progress=form.subscription("", EVENTS, DEFAULT_EVENTS) or application.progress,
            fallback=form.link("FallbackUrl", "FallbackMethod") or application.fallback,
            detection=detection_asked(form, asynchronous=asynchronous, callback="AsyncAmdStatusCallback"),
            recording=order if record else None,
            send_digits=send_digits,
            time_limit_s=time_limit_s(form),
        )

    def _find(self, request: web.Request) -> Leg:
        leg = self._carrier.legs.find(request.match_info["sid"])
        if leg is None:
            raise not_found(request.path)
        request[SID] = leg.sid
        return leg

    def _visible_ms(self) -> int:
        return self._carrier.clock.now_ms() - self._carrier.dice.plan.read_delay_ms

    def _candidates(self, request: web.Request, visible_ms: int) -> Iterator[Leg]:
        """All legs, or only the living ones when that suffices: a sweep must not read through every ended call."""
        only_live = request.query.get("Status") in LIVE_STATUSES and not self._carrier.dice.plan.read_delay_ms
        return (leg for leg in self._carrier.legs.newest_first(only_live=only_live) if leg.status_at(visible_ms))

    def _end(self, leg: Leg, status: str) -> None:
        waiting = leg.status != "in-progress"
        if status == "canceled" and not waiting:
            raise Refusal(400, 21220, "Only queued and ringing calls can be canceled.")
        if status not in {"canceled", "completed"}:
            raise Refusal(400, 20001, "Status must be canceled or completed")
        ended = "canceled" if waiting and leg.record.direction != "inbound" else "completed"
        ending = Ending(by="rest", reason=f"REST: {status}", status=ended, sip_code=487 if ended == "canceled" else 200)
        self._carrier.end(leg, ending)


def parties_of(form: Form, carrier: Carrier) -> tuple[str, str]:
    """From and To of a call to be placed, refused in the carrier's words."""
    to_party, from_party = form.text("To"), form.text("From")
    if not to_party:
        raise Refusal(400, 21201, "No 'To' number is specified")
    if not from_party:
        raise Refusal(400, 21213, "'From' phone number is required")
    if not carrier.dialling.is_diallable(to_party):
        raise Refusal(400, 21217, f"Phone number does not appear to be valid: {to_party}")
    if not carrier.dialling.is_diallable(from_party):
        raise Refusal(400, 21212, f"The 'From' number {from_party} is not a valid phone number or client")
    return from_party, to_party


def warn_of_unread(form: Form, carrier: Carrier, request: web.Request) -> None:
    """Tell the debugger of parameters that nothing here acts on: mistyped, or not simulated."""
    for name in form.unread():
        carrier.ledger.warn(20001, f"parameter {name} is not acted on", url=request.path)


def _opening(form: Form) -> GoTo | Inline | None:
    """What Url or Twiml says; not both."""
    link, twiml = form.link("Url", "Method"), form.text("Twiml")
    if link is not None and twiml:
        raise Refusal(400, 21205, "Url and Twiml cannot both be given")
    if twiml:
        return inline_document(twiml)
    return GoTo(Link(link.url, link.method), "answer") if link is not None else None


def _matches(leg: Leg, request: web.Request, visible_ms: int) -> bool:
    query, record = request.query, leg.record
    status = leg.status_at(visible_ms)
    shown = "queued" if status == "initiated" else status
    wanted = {"To": record.to_party, "From": record.from_party, "ParentCallSid": record.parent_sid, "Status": shown}
    if any(name in query and query[name] != value for name, value in wanted.items()):
        return False
    started_at = record.created_at if record.direction == "inbound" else record.dialled_at
    return _within(query, "StartTime", started_at) and _within(query, "EndTime", record.ended_at)


def _within(query: Mapping[str, str], name: str, at_ms: int | None) -> bool:
    """`Name=` that day, `Name<=` before the moment, `Name>=` at it or later; a date means its midnight, UTC."""
    for suffix in ("", "<", ">"):
        text = query.get(f"{name}{suffix}")
        if text is None:
            continue
        if at_ms is None:
            return False
        moment, at = _moment(text), datetime.fromtimestamp(at_ms / 1000, UTC)
        inside = {"": moment <= at < moment + timedelta(days=1), "<": at < moment, ">": at >= moment}[suffix]
        if not inside:
            return False
    return True


def _moment(text: str) -> datetime:
    try:
        moment = datetime.fromisoformat(text)
    except ValueError as error:
        raise Refusal(400, 20001, f"{text!r} is neither a date nor a time") from error
    return moment if moment.tzinfo is not None else moment.replace(tzinfo=UTC)

"""The carrier's requests, answered.

A *call request* waits for a document, and the caller hears nothing meanwhile: after 2.5 s, or when nothing can be
recorded, the answer is to hold and to ask the same again. It never gets a 5xx, which would send the caller to the
fallback and, there, out of the line. A *report* needs no answer but 204; what gets lost is found by asking the carrier.
"""

from collections.abc import Awaitable, Callable

import msgspec
import structlog
from aiohttp import web

from cti.core.errors import JournalError
from cti.core.events import LegHeld, LegMuted, LegRetrieved
from cti.core.ports import Intake
from cti.core.states import LeaveResult
from cti.telephony.twilio import causes, reports
from cti.telephony.twilio.account import Account
from cti.telephony.twilio.addresses import DOORS, PUSHED, Addresses, DoorAddress, WrongAddress
from cti.telephony.twilio.admission import Admission, Form
from cti.telephony.twilio.memory import HELD, MUTED, Memory
from cti.telephony.twilio.overdue import Overdue
from cti.telephony.twilio.reports import MalformedReport, Report
from cti.telephony.twilio.shelf import Shelf
from cti.telephony.twilio.sparingly import Sparingly
from cti.telephony.twilio.twiml import EMPTY, Documents

ACTOR = "carrier"
REPLY_WITHIN_S = 2.5
REPORT_WITHIN_S = 10.0
TOKEN_CHARACTERS_MAX = 128

log = structlog.get_logger(__name__)

Handler = Callable[[web.Request], Awaitable[web.Response]]
FindDoor = Callable[[web.Request, Form], DoorAddress | None]
MakeReport = Callable[[web.Request, Form], Report | None]


def routes(
    intake: Intake,
    account: Account,
    addresses: Addresses,
    documents: Documents,
    shelf: Shelf,
    memory: Memory,
    *,
    reply_within_s: float = REPLY_WITHIN_S,
    report_within_s: float = REPORT_WITHIN_S,
) -> list[web.RouteDef]:
    """Every address under /twilio/, for the server's aiohttp application. Only POST is answered, but for what is
    heard on hold: the carrier may ask for that by GET."""
    webhooks = Webhooks(intake, account, addresses, documents, shelf, memory, reply_within_s, report_within_s)
    return webhooks.routes()


class Webhooks:
    """Turns requests into events and documents. Holds no state of calls."""

    def __init__(
        self,
        intake: Intake,
        account: Account,
        addresses: Addresses,
        documents: Documents,
        shelf: Shelf,
        memory: Memory,
        reply_within_s: float,
        report_within_s: float,
    ) -> None:
        self._intake = intake
        self._admission = Admission(account)
        self._addresses = addresses
        self._documents = documents
        self._shelf = shelf
        self._memory = memory
        self._replies = Overdue(reply_within_s)
        self._report_answers = Overdue(report_within_s)
        self._log_fallback = Sparingly(log.warning)

    def routes(self) -> list[web.RouteDef]:
        """The handlers with their addresses."""
        doors = (*DOORS, PUSHED)
        return [
            web.post("/twilio/voice", self._call_handler(lambda request, form: None)),
            web.post("/twilio/fallback", self._call_handler(self._failed_door)),
            *(web.post(f"/twilio/{door}", self._call_handler(self._door)) for door in doors),
            web.post("/twilio/leg", self._report_handler(self._leg_report)),
            web.post("/twilio/detected", self._report_handler(self._detection_report)),
            web.post("/twilio/room", self._report_handler(self._room_report)),
            web.post("/twilio/recording", self._report_handler(self._recording_report)),
            web.post("/twilio/held", self._held),
            web.get("/twilio/held", self._held, allow_head=False),
            web.post("/twilio/tones", self._tones),
            web.post("/twilio/status", self._report_handler(lambda request, form: reports.number_report(form))),
        ]

    def _call_handler(self, find_door: FindDoor) -> Handler:
        async def answer(request: web.Request) -> web.Response:
            form = await self._admission.form(request)
            try:
                document = await self._answer(request, form, find_door(request, form))
            except (WrongAddress, MalformedReport) as error:
                raise web.HTTPBadRequest(text=f"{error}\n") from error
            except Exception:
                # A mistake of ours costs the caller some seconds, not the call.
                log.exception("call request failed", path=request.path)
                document = self._documents.holding(self._addresses.voice)
            return _spoken(document)

        return answer

    def _report_handler(self, make_report: MakeReport) -> Handler:
        async def take(request: web.Request) -> web.Response:
            form = await self._admission.form(request)
            try:
                report = make_report(request, form)
                if report is not None:
                    await self._report_answers.answer(self._post(report, request))
            except (WrongAddress, MalformedReport) as error:
                raise web.HTTPBadRequest(text=f"{error}\n") from error
            except JournalError:
                pass  # the carrier sends nothing again, whatever we say; comparing with it finds what is missing
            except Exception:
                log.exception("report failed", path=request.path)
            return web.Response(status=204)

        return take

    def _door(self, request: web.Request, form: Form) -> DoorAddress:
        return self._addresses.read_door(request.raw_path)

    def _failed_door(self, request: web.Request, form: Form) -> DoorAddress | None:
        """The door whose answer did not reach the carrier. Without one of ours, the call is treated as arriving: its
        first answer is on record. Where the caller is sent is made anew from what was read, never copied."""
        self._log_fallback("carrier fell back", error_code=reports.cleaned(form.get("ErrorCode", "")))
        return self._addresses.read_error_url(form.get("ErrorUrl", ""))

    async def _held(self, request: web.Request) -> web.Response:
        """It asks about nobody, so whatever happens behind, there is music."""
        if request.method == "GET":
            self._admission.address(request)
        else:
            await self._admission.form(request)
        try:
            self._addresses.check_held(request.raw_path)
        except WrongAddress as error:
            raise web.HTTPBadRequest(text=f"{error}\n") from error
        return _spoken(self._documents.held())

    async def _tones(self, request: web.Request) -> web.Response:
        """Nothing is pressed once the keys are forgotten, as after a restart: whoever wants that presses them again."""
        await self._admission.form(request)
        try:
            whose = self._addresses.read_tones(request.raw_path)
        except WrongAddress as error:
            raise web.HTTPBadRequest(text=f"{error}\n") from error
        return _spoken(self._shelf.get(whose) or EMPTY)

    def _leg_report(self, request: web.Request, form: Form) -> Report | None:
        leg_id = self._addresses.read_leg(request.raw_path)
        report = reports.leg_report(leg_id, form)
        if report is not None:
            self._memory.placed(form["CallSid"], leg_id)
        return report

    def _detection_report(self, request: web.Request, form: Form) -> Report:
        return reports.detection_report(self._addresses.read_leg(request.raw_path), form)

    def _room_report(self, request: web.Request, form: Form) -> Report | None:
        report = reports.room_report(self._addresses.read_room(request.raw_path), form)
        return None if report is not None and self._is_late(report) else report

    def _is_late(self, report: Report) -> bool:
        match report.event:
            case LegHeld(provider_ref=call_sid) | LegRetrieved(provider_ref=call_sid):
                return self._memory.is_late(call_sid, HELD, on=isinstance(report.event, LegHeld))
            case LegMuted(provider_ref=call_sid, muted=muted):
                return self._memory.is_late(call_sid, MUTED, on=muted)
            case _:
                return False

    def _recording_report(self, request: web.Request, form: Form) -> Report | None:
        return reports.recording_report(*self._addresses.read_recording(request.raw_path), form)

    async def _answer(self, request: web.Request, form: Form, door: DoorAddress | None) -> str:
        """The document for a leg at a door, or for an arriving call when there is no door."""
        told, given = "", ""
        if door is None:
            report = reports.arrival(form)
        else:
            if door.pushed and (pushed := self._shelf.get((door.leg_id, door.nonce))) is not None:
                return pushed
            told = given = reports.told_at(door, form)
            if door.secret and told:
                told = self._intake.keep_secret(told)
            report = reports.request_at(door, told)
        try:
            document = await self._replies.answer(self._post(report, request))
        except JournalError:
            document = None
        except Exception:
            log.exception("call request failed", path=request.path)
            document = None
        if document is None:
            return self._documents.holding(self._same_again(door, given))
        return document or self._nothing_to_do(form, told)

    def _same_again(self, door: DoorAddress | None, told: str) -> str:
        """Where a caller on hold comes back to: the same question. What was told comes along, so that it need not be
        told again, but for a secret, which must not stand in an address."""
        if door is None:
            return self._addresses.voice
        return self._addresses.door(door if door.secret else msgspec.structs.replace(door, told=told))

    def _nothing_to_do(self, form: Form, told: str) -> str:
        """The answer when there is no plan. An empty document ends a live call, so it is only for those that are over
        or elsewhere; any other starts again at its first answer, which leads to where it stands."""
        if told in (LeaveResult.REDIRECTED, LeaveResult.HUNG_UP) or form.get("CallStatus") in causes.ENDED:
            return EMPTY
        return self._documents.holding(self._addresses.voice)

    def _post(self, report: Report, request: web.Request) -> Awaitable[str]:
        """Raises `JournalUnavailable`."""
        return self._intake.post(report.event, key=report.key, token=_token(request), actor=ACTOR)


def _spoken(document: str) -> web.Response:
    return web.Response(body=document.encode(), content_type="text/xml", charset="utf-8")


def _token(request: web.Request) -> str:
    token = request.headers.get("I-Twilio-Idempotency-Token", "")
    return token if len(token) <= TOKEN_CHARACTERS_MAX and token.isprintable() else ""

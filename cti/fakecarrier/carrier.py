"""The carrier as a whole: its parts, wired by hand, and what can be done with a leg."""

import asyncio
import logging
from collections.abc import Coroutine
from typing import Any

from cti.fakecarrier.account import Account
from cti.fakecarrier.actors.endpoints import Endpoints
from cti.fakecarrier.clock import Clock
from cti.fakecarrier.dialling import Dialling
from cti.fakecarrier.faults.dice import Dice
from cti.fakecarrier.faults.plan import FaultPlan
from cti.fakecarrier.faults.usual import plan_named
from cti.fakecarrier.identifiers import new_sid
from cti.fakecarrier.ledger.book import Ledger
from cti.fakecarrier.ledger.records import LegRecord, RoomRecord
from cti.fakecarrier.legs.bridges import Bridges
from cti.fakecarrier.legs.call_rate import CallRate
from cti.fakecarrier.legs.leg import Leg
from cti.fakecarrier.legs.registry import Legs
from cti.fakecarrier.legs.run import Ending, Opening, Run
from cti.fakecarrier.legs.voice import CHARACTER_S
from cti.fakecarrier.options import Options
from cti.fakecarrier.queues import Queues
from cti.fakecarrier.recordings.library import Recordings
from cti.fakecarrier.rooms.conference import Conference
from cti.fakecarrier.rooms.directory import Rooms
from cti.fakecarrier.rooms.events import RoomEvents
from cti.fakecarrier.rooms.waiting import waiting_player
from cti.fakecarrier.tasks import Tasks
from cti.fakecarrier.twiml.fetch import ApplicationError
from cti.fakecarrier.twiml.perform import perform
from cti.fakecarrier.twiml.stage import GoTo, Inline, Performer, Stage
from cti.fakecarrier.twiml.verbs.table import PERFORMERS
from cti.fakecarrier.webhooks.exchange import Exchange
from cti.fakecarrier.webhooks.progress import Progress
from cti.fakecarrier.webhooks.sender import Sender

_log = logging.getLogger(__name__)

RESERVED = frozenset(
    "CallSid AccountSid From To Caller Called CallStatus ApiVersion Direction ApplicationSid ParentCallSid".split()
)
"""What a softphone's own parameters cannot replace."""

RAN_OUT = Ending(by="document", reason="the document ran out of verbs")


class Carrier:
    """Everything the carrier is made of. `open` it in the running loop and `close` it at the end."""

    def __init__(self, options: Options) -> None:
        self.options = options
        self.clock = Clock(options.clock_rate, options.clock_origin_ms)
        self.ledger = Ledger(self.clock, options.ledger_path)
        self.dice = Dice(options.seed)
        self.dice.follow(plan_named(options.faults) if options.faults else FaultPlan())
        self.exchange = Exchange(self.clock, options.auth_token, options.connect_timeout_s, options.request_timeout_s)
        self.sender = Sender(self.clock, self.ledger, self.dice, self.exchange)
        self.progress = Progress(self.clock, self.sender, options.account_sid)
        self.account = Account(self.clock)
        self.recordings = Recordings(
            self.clock, self.ledger, self.sender, options.account_sid, options.recording_ready_s
        )
        self.tasks = Tasks()
        self.legs = Legs()
        self.bridges = Bridges(self.clock, self.ledger)
        self.queues = Queues(self.clock, options.queue_members_max)
        self.room_events = RoomEvents(self.clock, self.sender, options.account_sid)
        self.rooms = Rooms(self.clock, self.ledger, self._make_conference)
        self.call_rate = CallRate(self.clock, options.calls_per_second)
        self.endpoints = Endpoints(options.seed)
        self.dialling = Dialling(self)
        self.performers: dict[str, Performer] = PERFORMERS

    async def open(self) -> None:
        """Be ready to call the server."""
        self.exchange.open()

    async def close(self) -> None:
        """Stop everything at once: no callbacks, no endings; the ledger is written as it stands."""
        runs = [leg.run.task for leg in self.legs.live if leg.run is not None and leg.run.task is not None]
        for run in runs:
            run.cancel()
        await asyncio.gather(*runs, return_exceptions=True)
        await self.tasks.cancel_all()
        await self.sender.tasks.cancel_all()
        await self.sender.late.cancel_all()
        await self.exchange.close()
        self.ledger.close()

    def call_in(
        self, from_party: str, to_party: str, *, persona: str | None = None, extra: dict[str, str] | None = None
    ) -> Leg:
        """Somebody calls one of the numbers (KeyError if it is none): ask the server what to do."""
        number = self.account.numbers[to_party]
        record = LegRecord(
            sid=new_sid("CA"),
            direction="inbound",
            origin="caller",
            from_party=from_party,
            to_party=to_party,
            created_at=self.clock.now_ms(),
            status="ringing",
            persona=persona,
        )
        leg = Leg(record, self.clock)
        hooks = self.account.hooks_of(number)
        leg.fallback, leg.progress, leg.extra_parameters = hooks.fallback, hooks.progress, extra or {}
        self.adopt(leg)
        leg.hear("ringing")
        if number.trunk_sid is None and hooks.voice is not None:
            self.start(leg, self.documents(leg, GoTo(hooks.voice, "voice")))
            return leg
        reason = "the number belongs to a trunk" if number.trunk_sid else "the number has no voice URL"
        self.end(leg, Ending(by="error", reason=reason, status="failed", sip_code=404))
        return leg

    def connect_client(self, identity: str, application_sid: str, parameters: dict[str, str]) -> Leg:
        """A softphone calls out: its application (KeyError if it is none) is asked, with the custom parameters."""
        application = self.account.applications[application_sid]
        record = LegRecord(
            sid=new_sid("CA"),
            direction="inbound",
            origin="caller",
            from_party=f"client:{identity}",
            to_party=parameters.get("To", ""),
            created_at=self.clock.now_ms(),
            status="ringing",
            parameters=parameters,
        )
        leg = Leg(record, self.clock)
        leg.fallback, leg.progress = application.fallback, application.progress
        leg.extra_parameters = {"ApplicationSid": application_sid}
        self.adopt(leg)
        self.endpoints.answered(leg)
        leg.hear("ringing")
        if application.voice is None:
            self.end(leg, Ending(by="error", reason="the application has no voice URL", status="failed", sip_code=404))
        else:
            own = {name: value for name, value in parameters.items() if name not in RESERVED}
            self.start(leg, self.documents(leg, GoTo(application.voice, "voice", own)))
        return leg

    def adopt(self, leg: Leg) -> None:
        """The leg exists from now on."""
        self.legs.add(leg)
        self.ledger.open_leg(leg.record)

    def documents(self, leg: Leg, opening: GoTo | Inline) -> Opening:
        """A run that performs documents until there are no more verbs."""

        async def run_documents(run: Run) -> Ending:
            ending = await perform(Stage(self, leg, run), opening)
            return ending if isinstance(ending, Ending) else RAN_OUT

        return run_documents

    def start(self, leg: Leg, opening: Opening) -> None:
        """Let the leg do this from now on, instead of what it does: that stops at once and cleans up first."""
        before = leg.run
        if before is not None:
            before.stop("redirected")
        run = leg.run = Run(before)
        run.task = asyncio.get_running_loop().create_task(self._conduct(leg, run, opening))

    async def redirect(self, leg: Leg, opening: GoTo | Inline) -> None:
        """REST sends the leg to another document; returns when it is out of queue, room and old document."""
        before = leg.run
        self.start(leg, self.documents(leg, opening))
        if before is not None and before.task is not None and not before.task.done():
            await asyncio.wait({before.task})

    def pick_up(self, leg: Leg) -> None:
        """The leg is answered; from now on it may last for so long and no longer."""
        leg.move_to("in-progress")
        self.progress.tell(leg, "answered")
        self.limit(leg, leg.time_limit_s)

    def limit(self, leg: Leg, seconds: float) -> None:
        """End the leg after so long, counted from now, if nothing ends it before."""
        self.accompany(leg, self._end_later(leg, seconds))

    def end(self, leg: Leg, ending: Ending, error_code: int | None = None) -> None:
        """The leg is over, unless it was already: the first end counts."""
        if leg.has_ended:
            return
        leg.finish(ending.status, ending.by, ending.reason, sip_code=ending.sip_code, error_code=error_code)
        if leg.run is not None:
            leg.run.stop("ended")
        self.legs.ended(leg)
        self.recordings.stop_all(leg.sid)
        self.progress.tell(leg, "completed")
        self.ledger.complete(leg.record)

    def hang_up(self, leg: Leg, reason: str) -> None:
        """The leg's own party hangs up."""
        by_caller = leg.record.direction == "inbound"
        status = "completed" if leg.record.answered_at is not None else "no-answer"
        self.end(leg, Ending(by="caller" if by_caller else "callee", reason=reason, status=status))

    def press(self, leg: Leg, digits: str) -> None:
        """The leg's party presses keys; before the answer nobody hears them."""
        if leg.status == "in-progress":
            for digit in digits:
                leg.digits.press(digit)

    async def say(self, leg: Leg, words: str) -> None:
        """The leg's party speaks; returns when it is said."""
        await leg.voice.say(words, len(words) * CHARACTER_S / self.options.speech_speed)

    def vanish(self, leg: Leg) -> None:
        """The leg's party is gone without a word: the leg stays up until the carrier misses its media."""
        leg.vanished = True
        leg.record.vanished_at = self.clock.now_ms()
        leg.media_changed()
        self.accompany(leg, self._miss_media(leg))

    def accompany(self, leg: Leg, work: Coroutine[Any, Any, None]) -> None:
        """Let something go on beside the leg until it ends."""
        task = self.tasks.spawn(work)
        leg.over.add_done_callback(lambda _: task.cancel())

    async def _end_later(self, leg: Leg, seconds: float) -> None:
        await self.clock.sleep(seconds)
        self.end(leg, Ending(by="carrier", reason="time limit"))

    async def _miss_media(self, leg: Leg) -> None:
        await self.clock.sleep(self.options.media_timeout_s)
        self.hang_up(leg, "vanished; its media timed out")

    async def _conduct(self, leg: Leg, run: Run, opening: Opening) -> None:
        """One run of a leg. Interrupted runs say nothing; the others end the leg."""
        try:
            await run.wait_for_earlier()
            ending = await opening(run)
        except asyncio.CancelledError:
            if run.interruption is None:
                raise
        except ApplicationError as error:
            status = "completed" if leg.record.answered_at is not None else "failed"
            reason = f"application_error: {error.reason}"
            self.end(leg, Ending(by="error", reason=reason, status=status), error_code=error.code)
        except Exception:  # noqa: BLE001 - one leg must not take the carrier with it, and the ledger says so
            _log.exception("the fake carrier failed on leg %s", leg.sid)
            self.end(leg, Ending(by="error", reason="a fault of the fake carrier itself"))
        else:
            self.end(leg, ending)

    def _make_conference(self, record: RoomRecord) -> Conference:
        return Conference(
            record,
            clock=self.clock,
            ledger=self.ledger,
            bridges=self.bridges,
            events=self.room_events,
            tasks=self.tasks,
            recordings=self.recordings,
            play_to=waiting_player(self),
        )

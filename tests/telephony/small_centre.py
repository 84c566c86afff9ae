"""The smallest centre that can serve a call: a menu, a wait, one agent. It stands where the rules stand in the server,
behind the intake's port and before the carrier's, so that the adapter is all there is between it and the carrier."""

import asyncio

import msgspec

from cti.core.commands import HangUpLeg, HoldLeg, KeepCall, MuteLeg, Originate, RedirectLeg
from cti.core.events import CallArrived, CallJoined, LegAnswered, PlanRequested
from cti.core.plan import Collect, Door, Forward, GoOn, HangUp, Join, Park, Pause, Plan, Play, Say
from cti.core.ports import Result
from cti.core.states import LeaveResult
from tests.patience import PATIENCE_S

CALLER_LEG, AGENT_LEG, CALL = "main-l1", "main-l1.1", "main-r1"
MENU = Plan(
    (
        Collect(prompts=(Say(text="Press 1.", language="en-US"),), timeout_s=2, digits_max=1),
        GoOn(door=Door.NEXT),
    )
)
MUSIC = Plan((Play(audio="music-1s.mp3"), GoOn(door=Door.WAIT)))
DIAL = Originate(
    leg_id=AGENT_LEG, call_id=CALL, caller_id="+12025550100", timeout_s=10, endpoint="client:ann", ends_call=True
)


SCREENED = msgspec.structs.replace(DIAL, screened=True, endpoint="tel:+12025550101")
PRESS_1 = Plan((Collect(prompts=(Say(text="Sales. Press 1.", language="en-US"),), timeout_s=2, digits_max=1), HangUp()))


class SmallCentre:
    """Serves one call. `join` is what the caller hears and enters when the agent is there; `dial` is how the agent is
    rung; `plans` are the caller's, by the door it comes to, instead of ours."""

    holding = ""

    def __init__(self, join: Plan, dial: Originate = DIAL, plans: dict[Door, Plan] | None = None) -> None:
        self.adapter = None
        self.join = join
        self.dial = dial
        self.plans = plans or {}
        self.events: list[object] = []
        self.repeats = 0
        self.refs: dict[str, str] = {}
        self.results: list[Result] = []
        self.talking = asyncio.Event()
        self.tasks: set[asyncio.Task] = set()
        self._replies: dict[str, str] = {}
        self._changed = asyncio.Condition()
        self._nonce = 0

    async def post(self, event, *, key, token="", actor):
        if key in self._replies:
            self.repeats += 1
            return self._replies[key]
        self.events.append(event)
        plan = self._plan(event)
        self._nonce += 1
        leg_id = getattr(event, "leg_id", "") or CALLER_LEG
        reply = self.adapter.documents.document(plan, leg_id, self._nonce) if plan else ""
        self._replies[key] = reply
        self._react(event)
        async with self._changed:
            self._changed.notify_all()
        return reply

    def keep_secret(self, value):
        raise AssertionError("nothing here is secret")

    async def happened(self, kind, times=1, **values):
        """Wait for an event of this kind with these values."""

        def there():
            found = [event for event in self.events if isinstance(event, kind)]
            fitting = [one for one in found if all(getattr(one, name) == value for name, value in values.items())]
            return fitting[times - 1] if len(fitting) >= times else None

        async with self._changed, asyncio.timeout(PATIENCE_S):
            await self._changed.wait_for(there)
        return there()

    async def do(self, command) -> Result:
        result = await self.adapter.carrier.execute(command)
        self.results.append(result)
        return result

    def _plan(self, event):
        match event:
            case CallArrived():
                self.refs[CALLER_LEG] = event.provider_ref
                return MENU
            case PlanRequested(leg_id="main-l1.1", door=Door.SCREEN):
                return PRESS_1
            case PlanRequested(leg_id="main-l1.1", door=Door.DIGITS):
                return Plan((Join(call_id=CALL, ends_call=True),)) if event.digits == "1" else Plan((HangUp(),))
            case PlanRequested(leg_id="main-l1.1"):
                return Plan((HangUp(),))
            case PlanRequested(door=door) if door in self.plans:
                return self.plans[door]
            case PlanRequested(door=Door.DIGITS):
                return Plan((Park(),))
            case PlanRequested(door=Door.NEXT):
                return MENU
            case PlanRequested(door=Door.WAIT):
                return MUSIC
            case PlanRequested(door=Door.JOINED, result=LeaveResult.BRIDGED):
                return Plan((Say(text="Good bye.", language="en-US"), HangUp()))
        return None

    def _react(self, event):
        match event:
            case PlanRequested(leg_id="main-l1", door=Door.DIGITS) if Door.DIGITS not in self.plans:
                self._start(self.do(self.dial))
            case LegAnswered(leg_id="main-l1.1"):
                self.refs[AGENT_LEG] = event.provider_ref
            case CallJoined(leg_id="main-l1.1") if CALLER_LEG in self.refs:
                redirect = RedirectLeg(
                    leg_id=CALLER_LEG, provider_ref=self.refs[CALLER_LEG], plan=self.join, nonce=1_000
                )
                self._start(self.do(redirect))
            case CallJoined(leg_id="main-l1"):
                self.talking.set()

    def _start(self, work):
        task = asyncio.ensure_future(work)
        self.tasks.add(task)
        task.add_done_callback(self.tasks.discard)

    def hold(self, *, held):
        return HoldLeg(leg_id=CALLER_LEG, provider_ref=self.refs[CALLER_LEG], call_id=CALL, held=held)

    def mute(self, *, muted):
        return MuteLeg(leg_id=AGENT_LEG, provider_ref=self.refs[AGENT_LEG], call_id=CALL, muted=muted)

    def forward(self, endpoint):
        plan = Plan((Forward(caller_id="+12025550100", timeout_s=5),))
        return RedirectLeg(
            leg_id=CALLER_LEG, provider_ref=self.refs[CALLER_LEG], plan=plan, nonce=2_000, endpoint=endpoint
        )

    def keep(self, *, ends_call):
        return KeepCall(leg_id=AGENT_LEG, provider_ref=self.refs[AGENT_LEG], call_id=CALL, ends_call=ends_call)

    def hang_up(self, leg_id):
        return HangUpLeg(leg_id=leg_id, provider_ref=self.refs[leg_id])


JOIN = Plan((Join(call_id=CALL),))
LONG_JOIN = Plan((Say(text="Welcome! " * 500, language="en-US"), Pause(seconds=0), Join(call_id=CALL)))

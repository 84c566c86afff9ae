"""What a turn of the core costs: the demonstration's mix of calls, each record encoded and chained, no input or output.

`Centre` plays callers, carrier and desktops against the engine as fast as it will go.
"""

import time
from statistics import median

import msgspec

from cti import engine
from cti.core import events as e
from cti.core.base import Moment
from cti.core.codec import encode
from cti.core.config import (
    AgentConfig,
    EnqueueStep,
    EntryPoint,
    Flow,
    HangUpStep,
    HoursConfig,
    HoursStep,
    Membership,
    MenuStep,
    OpeningSpan,
    Play,
    QueueConfig,
    Say,
    SiteConfig,
    SkillRequirement,
    ZoneTable,
)
from cti.core.plan import Door
from cti.core.record import FIRST_HASH, TurnRecord
from cti.core.states import EndCause, LeaveResult

NUMBER, CLOSED = "+15550100", "+15550101"
WAITS = 3
"""How often a caller hears the music again: a document is some 20 seconds long."""

MIX = ("talk", "talk", "menu", "talk", "queue", "talk", "missed", "talk", "silent", "talk", "declined", "closed")
"""What becomes of a dozen calls, about as in the demonstration."""


def text(words: str) -> tuple[Say, ...]:
    """A prompt that says the words."""
    return (Say(text=words, language="en-US"),)


def config(agents: int) -> SiteConfig:
    """Three queues, one of them wanting a skill; every agent serves two."""
    queues = ("sales", "service", "spanish")
    steps = {
        "hours": HoursStep(hours_id="always", open="menu", closed="closed"),
        "menu": MenuStep(
            prompt=text("For sales press 1, for service press 2, for Spanish press 3."),
            choices={"1": "sales", "2": "service", "3": "spanish"},
            otherwise="closed",
        ),
        "sales": EnqueueStep(queue_id="sales", full="closed"),
        "service": EnqueueStep(queue_id="service", full="closed", priority=1),
        "spanish": EnqueueStep(queue_id="spanish", full="closed", skills=(SkillRequirement(skill="es", level=3),)),
        "closed": HangUpStep(prompt=text("We are closed.")),
    }
    return SiteConfig(
        name="Benchmark",
        zone="UTC",
        zones={"UTC": ZoneTable(name="UTC", starts_at=(0,), offsets_s=(0,))},
        hours={
            "always": HoursConfig(
                hours_id="always",
                zone="UTC",
                spans=tuple(OpeningSpan(weekday=day, opens=0, closes=1_440) for day in range(7)),
            )
        },
        queues={
            name: QueueConfig(queue_id=name, name=name, wrap_up_s=30, music=(Play(audio="music-20s.mp3"),))
            for name in queues
        },
        agents={
            f"agent{number}": AgentConfig(
                agent_id=f"agent{number}",
                name=f"Agent {number}",
                endpoint=f"client:agent{number}",
                memberships=(
                    Membership(queue_id=queues[number % 3]),
                    Membership(queue_id=queues[(number + 1) % 3], rank=2),
                ),
                skills={"es": 1 + number % 5},
            )
            for number in range(agents)
        },
        entry_points={
            NUMBER: EntryPoint(number=NUMBER, flow_id="main"),
            CLOSED: EntryPoint(number=CLOSED, flow_id="closed"),
        },
        flows={
            "main": Flow(flow_id="main", start="hours", steps=steps),
            "closed": Flow(flow_id="closed", start="closed", steps={"closed": steps["closed"]}),
        },
        pop_template="https://crm.example/customers/{customer_id}?caller={from_number}",
    )


class Centre:
    """A site with its agents signed in and ready. Calls come one after another; `turns` counts what they took."""

    def __init__(self, agents: int) -> None:
        self.state = engine.new_state("bench")
        self.turns = 0
        self._at = 1_750_000_000_000
        self._hash = FIRST_HASH
        self._calls = 0
        self._take(e.ConfigApplied(config_hash="bench", config=config(agents)))
        for number in range(agents):
            agent_id = f"agent{number}"
            self._take(e.DesktopConnected(agent_id=agent_id, socket_id="s1"))
            self._take(e.SignInRequested(agent_id=agent_id, request_id="r1"))
            self._take(e.ReadyRequested(agent_id=agent_id, request_id="r2"))

    def play(self, calls: int) -> float:
        """The CPU seconds a turn took, in the mean over so many calls of the mix."""
        turns, began = self.turns, time.process_time()
        for _ in range(calls):
            getattr(self, f"_{MIX[self._calls % len(MIX)]}")()
        return (time.process_time() - began) / (self.turns - turns)

    def abandon(self, calls: int) -> None:
        """Finished contacts, as cheaply as they are made."""
        for _ in range(calls):
            self._end(self._arrive(NUMBER))

    def _take(self, event: e.AnyEvent) -> engine.Outcome:
        now = Moment(self.state.last.seq + 1, self._at)
        self._at += 7
        self.turns += 1

        def seal(outcome: engine.Outcome) -> None:
            record = TurnRecord(
                site="bench",
                epoch=1,
                seq=now.seq,
                at=now.at,
                actor="carrier",
                source_key=f"key:{now.seq}",
                logic=engine.LOGIC,
                config_hash="bench",
                input=event,
                events=outcome.events,
                commands=outcome.commands,
            )
            self._hash = encode(record, self._hash, "0123456789abcdef").hash

        return engine.advance(self.state, event, now, seal)

    def _pass_ms(self, ms: int) -> None:
        """Let time pass; what is due enters in batches, as in the driver."""
        self._at += ms
        while due := self.state.deadlines.take_due(self.state, self._at, engine.PROMISES):
            self._take(e.DeadlinesReached(due=due))

    def _arrive(self, number: str) -> str:
        self._calls += 1
        caller = f"+4930{self._calls:07}"
        arrived = e.CallArrived(
            provider="twilio", provider_ref=f"CA{self._calls:032x}", to_number=number, from_number=caller
        )
        self._take(arrived)
        return f"bench-l{self.state.last.seq}"

    def _ask(self, leg_id: str, door: Door, **fields: str) -> None:
        nonce = self.state.legs[leg_id].nonce
        self._take(e.PlanRequested(leg_id=leg_id, door=door, nonce=nonce, **fields))

    def _end(self, leg_id: str) -> None:
        leg = self.state.legs[leg_id]
        self._take(e.LegEnded(leg_id="", cause=EndCause.NORMAL, provider_ref=leg.provider_ref, sequence=3))
        self._pass_ms(20)

    def _queue_up(self) -> tuple[str, str]:
        """A caller who is in a queue and on offer: the leg and the contact."""
        leg_id = self._arrive(NUMBER)
        contact_id = leg_id.replace("-l", "-c")
        customer = e.Customer(customer_id=f"c{self._calls}", name="Jane Doe", segment="gold")
        self._take(e.CustomersFound(contact_id=contact_id, matches=(customer,), count=1))
        self._ask(leg_id, Door.DIGITS, digits="123"[self._calls % 3])
        for _ in range(WAITS):
            self._ask(leg_id, Door.WAIT)
        return leg_id, contact_id

    def _closed(self) -> None:
        self._end(self._arrive(CLOSED))

    def _silent(self) -> None:
        leg_id = self._arrive(NUMBER)
        for _ in range(3):
            self._ask(leg_id, Door.NEXT)
        self._end(leg_id)

    def _menu(self) -> None:
        self._end(self._arrive(NUMBER))

    def _queue(self) -> None:
        self._end(self._queue_up()[0])

    def _missed(self) -> None:
        leg_id, contact_id = self._queue_up()
        agent_id = self._acknowledge(contact_id)
        self._pass_ms(20_000)
        self._take(e.ReadyRequested(agent_id=agent_id, request_id="r3"))
        self._talk_with(leg_id, contact_id)

    def _declined(self) -> None:
        leg_id, contact_id = self._queue_up()
        agent_id = self._acknowledge(contact_id)
        offer_id = self._offer_id(contact_id)
        self._take(e.DeclineRequested(agent_id=agent_id, offer_id=offer_id, request_id="r4"))
        self._talk_with(leg_id, contact_id)

    def _talk(self) -> None:
        self._talk_with(*self._queue_up())

    def _offer_id(self, contact_id: str) -> str:
        offer = self.state.contacts[contact_id].offer
        assert offer is not None
        return offer.offer_id

    def _acknowledge(self, contact_id: str) -> str:
        offer = self.state.contacts[contact_id].offer
        assert offer is not None
        self._take(e.OfferAcknowledged(agent_id=offer.agent_id, offer_id=offer.offer_id, request_id="r5"))
        return offer.agent_id

    def _talk_with(self, leg_id: str, contact_id: str) -> None:
        agent_id = self._acknowledge(contact_id)
        self._take(e.AcceptRequested(agent_id=agent_id, offer_id=self._offer_id(contact_id), request_id="r6"))
        contact = self.state.contacts[contact_id]
        assert contact.offer is not None
        agent_leg, room = contact.offer.leg_id, contact.call_id
        named = {"leg_id": agent_leg, "provider_ref": f"CB{self._calls:032x}"}
        caller = {"leg_id": leg_id, "provider_ref": self.state.legs[leg_id].provider_ref}
        self._take(e.LegPlaced(**named))
        self._take(e.LegAlerting(**named))
        self._take(e.LegAnswered(**named))
        self._take(e.CallJoined(call_id=room, **named))
        self._ask(leg_id, Door.PARKED, result=LeaveResult.REDIRECTED)
        self._take(e.CallJoined(call_id=room, **caller))
        self._pass_ms(5_000)
        self._take(e.CallLeft(call_id=room, **caller))
        self._take(e.CallLeft(call_id=room, cause=EndCause.CANCELLED, **named))
        self._take(e.CallEnded(call_id=room))
        self._end(leg_id)
        self._take(e.LegEnded(cause=EndCause.NORMAL, **named))
        given = e.DispositionGiven(agent_id=agent_id, contact_id=contact_id, disposition="sold", request_id="r7")
        self._take(given)


def engine_turns_per_s() -> float:
    """Turns a second on one core: 20 agents, the mix."""
    centre = Centre(agents=20)
    centre.play(300)
    return 1 / median(centre.play(240) for _ in range(7))


def engine_growth() -> float:
    """How many times a turn costs what it did, with 10,000 agents and 100,000 contacts behind, against 100 and none."""
    small, big = Centre(agents=100), Centre(agents=10_000)
    big.abandon(100_000)
    for centre in (small, big):
        centre.play(240)
    return median([big.play(240) / small.play(240) for _ in range(9)])


if __name__ == "__main__":
    print(msgspec.json.encode({"turns_per_s": engine_turns_per_s(), "growth": engine_growth()}).decode())

"""Whatever agents, customers, carrier and supervisors do in whatever order: nobody is lost, stuck, or called twice."""

import random
from collections.abc import Callable
from typing import Any

import pytest

from cti.core import events as e
from cti.core.commands import ClaimLeads
from cti.core.plan import Door
from cti.core.states import ContactState, EndCause, LegState, PartyRole
from tests.dialer.campaign_site import dialled
from tests.dialer.test_dispositions import KINDS, Said

CAMPAIGNS = (dialled(mode="preview", preview_s=20), dialled("autumn", mode="preview"), dialled("winter"))
ENDS = (EndCause.NORMAL, EndCause.BUSY, EndCause.NO_ANSWER, EndCause.CANCELLED, EndCause.FAILED)


class Chance(Said):
    """Dice choose who does what next."""

    def __init__(self, seed: int) -> None:
        super().__init__(*CAMPAIGNS, agents=3, also=("sales",))
        self.dice = random.Random(seed)
        self.control("start", "winter")
        moves: list[tuple[int, Callable[[], None]]] = [
            (6, self.ask_for_lead),
            (9, self.call_lead),
            (2, self.pass_over),
            (3, self.call_number),
            (3, self.hang_up_own),
            (3, self.say_something),
            (2, self.end_wrap_up_somewhere),
            (1, self.come_and_go),
            (8, self.back_to_work),
            (2, self.pause_or_go_on),
            (1, self.line_lost_or_back),
            (1, self.supervisor_says),
            (1, lambda: self.pace(2, pool_id="winter") and None),
            (1, lambda: self.call() and None),
            (1, self.restart),
            (4, self.pass_time),
            (40, self.carrier_says),
            (12, self.store_says),
            (12, self.acknowledge_all),
        ]
        self.moves = [move for weight, move in moves for _ in range(weight)]

    def somebody(self) -> str:
        return self.dice.choice(self.agent_ids)

    def held(self, agent_id: str) -> str:
        held = self.state.agents[agent_id].assignments
        return held[0].contact_id if held else "nobody"

    def ask_for_lead(self) -> None:
        wanted = self.dice.choice(("", "autumn", "spring"))
        self.take(e.NextLeadRequested(agent_id=self.somebody(), campaign_id=wanted, request_id="r"))

    def call_lead(self) -> None:
        agent_id = self.somebody()
        self.take(e.LeadDialRequested(agent_id=agent_id, contact_id=self.held(agent_id), request_id="r"))

    def pass_over(self) -> None:
        agent_id = self.somebody()
        self.take(e.LeadSkipRequested(agent_id=agent_id, contact_id=self.held(agent_id), request_id="r"))

    def call_number(self) -> None:
        number = self.dice.choice(("+12125550123", "+12125550124", "+18085550123", "five"))
        asked = {"campaign_id": "spring", "number": number, "redial": self.dice.random() < 0.3}
        self.take(e.NumberDialRequested(agent_id=self.somebody(), request_id="r", **asked))

    def hang_up_own(self) -> None:
        agent_id = self.somebody()
        self.take(e.HangUpRequested(agent_id=agent_id, contact_id=self.held(agent_id), request_id="r"))

    def say_something(self) -> None:
        agent_id = self.somebody()
        more: dict[str, Any] = {"callback_at": self.at + 900_000, "callback_for": self.dice.choice(("", "me"))}
        self.say(self.held(agent_id), self.dice.choice(tuple(KINDS)), agent_id, **more)

    def end_wrap_up_somewhere(self) -> None:
        agent_id = self.somebody()
        self.take(e.WrapUpEndRequested(agent_id=agent_id, contact_id=self.held(agent_id), request_id="r"))

    def come_and_go(self) -> None:
        agent_id = self.somebody()
        if self.state.agents[agent_id].sockets:
            self.disconnect(agent_id)
        else:
            self.connect(agent_id)

    def back_to_work(self) -> None:
        agent = self.state.agents[self.somebody()]
        if not agent.sockets:
            self.connect(agent.agent_id)
        if agent.suspected:
            self.take(e.ProbeAnswered(agent_id=agent.agent_id))
        self.take(e.SignInRequested(agent_id=agent.agent_id))
        if not agent.leg_id:
            leg_id = self.dial_in(agent.agent_id)
            self.join(leg_id)
        self.ready(agent.agent_id)

    def pause_or_go_on(self) -> None:
        agent_id = self.somebody()
        self.dice.choice((self.ready, self.ready, self.not_ready, self.sign_out, self.sign_in))(agent_id)

    def line_lost_or_back(self) -> None:
        agent = self.state.agents[self.somebody()]
        if agent.leg_id:
            self.end(agent.leg_id)
        else:
            leg_id = self.dial_in(agent.agent_id)
            if leg_id:
                self.join(leg_id)

    def supervisor_says(self) -> None:
        self.control(
            self.dice.choice(("pause", "start", "start", "stop", "drain")), self.dice.choice(("spring", "autumn"))
        )

    def pass_time(self) -> None:
        self.wait(self.dice.choice((500, 500, 3_000, 16_000, 61_000, 1_000_000)))

    def acknowledge_all(self) -> None:
        for agent_id in self.agent_ids:
            contact = self.shown(agent_id)
            if contact and contact.offer and contact.offer.ack_by:
                self.acknowledge(agent_id)

    def store_says(self) -> None:
        for dial_id in sorted(self.state.gathering.rows):
            self.take(e.CallFactsGathered(dial_id=dial_id, as_of_seq=self.state.last.seq))
        for run in self.state.runs.in_order():
            if run.claim_id:
                given = tuple(self.lead(number) for number in self.dice.sample(range(1_000), 5))
                claimed = {"claim_id": run.claim_id, "as_of_seq": self.state.last.seq, "leads": given}
                self.take(e.LeadsClaimed(campaign_id=run.campaign_id, **claimed))

    def carrier_says(self) -> None:
        """Something about one of the customers whom we called."""
        legs = [leg for leg in self.state.legs.in_order() if leg.role is PartyRole.CUSTOMER and leg.endpoint]
        live = [leg for leg in legs if leg.state is not LegState.ENDED and leg.leg_id in self.dialled_legs()]
        if not live:
            return
        leg = self.dice.choice(live)
        if not leg.provider_ref:
            self.dice.choice((self.place, self.place, self.refuse))(leg.leg_id)
        elif leg.state is LegState.INITIATED:
            self.alert(leg.leg_id)
        elif leg.state is LegState.ALERTING and self.dice.random() < 0.7:
            self.ask(leg.leg_id, Door.ANSWERED, nonce=0)
        elif leg.bound_for and not leg.call_id and leg.bound_for in self.state.calls:
            self.join(leg.leg_id)
        elif self.dice.random() < 0.3:
            self.gone(leg.leg_id)

    def gone(self, leg_id: str) -> None:
        self.end(leg_id, self.dice.choice(ENDS))


@pytest.mark.parametrize("seed", range(12))
def test_nobody_is_lost_or_stuck(seed: int) -> None:
    site = Chance(seed)
    for _ in range(120):
        site.dice.choice(site.moves)()
    for campaign_id in ("spring", "autumn", "winter"):
        site.control("stop", campaign_id)
    for agent_id in site.agent_ids:
        site.connect(agent_id)
    site.everybody_goes()
    assert not len(site.state.lines)
    assert not [contact for contact in site.state.contacts.rows.values() if contact.state is ContactState.DIALLING]
    called = [command.leg_id for command in site.asked if command.__class__.__name__ == "Originate"]
    assert len(called) == len(set(called))
    assert any(isinstance(each, ClaimLeads) for each in site.asked)

"""What is pending, and for how long it may be: each kind, shown something that does not come to its end."""

import msgspec
import pytest

from cti.core.config import SkillRequirement
from cti.core.record import Batch, OutboxRow
from cti.core.states import EndCause
from cti.journal.memory import MemoryJournal
from cti.sim.checks.conversations import Pending
from cti.sim.checks.desks import pop_of
from cti.sim.checks.holding import HELD_MAX_MS, HoldingChecks
from cti.sim.checks.liveness import FREE_MS, STEP_MS, UNHEARD_MS, Liveness, pending_in
from cti.sim.checks.violation import Violation
from cti.sim.ledger import Ended
from cti.sim.line import Hears, Line, Part
from cti.sim.stepping import step
from cti.views.desktop import snapshot_of
from tests.centre import DIRECT, MENU, centre, straight_to
from tests.sim.carrier_side import Bench, Person
from tests.site import Site


class Seat:
    """An agent as the world sees her, with what the state says she is shown."""

    def __init__(self, site, agent_id):
        self.site = site
        self.agent_id = agent_id
        self.endpoint = f"client:{agent_id}"
        self.nailed_up = False
        self.connected = True
        self.asked = ()

    def shown(self):
        return snapshot_of(self.site.state, self.agent_id, pop_of) if self.connected else None

    def unanswered(self):
        return self.asked


class Scene:
    """A site, the carrier's lines beside it, and a journal."""

    def __init__(self, config=None):
        self.site = Site(config)
        self.lines = {}
        self.journal = MemoryJournal("main")
        self.seats = []

    def sit(self, *agent_ids, ready=True):
        self.site.sign_in(*agent_ids, ready=ready)
        self.seats = [Seat(self.site, agent_id) for agent_id in agent_ids]

    def line(self, ref, hears=Hears.SOUND, *, to="", inbound=True):
        part = Part.CUSTOMER if inbound else Part.AGENT
        line = Line(ref, inbound=inbound, from_number="+1", to_number=to, person=Person(), now=0, part=part)
        line.hears = hears
        self.lines[ref] = line
        return line

    def call(self, to=DIRECT, hears=Hears.SOUND):
        leg_id = self.site.call(to=to)
        self.line(self.site.ref(leg_id), hears)
        return leg_id

    def pending(self):
        return list(pending_in(self.site.state, self.journal, self.lines, self.seats))

    def kinds(self):
        return {each.name.split()[0]: each for each in self.pending()}

    def said(self):
        return " / ".join(each.words for each in self.pending())


@pytest.fixture
def scene():
    return Scene()


def test_an_empty_centre_is_at_rest(scene):
    scene.sit("anna", "ben")
    assert scene.pending() == []


def test_who_waits_because_nobody_is_free_may_wait(scene):
    scene.sit("anna", ready=False)
    scene.call()
    assert scene.pending() == []


def overlooked(**skills):
    """Anna's desktop shows that she is free; the server does not think so, and somebody waits."""
    scene = Scene(centre(flows=(straight_to("sales", **skills),)))
    scene.sit("anna", ready=False)
    leg_id = scene.call()
    [seat] = scene.seats
    shown = msgspec.structs.replace(seat.shown(), ready=True)
    seat.shown = lambda: shown if seat.connected else None
    return scene, seat, scene.site.contact(leg_id).contact_id


def test_who_is_free_but_not_served_is_found():
    scene, _, contact_id = overlooked()
    [found] = scene.pending()
    assert (found.name, found.limit_ms, found.about) == (f"{contact_id} anna 0", FREE_MS, contact_id)


def test_who_was_asked_meanwhile_is_timed_anew():
    scene, _, contact_id = overlooked()
    [before] = scene.pending()
    contact = scene.site.state.contacts[contact_id]
    scene.site.state.contacts.put(contact_id, msgspec.structs.replace(contact, passed_over=(("anna", 20_000),)))
    [after] = scene.pending()
    assert after.name != before.name


def test_who_lacks_the_skills_is_no_reason_to_complain():
    scene, *_ = overlooked(skills=(SkillRequirement(skill="gold", level=1),))
    assert scene.pending() == []


def test_who_has_a_line_is_not_free():
    scene, seat, contact_id = overlooked()
    scene.line("CA9", Hears.TALK, to=seat.endpoint, inbound=False)
    assert contact_id not in scene.said()


def test_whose_desktop_is_away_is_not_free():
    scene, seat, _ = overlooked()
    seat.connected = False
    assert scene.pending() == []


def test_every_step_of_an_offer_has_its_time(scene):
    scene.sit("anna")
    scene.call()
    names = []
    for step_on in (lambda: None, lambda: scene.site.acknowledge("anna"), lambda: scene.site.accept("anna")):
        step_on()
        names += [each.name for each in scene.pending() if each.name.startswith("caller ")]
    assert len(set(names)) == 3


def test_a_menu_that_goes_on_is_a_new_step_each_time(scene):
    leg_id = scene.call(to=MENU)
    [before] = scene.pending()
    assert before.limit_ms == STEP_MS
    scene.site.press(leg_id, "7")
    [after] = scene.pending()
    assert before.name != after.name


def test_a_caller_of_whom_nobody_takes_care_is_found(scene):
    scene.line("CA77")
    assert scene.kinds()["forgotten"].about == "CA77"


def test_a_talk_that_nobody_knows_of_is_found(scene):
    scene.call(hears=Hears.TALK)
    assert "unnoticed" in scene.kinds()


def test_a_talk_that_is_only_believed_is_found(scene):
    scene.sit("anna")
    leg_id = scene.call()
    agent_leg = scene.site.talk(leg_id, "anna")
    telephone = scene.line(scene.site.ref(agent_leg), to="client:anna", inbound=False)
    assert "CONNECTED" in scene.said()
    for line in (scene.lines[scene.site.ref(leg_id)], telephone):
        line.hears = Hears.TALK
    assert scene.pending() == []


def test_an_agents_line_with_nobody_on_the_other_side_is_found(scene):
    scene.line("CA5", Hears.SILENCE, to="client:anna", inbound=False)
    assert "the line to client:anna is up" in scene.said()


def test_a_caller_who_is_gone_unheard_is_found(scene):
    leg_id = scene.call()
    scene.lines[scene.site.ref(leg_id)].over = True
    assert {each.limit_ms for each in scene.pending()} == {UNHEARD_MS}
    assert {each.name.split()[0] for each in scene.pending()} == {"leg", "contact"}


def test_a_wrap_up_ends_in_time(scene):
    scene.sit("anna")
    leg_id = scene.call()
    agent_leg = scene.site.talk(leg_id, "anna")
    scene.site.leave(agent_leg, EndCause.NORMAL)
    scene.lines.clear()
    assert "anna wraps up" in scene.said()


def test_a_command_that_stays_open_is_found(scene):
    epoch = step(scene.journal.take_over("test"))
    row = OutboxRow(command_id="1.0", seq=1, ordinal=0, effect="leg", status="intent", at=1, epoch=epoch)
    step(scene.journal.append(Batch(epoch=epoch, outbox=(row,))))
    assert "command 1.0 is intent" in scene.said()


def test_a_request_without_an_answer_is_found(scene):
    scene.sit("anna")
    scene.seats[0].asked = ("q7",)
    assert "anna waits for an answer to q7" in scene.said()


def test_what_changes_its_name_is_timed_anew_and_what_does_not_is_stuck():
    def thing(name):
        return Pending(name, 1_000, "stays what it is", "c1")

    liveness = Liveness()
    liveness.look(iter([thing("a")]), 0)
    liveness.look(iter([thing("b")]), 900)
    liveness.look(iter([thing("b")]), 1_900)
    liveness.look(iter([]), 2_500)
    liveness.look(iter([thing("b")]), 2_600)
    with pytest.raises(Violation, match=r"^L: for 1\.1 s stays what it is") as found:
        liveness.look(iter([thing("b")]), 3_700)
    assert found.value.about == "c1"


def held_for(seconds, serving_since):
    """A caller whom the server holds, again and again."""
    bench = Bench()
    bench.server.held = 1_000
    bench.call()
    bench.wait(seconds)
    checks = HoldingChecks(lambda: serving_since)
    for fact in bench.ledger.facts:
        checks.take(fact)


def test_who_is_held_for_long_while_the_server_could_answer_is_found():
    began_at = Bench().nature.now
    with pytest.raises(Violation, match=r"^C: the caller was held for"):
        held_for(HELD_MAX_MS / 1_000 + 10, began_at)


def test_time_without_a_server_is_no_time_of_being_held():
    began_at = Bench().nature.now
    held_for(60, None)
    held_for(60, began_at + 45_000)


def test_a_real_answer_ends_the_time_of_being_held():
    bench = Bench()
    checks = HoldingChecks(lambda: 0)
    for at_s in range(0, 120, 15):
        bench.ledger.note("held", "CA1", "is held")
        checks.take(bench.ledger.facts[-1])
        bench.wait(15)
        bench.ledger.note("given" if at_s % 2 else "ended", "CA1", "x", ended=Ended.FAR_END)
        checks.take(bench.ledger.facts[-1])

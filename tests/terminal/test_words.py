"""What the desks say, and which keys they offer: pure."""

import pytest
from msgspec.structs import replace

from cti import client as c
from cti.client.events import QueueSettings
from cti.terminal.agent.actions import actions_of
from cti.terminal.agent.card import card
from cti.terminal.agent.people import People
from cti.terminal.agent.places import rows_of
from cti.terminal.agent.tidings import sentence, urgent
from cti.terminal.keys import Action, laid_out
from cti.terminal.watch import rows
from cti.terminal.words import left, span, state_in_words

NOW = 1_000_000.0
PEOPLE = People()
PEOPLE.names = {"ben": "Ben Okafor"}
PEOPLE.queues = {"sales": "Sales"}
PEOPLE.campaigns = {"check-up": "Winter check-ups"}
POP = c.ScreenPop(
    match="one",
    queue_id="sales",
    to_number="+12025550100",
    from_number="+13035550101",
    customers=(c.Customer(customer_id="7", name="Marta Keller", segment="gold", account="4711"),),
    attributes=(("order_number", "99"),),
    url="https://crm.example/7",
)
CONTACT = c.DeskContact(
    contact_id="main-c1", queue_id="sales", phase="ALERTING", since=0, until=1_007_000, offer_id="o", pop=POP,
    from_number="+13035550101", queued_at=977_000,
)  # fmt: skip
TALK = c.DeskTalk(agent_id="anna")
BEN = c.DeskParty(party_id="p1", agent_id="ben", state="HERE")
SETTINGS = c.Settings(
    site="main",
    not_ready_reasons=("lunch",),
    queues=(QueueSettings(queue_id="sales", name="Sales", wrap_up_s=5, dispositions=()),),
)


def desk(*contacts, **fields):
    given = {"presence": "SIGNED_IN", "ready": True, "reason": "", "suspected": False, "state": "READY"} | fields
    return c.Desk(agent_id="anna", contacts=contacts, settings=SETTINGS, **given)


def talking(**fields):
    return replace(CONTACT, phase="CONNECTED", since=938_000, until=0, talk=replace(TALK, **fields))


def consult_ended(agent_id, reason):
    return c.ConsultEnded(contact_id="c", party_id="p", with_agent_id=agent_id, reason=reason)


def keys(the_desk, contact=None):
    return "".join(action.key for action in actions_of(the_desk, contact) if len(action.key) == 1)


@pytest.mark.parametrize(
    ("ms", "words"), [(-5, "0:00"), (999, "0:00"), (67_000, "1:07"), (3_599_999, "59:59"), (3_723_000, "1:02:03")]
)
def test_spans(ms, words):
    assert span(ms) == words


def test_what_is_left_is_rounded_up():
    assert (left(1_000, 999), left(1_000, 1_000), left(0, 5)) == ("0:01", "0:00", "")


def test_states_are_words():
    assert state_in_words("NOT_READY", "back_office") == "NOT READY (back office)"
    assert state_in_words("WRAP_UP") == "WRAP-UP"
    assert state_in_words("SOME_DAY") == "SOME DAY"


def test_who_calls_is_told_before_anything_else():
    assert card(CONTACT, PEOPLE, NOW, chosen=True).plain.splitlines() == [
        "> RINGING: Sales, has waited 0:23, 0:07 left to answer",
        "    from +13035550101, to +12025550100",
        "    customer: Marta Keller, gold, account 4711",
        "    told so far: order number 99",
        "    https://crm.example/7",
    ]


def test_who_was_called_for_a_campaign_is_told_as_such():
    """Nobody who was called has waited in line, or called us."""
    called = replace(CONTACT, called_for="check-up")
    assert card(called, PEOPLE, NOW, chosen=True).plain.splitlines()[:2] == [
        "> RINGING: called for Winter check-ups, 0:07 left to answer",
        "    to +13035550101, from +12025550100",
    ]
    offer = c.Offer(
        offer_id="o", contact_id="c", queue_id="sales", ack_by=0, waited_ms=0, from_number="+13035550101",
        called_for="check-up",
    )  # fmt: skip
    assert sentence(offer, PEOPLE) == "+13035550101 was called for Winter check-ups, and has answered."
    over = c.OfferOver(offer_id="o", contact_id="c", reason="caller_left")
    assert sentence(over, PEOPLE) == "The customer hung up before you talked."


@pytest.mark.parametrize(
    ("phase", "head"),
    [
        ("ALERTING", "SOMEBODY TO CALL: Winter check-ups, 0:07 left to look"),
        ("CONNECTING", "CALLING: Winter check-ups"),
        ("CONNECTED", "TALKING 0:23: Winter check-ups"),
        ("WRAP_UP", "WRAP-UP, 0:07 left: Winter check-ups"),
    ],
)
def test_whom_the_agent_calls_rings_nobody_here(phase, head):
    """A lead that is shown does not ring, and no telephone of the agent's does when it is called."""
    lead = replace(CONTACT, phase=phase, campaign_id="check-up", since=CONTACT.queued_at)
    assert card(lead, PEOPLE, NOW, chosen=True).plain.splitlines()[:2] == [
        f"> {head}",
        "    to +13035550101, from +12025550100",
    ]


@pytest.mark.parametrize(
    ("match", "words"),
    [
        ("none", "not a known customer"),
        ("pending", "looking who it is ..."),
        ("withheld", "the number is withheld"),
        ("failed", "the look-up failed"),
    ],
)
def test_what_is_not_known_of_the_caller(match, words):
    pop = replace(POP, match=match, customers=(), attributes=(), url="")
    assert card(replace(CONTACT, pop=pop), PEOPLE, NOW, chosen=False).plain.endswith(words)


def test_several_customers_share_a_number():
    pop = replace(POP, match="several", customers=POP.customers * 6)
    text = card(replace(CONTACT, pop=pop), PEOPLE, NOW, chosen=False).plain
    assert "one of 6 customers" in text
    assert "and 2 more customers with this number" in text


def test_somebody_asks_you_in():
    text = card(replace(CONTACT, asked_by="ben", before=("ben", "eve")), PEOPLE, NOW, chosen=False).plain
    assert "Ben Okafor ASKS YOU IN (Sales), 0:07 left to answer" in text
    assert "talked before to Ben Okafor, eve" in text


def test_the_conversation_in_words():
    parties = (replace(BEN, on_hold=True), c.DeskParty(party_id="p2", number="+49301", state="RINGING"))
    text = card(talking(on_hold=True, muted=True, recording="PAUSED", parties=parties), PEOPLE, NOW, chosen=True).plain
    assert "> TALKING 1:02: Sales" in text
    assert "customer ON HOLD, you are MUTED, recording PAUSED" in text
    assert "Ben Okafor is here, ON HOLD" in text
    assert "+49301 is rung" in text


def test_whoever_was_asked_in_knows_whose_customer_it_is():
    unwanted = card(talking(unwanted=True), PEOPLE, NOW, chosen=True).plain
    assert "THEY ASKED NOT TO BE CALLED: say sorry, and end the call" in unwanted
    text = card(talking(agent_id="ben", party_id="p1", parties=(BEN,)), PEOPLE, NOW, chosen=True).plain
    assert "you were asked in; Ben Okafor has the customer" in text
    assert "Ben Okafor is here" not in text


def test_the_keys_that_make_sense():
    assert keys(None) == "q"
    assert keys(desk(presence="SIGNED_OUT")) == "sbq"
    assert keys(desk(ready=False)) == "rnsbq"
    assert keys(desk(CONTACT), CONTACT) == "axnsbq"
    assert keys(desk(talking()), talking()) == "hmdctkuonbq"
    consulting = talking(parties=(replace(BEN, state="RINGING"),), recording="ON")
    assert keys(desk(consulting), consulting) == "hmdctepkuonbq"
    here = talking(parties=(BEN,), recording="ASKED")
    assert keys(desk(here), here) == "hmdctgjeuonbq"
    asked_in = talking(agent_id="ben", party_id="p1", parties=(BEN,))
    assert keys(desk(asked_in), asked_in) == "hmdkuonbq"
    wrap_up = replace(CONTACT, phase="WRAP_UP")
    assert keys(desk(wrap_up), wrap_up) == "ownsbq"
    assert Action("tab", "next contact", "next") in actions_of(desk(wrap_up, CONTACT), CONTACT)


def test_keys_are_laid_out_in_whole_entries():
    actions = [Action("a", "accept", ""), Action("slash", "filter", ""), Action("x", "reject", "")]
    assert laid_out(actions, 24) == ["[a] accept  [/] filter", "[x] reject"]


@pytest.mark.parametrize(
    ("event", "words", "loud"),
    [
        (c.OfferOver(offer_id="o", contact_id="c", reason="expired"), "It rang too long", True),
        (c.OfferOver(offer_id="o", contact_id="c", reason="not_wanted"), "It was taken back", False),
        (c.OfferOver(offer_id="o", contact_id="c", reason="new_reason"), "The offer is over: new reason.", False),
        (consult_ended("ben", "declined"), "Ben Okafor does not want", False),
        (consult_ended("", "left"), "The outside number has left", False),
        (
            c.Transferred(
                contact_id="c", from_agent_id="anna", kind="BLIND", party_id="", to_agent_id="ben", queue_id="sales"
            ),
            "anna transferred the customer to Sales, where Ben Okafor is asked first.",
            False,
        ),
        (c.Ended(contact_id="c", cause="CALLER_HUNG_UP", talk_ms=61_000), "after 1:01: the customer hung up.", False),
        (c.State(ready=False, reason="missed"), "You are not ready: missed.", False),
        (c.State(leaving="break"), "A call that counts on you is on its way", False),
        (c.State(suspected=True, ready=False), "The server had no sign of this desk in time", True),
        (c.RequestRefused(code="not_allowed", detail="Not at night."), "Not done: Not at night.", True),
        (c.WrapUpOver(contact_id="c", reason="done"), "", False),
    ],
)  # fmt: skip
def test_what_happened_is_a_sentence(event, words, loud):
    assert words in sentence(event, PEOPLE)
    assert urgent(event) is loud


def test_the_directory_shows_who_is_free_first_and_narrows_as_one_types():
    directory = c.Directory()
    directory.agents = {
        row.agent_id: row
        for row in (
            c.DirectoryAgent(agent_id="anna", name="Anna", state="READY"),
            c.DirectoryAgent(agent_id="zoe", name="Zoe", state="READY", since=938_000, queue_ids=("vip",)),
            c.DirectoryAgent(agent_id="ben", name="Ben", state="NOT_READY", reason="lunch", since=995_000),
        )
    }
    directory.queues = {"help": c.DirectoryQueue(queue_id="help", name="Help", waiting=3, ready=1)}

    def labels(text, *, with_queues=True):
        return [(row.label, row.possible) for row in rows_of(directory, "anna", text, NOW, with_queues=with_queues)]

    assert labels("") == [
        ("Zoe: READY 1:02  (vip)", True),
        ("queue Help: 3 waiting, 1 agent ready", True),
        ("Ben: NOT READY (lunch) 0:05", False),
    ]
    assert labels("", with_queues=False)[1][0].startswith("Ben")
    assert [label for label, _ in labels("VIP")] == ["Zoe: READY 1:02  (vip)"]
    assert labels("nobody") == []
    assert rows_of(directory, "anna", "+49 (30) 123-45", NOW, with_queues=True)[0].value == "number:+493012345"
    assert labels("030 123") == [("an outside number begins with + and the country code", False)]


def test_rows_of_the_wallboard():
    agents = {"ben": c.AgentRow(agent_id="ben", name="Ben"), "eve": c.AgentRow(agent_id="eve", name="Eve")}
    queues = {
        "sales": c.QueueRow(
            queue_id="sales", name="Sales", waiting=2, oldest_queued_at=938_000, agents={"BUSY": 1, "READY": 2}
        )
    }
    contact = c.ContactRow(
        contact_id="main-c1", state="CONNECTED", since=995_000, queued_at=975_000, queue_id="sales", agent_id="ben",
        on_hold=True, recording="PAUSED",
        parties=(c.BoardParty(party_id="p", agent_id="eve", state="RINGING"), c.BoardParty(party_id="q", state="HERE")),
        supervisions=(c.BoardSupervision(supervisor_id="sue", mode="WHISPER"),),
    )  # fmt: skip
    assert rows.contact_cells(contact, NOW, agents, queues) == (
        "main-c1",
        "TALKS Sales",
        "0:05",
        "0:20",
        "Ben, ON HOLD, + Eve (rung), + outside number, recording paused, sue whispers",
    )
    assert rows.queue_cells(queues["sales"], NOW) == ("Sales", "2", "1:02", "", "", "2 ready, 1 busy")
    lost = c.AgentRow(agent_id="ben", state="NOT_READY", reason="device", suspected=True, since=995_000)
    assert rows.agent_cells(lost, NOW) == ("ben", "NOT READY (device) NOT TRUSTED", "0:05", "")
    assert rows.dials_in_words(c.Dials(waiting=2, oldest_asked_at=998_000, wait_ms=3_000), NOW) == (
        "carrier's rate: 2 legs wait, the first since 0:02, the last for 0:03 yet"
    )
    assert rows.dials_in_words(c.Dials(stopped=True), NOW).startswith("! OUTSIDE CALLS ARE STOPPED")

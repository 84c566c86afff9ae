"""Records to columns and back: nothing lost, personal values apart, damage noticed."""

import json
from typing import Literal, get_args, get_origin

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cti.core import codec, commands, config, events, plan
from cti.core.base import Record
from cti.core.codec import VOCABULARY, decode, encode
from cti.core.errors import JournalDamaged
from cti.core.record import FIRST_HASH, TurnRecord, chain_hash, digest_of

EVENTS = get_args(events.AnyEvent)
COMMANDS = get_args(commands.AnyCommand)
PERSONAL = [kind for kind in (*EVENTS, *COMMANDS) if kind.personal]

TEXT = st.text(st.characters(codec="utf-8", exclude_characters="\x00"), max_size=12)
"""Anything a carrier, a customer's card or a supervisor may send; NUL is cut off before."""

INTEGERS = st.integers(-(2**53), 2**53)

settings.register_profile("quick", max_examples=4, deadline=None, database=None, derandomize=True)
st.register_type_strategy(str, TEXT)
st.register_type_strategy(int, INTEGERS)


def struct_strategy(kind):
    """Any value of a message or record, from the types of its fields."""
    fields = {field.name: field_strategy(field) for field in msgspec.structs.fields(kind)}
    return st.builds(kind, **fields)


def field_strategy(field):
    if field.name == "config":
        return st.just(config.SiteConfig(name="x", zone="UTC"))
    return type_strategy(field.type)


def type_strategy(kind):
    if kind is plan.Plan:
        return st.lists(st.one_of([type_strategy(each) for each in get_args(plan.AnyVerb)]), max_size=3).map(
            lambda verbs: plan.Plan(tuple(verbs))
        )
    arguments = get_args(kind)
    if getattr(kind, "__origin__", None) is tuple:
        if arguments[-1] is Ellipsis:
            return st.lists(type_strategy(arguments[0]), max_size=2).map(tuple)
        return st.tuples(*map(type_strategy, arguments))
    if get_origin(kind) is Literal:
        return st.sampled_from(arguments)
    if arguments:
        return st.one_of([type_strategy(each) for each in arguments])
    if isinstance(kind, type) and issubclass(kind, msgspec.Struct):
        return struct_strategy(kind)
    return st.none() if kind is type(None) else st.from_type(kind)


def record_of(event, *derived, asked=()):
    return TurnRecord(
        site="main",
        epoch=3,
        seq=17,
        at=1_750_000_000_000,
        actor="carrier",
        source_key="leg:main-l4:17",
        logic="1",
        config_hash="abc",
        input=event,
        events=derived,
        commands=tuple(asked),
    )


def stored(record):
    return encode(record, FIRST_HASH, "salt")


def emptied(row):
    """The row as it is once its time is over."""
    return msgspec.structs.replace(row, personal=None)


@pytest.mark.parametrize("kind", EVENTS, ids=lambda kind: kind.__name__)
@settings(settings.get_profile("quick"))
@given(data=st.data())
def test_every_event_comes_back_as_it_was(kind, data):
    event = data.draw(struct_strategy(kind))
    record = record_of(event, event)
    row = stored(record)
    assert decode(row) == record
    assert chain_hash(row) == row.hash


@pytest.mark.parametrize("kind", COMMANDS, ids=lambda kind: kind.__name__)
@settings(settings.get_profile("quick"))
@given(data=st.data())
def test_every_command_comes_back_as_it_was(kind, data):
    command = data.draw(struct_strategy(kind))
    record = record_of(events.SignInRequested(agent_id="anna"), asked=[command])
    assert decode(stored(record)) == record


@pytest.mark.parametrize("kind", PERSONAL, ids=lambda kind: kind.__name__)
@settings(settings.get_profile("quick"))
@given(data=st.data())
def test_emptied_values_come_back_as_defaults_and_the_chain_still_verifies(kind, data):
    message = data.draw(struct_strategy(kind))
    is_event = kind in EVENTS
    record = record_of(message if is_event else events.AgentReady(agent_id="a"), asked=[] if is_event else [message])
    row = stored(record)
    bare = emptied(row)
    assert chain_hash(bare) == row.hash
    found = decode(bare)
    seen = found.input if is_event else found.commands[0]
    defaults = {field.name: field.default for field in msgspec.structs.fields(kind)}
    for field in msgspec.structs.fields(kind):
        expected = defaults[field.name] if field.name in kind.personal else getattr(message, field.name)
        assert getattr(seen, field.name) == expected


def test_every_personal_field_exists_and_has_a_default_to_fall_back_on():
    for kind in PERSONAL:
        fields = {field.name: field for field in msgspec.structs.fields(kind)}
        for name in kind.personal:
            assert fields[name].default in ("", (), None), (kind, name)


def test_no_personal_value_is_in_the_body():
    secrets = ("+4930123456", "Jane Doe", "1234", "angry", "+15550199")
    customer = events.Customer(customer_id="c1", name=secrets[1])
    found = [
        events.CallArrived(provider="t", provider_ref="CA1", to_number="+1", from_number=secrets[0]),
        events.CustomersFound(contact_id="c", matches=(customer,), count=1),
        events.PlanRequested(leg_id="l", door=plan.Door.DIGITS, nonce=1, digits=secrets[2]),
        events.DispositionGiven(agent_id="a", contact_id="c", disposition="sold", note=secrets[3]),
        events.ScreenPopped(
            contact_id="c",
            agent_id="a",
            offer_id="o",
            pop=events.ScreenPop(match="one", queue_id="q", to_number="+1", customers=(customer,)),
        ),
    ]
    asked = [commands.LookUpCustomer(contact_id="c", number=secrets[0])]
    row = stored(record_of(found[0], *found[1:], asked=asked))
    for secret in secrets[:4]:
        assert secret not in row.body
        assert secret in row.personal
    assert secrets[4] not in row.body


def test_a_number_that_a_softphone_dialled_is_not_in_the_body():
    dialled = "+14155550142"
    arrived = events.CallArrived(provider="t", provider_ref="CA1", to_number=dialled, from_number="client:anna")
    row = stored(record_of(arrived))
    assert dialled not in row.body
    assert decode(row).input == arrived
    assert decode(emptied(row)).input.to_number == ""


def test_a_field_that_became_personal_is_still_read_where_older_records_have_it():
    """The number that was called stood in the body once."""
    arrived = events.CallArrived(provider="t", provider_ref="CA1", to_number="+1202", from_number="+4930")
    row = stored(record_of(arrived))
    body, personal = json.loads(row.body), json.loads(row.personal)
    body["input"]["to_number"] = personal["values"][0][1].pop("to_number")
    older = msgspec.structs.replace(row, body=json.dumps(body), personal=json.dumps(personal))
    oldest = msgspec.structs.replace(older, personal=json.dumps({"salt": "salt", "values": [["+4930", ""]]}))
    assert decode(older).input == arrived
    assert decode(oldest).input == arrived
    assert decode(emptied(older)).input.to_number == "+1202"


KEPT = events.SuppressionKept(entry_id="main-s1", since=1)
SUPPRESSIONS = [kind for kind in (*EVENTS, *COMMANDS) if "Suppression" in kind.__name__]


@pytest.mark.parametrize("kind", [kind for kind in SUPPRESSIONS if "reason" in kind.__struct_fields__])
def test_why_somebody_is_not_to_be_called_is_not_in_the_body(kind):
    """It is written by hand, and tells of people."""
    words = "Jane Doe of Elm Street asked her doctor"
    asked = {"entry_id": "main-s1"} if "entry_id" in kind.__struct_fields__ else {}
    told = kind(scope="company", value="+1202", reason=words, **asked)
    row = stored(record_of(told) if kind in EVENTS else record_of(KEPT, asked=(told,)))
    assert words not in row.body
    assert words in row.personal
    found = decode(row).input if kind in EVENTS else decode(row).commands[0]
    assert found == told
    older = msgspec.structs.replace(row, body=row.body.replace('"scope"', f'"reason":"{words}","scope"'), personal=None)
    found = decode(older).input if kind in EVENTS else decode(older).commands[0]
    assert found.reason == words


def test_a_digest_cannot_be_guessed_without_the_salt():
    """A telephone number has few possible values: without a salt one could try them all."""
    event = events.CallArrived(provider="t", provider_ref="CA1", to_number="+1", from_number="+4930")
    one = encode(record_of(event), FIRST_HASH, "salt one")
    two = encode(record_of(event), FIRST_HASH, "salt two")
    assert one.body == two.body
    assert one.personal_digest != two.personal_digest


def test_a_record_without_personal_values_has_no_personal_column():
    row = stored(record_of(events.AgentReady(agent_id="anna")))
    assert (row.personal, row.personal_digest) == (None, "")
    empty = stored(record_of(events.PlanRequested(leg_id="l", door=plan.Door.WAIT, nonce=1)))
    assert empty.personal is None


@pytest.mark.parametrize("column", ["body", "personal_digest", "at", "seq", "epoch", "actor", "config_hash", "site"])
def test_any_changed_column_breaks_the_chain(column):
    row = stored(record_of(events.PlanRequested(leg_id="l", door=plan.Door.DIGITS, nonce=1, digits="1")))
    value = getattr(row, column)
    changed = msgspec.structs.replace(row, **{column: value + 1 if isinstance(value, int) else f"{value} "})
    assert chain_hash(changed) != row.hash
    assert digest_of(row.personal) == row.personal_digest


def test_a_body_with_fields_nobody_knows_yet_can_be_read():
    """A newer server of the same vocabulary added a field: an older one that folds the journal passes it by."""
    row = stored(record_of(events.AgentReady(agent_id="anna")))
    body = json.loads(row.body)
    body["input"]["mood"] = "good"
    assert decode(msgspec.structs.replace(row, body=json.dumps(body))).input == events.AgentReady(agent_id="anna")


def test_a_body_of_a_newer_vocabulary_is_refused():
    row = stored(record_of(events.AgentReady(agent_id="anna")))
    body = {**json.loads(row.body), "v": VOCABULARY + 1}
    with pytest.raises(JournalDamaged, match="newer vocabulary"):
        decode(msgspec.structs.replace(row, body=json.dumps(body)))
    body["input"] = {"type": "AgentLevitated", "agent_id": "anna"}
    with pytest.raises(JournalDamaged, match="newer vocabulary"):
        decode(msgspec.structs.replace(row, body=json.dumps(body)))


@pytest.fixture
def older(monkeypatch):
    """The vocabulary has moved on by two versions since the record was written."""
    row = stored(record_of(events.AgentReady(agent_id="anna")))
    body = json.loads(row.body)
    body["input"] = {"type": "AgentAvailable", "agent": "anna"}
    monkeypatch.setattr(codec, "VOCABULARY", VOCABULARY + 2)
    monkeypatch.setitem(codec.UPCASTERS, VOCABULARY, rename_event)
    monkeypatch.setitem(codec.UPCASTERS, VOCABULARY + 1, rename_field)
    return msgspec.structs.replace(row, body=json.dumps(body))


def rename_event(body):
    return {**body, "input": {**body["input"], "type": "AgentReady"}}


def rename_field(body):
    given = dict(body["input"])
    given["agent_id"] = given.pop("agent")
    return {**body, "input": given}


def test_an_old_body_goes_through_every_upcaster_in_turn(older):
    assert decode(older).input == events.AgentReady(agent_id="anna")


def test_an_old_body_that_already_reads_goes_through_them_too(older, monkeypatch):
    """A change of meaning, not of shape: the old text is a valid new one, and says something else."""
    body = json.loads(older.body)
    body["input"] = {"type": "AgentReady", "agent_id": "anna", "agent": "ben"}
    assert decode(msgspec.structs.replace(older, body=json.dumps(body))).input == events.AgentReady(agent_id="ben")


def test_an_old_body_without_an_upcaster_is_refused(older, monkeypatch):
    monkeypatch.delitem(codec.UPCASTERS, VOCABULARY + 1)
    with pytest.raises(JournalDamaged, match="17"):
        decode(older)


@pytest.mark.parametrize(
    "body",
    [
        "",
        "{",
        "[]",
        "null",
        '{"v":1}',
        '{"v":"one","input":{}}',
        '{"v":1,"input":{"type":"NeverHappened"}}',
        '{"v":1,"input":{"type":"AgentReady"}}',
        '{"v":1,"input":{"type":"AgentReady","agent_id":7}}',
        '{"v":0,"input":{"type":"AgentReady","agent_id":"anna"}}',
        '{"v":1,"input":{"type":"LegEnded","leg_id":"l","cause":"BOREDOM"}}',
        "\ud800",
    ],
)
def test_a_damaged_body_is_refused_by_number_and_site(body):
    row = stored(record_of(events.AgentReady(agent_id="anna")))
    with pytest.raises(JournalDamaged, match="record 17 of site main"):
        decode(msgspec.structs.replace(row, body=body))


@pytest.mark.parametrize(
    "personal",
    ["", "{", '{"salt":"s"}', '{"salt":"s","values":[]}', '{"salt":"s","values":[[]]}', '{"salt":"s","values":[[7]]}'],
)
def test_a_damaged_personal_column_is_refused(personal):
    row = stored(record_of(events.PlanRequested(leg_id="l", door=plan.Door.DIGITS, nonce=1, digits="1")))
    with pytest.raises(JournalDamaged, match="record 17 of site main"):
        decode(msgspec.structs.replace(row, personal=personal))


def test_values_that_belong_to_derived_events_may_be_missing_only_loudly():
    arrived = events.CallArrived(provider="t", provider_ref="CA1", to_number="+1", from_number="+4930")
    found = events.CustomersFound(contact_id="c", matches=(events.Customer(customer_id="c1"),), count=1)
    row = stored(record_of(arrived, found))
    values = json.loads(row.personal)["values"]
    for wrong in (values[:1], [*values, ["x"]]):
        with pytest.raises(JournalDamaged):
            decode(msgspec.structs.replace(row, personal=json.dumps({"salt": "salt", "values": wrong})))


def test_the_same_record_is_the_same_text():
    record = record_of(events.CallArrived(provider="t", provider_ref="CA1", to_number="+1", from_number="+4930"))
    assert stored(record) == stored(record)


def test_every_message_has_a_name_of_its_own():
    names = [kind.__name__ for kind in (*EVENTS, *COMMANDS)]
    assert len(names) == len(set(names))
    assert sorted(kind.__name__ for kind in EVENTS) == sorted(
        name
        for name in events.__all__
        if name not in ("AnyEvent", "Event") and not issubclass(getattr(events, name), Record)
    )

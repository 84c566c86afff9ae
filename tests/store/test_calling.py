"""Our own lists, registries, the history of calls: what the journal leaves in the store, and how it is asked for."""

import msgspec
import pytest
from sqlalchemy import select

from cti.core import events as e
from cti.core.calling import Subject
from cti.core.commands import FindSuppression, GatherCallFacts
from cti.core.states import Outcome
from cti.store.attempts_projector import AttemptsProjector
from cti.store.call_facts import CallFacts
from cti.store.card import CustomerCard
from cti.store.counted import counted
from cti.store.customers import Customers
from cti.store.errors import StoreError
from cti.store.retention import erase_called
from cti.store.suppressions_projector import RegistriesProjector, SuppressionsProjector
from cti.store.tables import call_attempts, registries, suppressions
from tests.store.made import ARRIVED_AT, SITE, closed, record, started

NUMBER, OTHER = "+12125550123", "+12125550124"
WHO = Subject(person_id="p1", household_id="h1", lead_id="l1", debt_id="d1")


class Lists:
    """One registry, one version, one number."""

    def holds(self, registry_id: str, version: str, number: str) -> bool:
        if (registry_id, version) != ("us_national", "v1"):
            raise LookupError(f"version {version} of {registry_id} is not here")
        return number == NUMBER


def added(entry_id, value=NUMBER, scope="company", **fields):
    return e.SuppressionAdded(entry_id=entry_id, scope=scope, value=value, by="anna", **fields)


def removed(entry_id, value=NUMBER, scope="company", **fields):
    return e.SuppressionRemoved(entry_id=entry_id, scope=scope, value=value, by="ben", reason="asked", **fields)


def cleared(attempt_id, number=NUMBER, subject=WHO, **fields):
    named = {"campaign_id": "spring", "seller": "harbour", "purpose": "manual", "rules_version": "r"}
    return e.DialCleared(dial_id=attempt_id, number=number, subject=subject, **{**named, **fields})


async def project(store, *records):
    for kind in (SuppressionsProjector, RegistriesProjector, AttemptsProjector):
        await kind(store, SITE).project(records)


async def rows(store, table):
    return await store.read(lambda connection: connection.execute(select(table)).mappings().all())


async def gather(store, number=NUMBER, subject=None, **fields):
    asked = {"dial_id": "main-x1", "campaign_id": "spring", "seller": "harbour", **fields}
    return await CallFacts(store, SITE, Lists()).gather(GatherCallFacts(number=number, subject=subject, **asked))


async def test_an_entry_is_there_once_and_its_removal_stays_on_record(store):
    await project(
        store,
        record(1, added("main-s1", reason="angry", origin="agent")),
        record(2, added("main-s2")),
        record(3, removed("main-s1")),
        record(4, added("main-s4"), removed("main-s4"), added("main-s4.1")),
    )
    found = {row["entry_id"]: row for row in await rows(store, suppressions)}
    assert sorted(found) == ["main-s1", "main-s4", "main-s4.1"]
    first = found["main-s1"]
    assert (first["repeats"], first["added_by"], first["reason"], first["origin"]) == (1, "anna", "angry", "agent")
    assert (first["removed_seq"], first["removed_by"], first["removed_reason"]) == (3, "ben", "asked")
    assert [entry for entry, row in found.items() if not row["removed_at"]] == ["main-s4.1"]


@pytest.mark.parametrize(
    ("entry", "covered"),
    [
        (added("main-s1"), True),
        (added("main-s1", OTHER), False),
        (added("main-s1", "+1212", "area_code"), True),
        (added("main-s1", "+1213", "area_code"), False),
        (added("main-s1", "+1212555????", "wildcard"), True),
        (added("main-s1", "+1213555????", "wildcard"), False),
        (added("main-s1", "+1212555", "wireless"), True),
        (added("main-s1", "h1", "household"), True),
        (added("main-s1", "p1", "household"), True),
        (added("main-s1", "h2", "household"), False),
        (added("main-s1", seller="harbour"), True),
        (added("main-s1", seller="other"), False),
        (added("main-s1", scope="campaign", campaign_id="spring"), True),
        (added("main-s1", scope="campaign", campaign_id="autumn"), False),
    ],
)
async def test_what_covers_a_number_is_found(store, entry, covered):
    await project(store, record(1, entry))
    found = await gather(store, subject=WHO)
    assert [(each.list_id, each.scope) for each in found.listed] == ([("main-s1", entry.scope)] if covered else [])


async def test_patterns_are_remembered_until_one_is_added_or_removed(store):
    facts = CallFacts(store, SITE, Lists())
    asked = GatherCallFacts(dial_id="main-x1", campaign_id="spring", seller="harbour", number=NUMBER)
    pattern = "+1212555????"
    for seq, entry, listed in (
        (1, added("main-s1", pattern, "wildcard"), ["main-s1"]),
        (2, removed("main-s1", pattern, "wildcard"), []),
        (3, added("main-s3", pattern, "wildcard"), ["main-s3"]),
    ):
        await SuppressionsProjector(store, SITE).project([record(seq, entry)])
        assert [each.list_id for each in (await facts.gather(asked)).listed] == listed


async def test_registries_are_looked_into_in_the_version_that_is_asked_for(store):
    await project(store, record(1))
    found = await gather(store, registries=(("us_national", "v1"),))
    assert [each.list_id for each in found.listed] == ["us_national"]
    assert found.registries == (("us_national", "v1"),)
    missing = await gather(store, registries=(("us_national", "v2"),))
    assert missing.missing == "version v2 of us_national is not here"
    assert missing.listed == ()


async def test_the_answer_is_as_of_the_slower_projection_and_waits_for_what_is_asked(store):
    assert (await gather(store)).as_of_seq == 0
    await SuppressionsProjector(store, SITE).project([record(1), record(2)])
    await AttemptsProjector(store, SITE).project([record(1)])
    assert (await gather(store)).as_of_seq == 1
    await AttemptsProjector(store, SITE).project([record(2)])
    assert (await gather(store, since_seq=2)).as_of_seq == 2


async def test_earlier_calls_are_found_by_whom_they_were_for(store):
    await project(
        store,
        record(1, cleared("main-x1")),
        record(2, cleared("main-x2", OTHER, Subject(debt_id="d1"), seller="other", campaign_id="autumn")),
        record(3, cleared("main-x3", OTHER, None)),
        record(4, cleared("main-x4", OTHER, Subject(person_id="p1"), purpose="consult")),
    )
    found = await gather(store, subject=WHO)
    assert [(each.attempt_id, each.same) for each in found.attempts] == [
        ("main-x1", ("number", "person", "household", "lead", "debt", "seller", "campaign")),
        ("main-x2", ("debt",)),
    ]
    assert [each.at for each in found.attempts] == [ARRIVED_AT + 1, ARRIVED_AT + 2]


async def test_what_came_of_a_call_is_kept_with_it(store):
    await project(
        store,
        record(1, cleared("main-x1")),
        record(2, e.AttemptAnswered(attempt_id="main-x1")),
        msgspec.structs.replace(record(3), input=e.AttemptClassified(attempt_id="main-x1", outcome=Outcome.MACHINE)),
        record(4, e.AttemptConnected(attempt_id="main-x1"), e.AttemptConnected(attempt_id="main-x1")),
        record(5, e.AttemptAbandoned(attempt_id="main-x1")),
        record(6, e.AttemptEnded(attempt_id="main-x1", outcome=Outcome.HUMAN)),
    )
    [found] = (await gather(store)).attempts
    assert found.told == ("answers", "machines", "conversations", "abandoned")
    [row] = await rows(store, call_attempts)
    assert row["outcome"] == "HUMAN"


async def test_who_called_us_and_talked_with_an_agent_had_a_conversation(store):
    talk = e.ContactConnected(contact_id="main-c1", agent_id="anna", queue_id="q", waited_ms=0)
    await project(store, record(1, started("main-c1", NUMBER)), record(2, started("main-c2", NUMBER)))
    assert (await gather(store)).attempts == ()
    await project(store, record(3, talk), record(4, closed("main-c1"), closed("main-c2")))
    [found] = (await gather(store)).attempts
    assert (found.attempt_id, found.at, found.called, found.told) == (
        "main-c1",
        ARRIVED_AT + 3,
        False,
        ("conversations",),
    )
    assert [row["attempt_id"] for row in await rows(store, call_attempts)] == ["main-c1"]


async def test_a_conversation_at_another_number_of_theirs_is_theirs(store):
    talk = e.ContactConnected(contact_id="main-c1", agent_id="anna", queue_id="q", waited_ms=0)
    await project(store, record(1, started("main-c1", OTHER)), record(2, talk))
    assert (await gather(store)).attempts == ()
    await Customers(store, SITE).upsert_many([CustomerCard(customer_id="p1", numbers=(NUMBER, OTHER))])
    for subject, known_as in ((None, ("p1",)), (Subject(person_id="p1"), ())):
        found = await gather(store, subject=subject)
        assert (found.subject.other_numbers, found.subject.known_as) == ((OTHER,), known_as)
        assert [each.attempt_id for each in found.attempts] == ["main-c1"]
    assert (await gather(store, subject=Subject(person_id="p2"))).subject.known_as == ("p1",), (
        "no customer is called so"
    )


async def test_the_numbers_at_which_somebody_was_called_are_theirs(store):
    talk = e.ContactConnected(contact_id="main-c1", agent_id="anna", queue_id="q", waited_ms=0)
    earlier = record(1, cleared("main-x1", OTHER, Subject(person_id="p1")))
    await project(store, earlier, record(2, started("main-c1", OTHER)), record(3, talk))
    found = await gather(store, subject=Subject(person_id="p1"))
    assert found.subject.other_numbers == (OTHER,)
    assert [each.attempt_id for each in found.attempts] == ["main-x1", "main-c1"]


async def test_whom_a_call_was_for_is_forgotten_when_its_time_is_over(store):
    await project(store, record(1, cleared("main-x1")), record(2, cleared("main-x2")))
    assert await erase_called(store, SITE, ARRIVED_AT + 2) == 1
    assert [each.attempt_id for each in (await gather(store)).attempts] == ["main-x2"]
    first = next(row for row in await rows(store, call_attempts) if row["attempt_id"] == "main-x1")
    assert (first["number"], first["person_id"], first["debt_id"], first["campaign_id"]) == ("", "", "", "spring")
    assert await erase_called(store, SITE, ARRIVED_AT + 2) == 0


async def test_every_version_of_a_registry_says_who_switched_to_it(store):
    held = e.RegistrySwitchHeld(
        registry_id="us_national", version="v2", count=5, as_of=9, reason="it would shrink", by="anna"
    )
    switched = e.RegistrySwitched(
        registry_id="us_national", version="v2", count=5, as_of=9, by="anna", confirmed_by="ben"
    )
    await project(store, record(1, held), record(2, switched))
    names = ("seq", "status", "switched_by", "confirmed_by")
    found = [tuple(row[name] for name in names) for row in await rows(store, registries)]
    assert found == [(1, "held", "anna", ""), (2, "switched", "anna", "ben")]


async def test_a_lead_is_one_person_and_one_debt_by_whatever_number(store):
    await project(store, record(1, cleared("main-x1", OTHER, Subject(lead_id="l1"))))
    [found] = (await gather(store, subject=Subject(lead_id="l1"))).attempts
    assert {"lead", "person", "debt"} <= set(found.same)


async def test_entries_that_say_the_same_are_found(store):
    await project(store, record(1, added("main-s1", seller="harbour")), record(2, added("main-s2")))
    facts = CallFacts(store, SITE, Lists())
    asked = FindSuppression(scope="company", value=NUMBER, by="ben", reason="asked", request_id="r1", asked_seq=3)
    found = await facts.find_entries(asked)
    assert found.found == (e.FoundEntry(entry_id="main-s2", since=ARRIVED_AT + 2, seq=2),)
    assert (found.as_of_seq, found.reason, found.by, found.request_id) == (2, "asked", "ben", "r1")


async def test_an_entry_for_another_number_of_theirs_covers_the_call(store):
    await Customers(store, SITE).upsert_many([CustomerCard(customer_id="p1", numbers=(NUMBER, OTHER))])
    await project(
        store, record(1, added("main-s1", OTHER)), record(2, added("main-s2", "p1", "household", beside=OTHER))
    )
    assert [each.list_id for each in (await gather(store)).listed] == ["main-s1", "main-s2"]
    named = await gather(store, "+12125550199", Subject(person_id="p1"))
    assert [each.list_id for each in named.listed] == ["main-s1", "main-s2"]


async def test_whose_number_it_is_and_what_stands_beside_it_is_found(store):
    await Customers(store, SITE).upsert_many([CustomerCard(customer_id="c1", numbers=(NUMBER, OTHER))])
    beside = added("main-s2", "c1", "household", beside=NUMBER)
    explicit = added("main-s3", "c1", "household")
    await project(
        store, record(1, cleared("main-x1")), record(2, added("main-s1"), beside, explicit), record(3, beside)
    )
    facts = CallFacts(store, SITE, Lists())
    found = await facts.find_entries(FindSuppression(scope="company", value=NUMBER, entry_id="main-s9", persons=True))
    assert found.persons == ("c1", "p1")
    removal = await facts.find_entries(FindSuppression(scope="company", value=NUMBER))
    assert [(each.entry_id, each.value) for each in removal.beside] == [("main-s2", "c1")]
    assert (removal.persons, [each.entry_id for each in removal.found]) == ((), ["main-s1"])
    alone = await facts.find_entries(FindSuppression(scope="household", value="c1"))
    assert [each.entry_id for each in alone.found] == ["main-s3"]


async def test_a_refusal_is_kept_with_its_call_or_alone(store):
    reported = e.RefusalRecorded(attempt_id="main-f3", campaign_id="autumn", seller="harbour", number=NUMBER)
    await project(store, record(1, cleared("main-x1")), record(2, e.AttemptRefused(attempt_id="main-x1")))
    await project(store, record(3, reported))
    first, second = (await gather(store)).attempts
    assert (first.told, second.told, second.called) == (("refusals",), ("refusals",), False)
    assert "seller" in second.same
    assert "campaign" not in second.same
    named = await counted(store, SITE)
    assert (named.campaigns, named.sellers) == ({"spring", "autumn"}, {"harbour"})


async def test_a_refusal_stays_when_another_agent_goes_on_with_the_call(store):
    talks = [e.ContactConnected(contact_id="main-c1", agent_id=each, queue_id="q", waited_ms=0) for each in "ab"]
    refused = e.AttemptRefused(attempt_id="main-c1")
    await project(store, record(1, started("main-c1", NUMBER)), record(2, talks[0], refused), record(3, talks[1]))
    [found] = (await gather(store)).attempts
    assert (found.told, found.at) == (("conversations", "refusals"), record(3).at)


async def test_an_entry_that_has_lost_whom_it_is_about_may_be_about_anybody(store):
    """The store was lost, and the journal had forgotten the number: nobody is called until a copy is restored."""
    await project(store, record(1, added("main-s1", value="")), record(2, added("main-s2", OTHER)))
    found = await gather(store)
    assert found.missing == "entry main-s1 of our own lists has lost whom it is about: restore the store from a copy"
    for kind in (SuppressionsProjector, AttemptsProjector):
        with pytest.raises(StoreError, match="cannot be made anew"):
            await kind(store, SITE).reset()
    await SuppressionsProjector(store, SITE).project([record(3, removed("main-s1", value=""))])
    assert (await gather(store)).missing == ""

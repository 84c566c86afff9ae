"""What happens to a command when the world answers, answers badly, or does not answer."""

import pytest

from cti.core.base import changed
from cti.core.commands import (
    CheckLeg,
    CheckRecordings,
    FindSuppression,
    GatherCallFacts,
    HangUpLeg,
    LookUpCustomer,
    Originate,
    RedirectLeg,
    SendDigits,
)
from cti.core.events import (
    CallFactsGathered,
    CommandFailed,
    CustomersFound,
    LegPlaced,
    LegRefused,
    RecordingsChecked,
    SuppressionFound,
)
from cti.core.plan import Forward, Join, Park, Plan
from cti.core.ports import Result
from cti.runtime.outbox import (
    TRIES_MAX,
    Entry,
    Status,
    Step,
    after_restart,
    after_result,
    is_late,
    is_overtaken,
    step_of,
    unsent,
    voided,
)
from tests.centre import DIRECT, centre
from tests.site import Site

DIAL = Originate(leg_id="main-l9", call_id="main-r9", caller_id="+1", timeout_s=15, endpoint="client:anna")
HANG_UP = HangUpLeg(leg_id="main-l5", provider_ref="CA1")
MOVE = RedirectLeg(leg_id="main-l5", provider_ref="CA1", plan=Plan((Join(call_id="main-r9"),)), nonce=9)
PARK = RedirectLeg(leg_id="main-l5", provider_ref="CA1", plan=Plan((Park(),)), nonce=9)


def entry(command: object, status: Status = Status.INTENT, tries: int = 0) -> Entry:
    return Entry(command_id="9.0", seq=9, command=command, status=status, tries=tries)  # type: ignore[arg-type]


def wanted_dial() -> tuple[Site, Entry]:
    """A site whose agent has just accepted, and the dial that this asked for."""
    site = Site(centre())
    site.sign_in("anna")
    site.call(to=DIRECT)
    site.acknowledge("anna")
    site.accept("anna")
    dial = next(command for command in site.commands if isinstance(command, Originate))
    return site, entry(dial)


def test_a_dial_is_marked_before_it_leaves() -> None:
    site, dial = wanted_dial()
    assert step_of(dial, site.state) is Step.MARK_SENT


@pytest.mark.parametrize("status", [Status.SENT, Status.IN_DOUBT])
def test_a_dial_that_may_have_left_is_only_asked_about(status: Status) -> None:
    site, dial = wanted_dial()
    assert step_of(entry(dial.command, status), site.state) is Step.RECONCILE


def test_a_dial_in_doubt_is_asked_about_even_when_nobody_wants_it() -> None:
    site = Site(centre())
    assert step_of(entry(DIAL, Status.IN_DOUBT), site.state) is Step.RECONCILE
    assert step_of(entry(DIAL), site.state) is Step.VOID


def test_doubt_is_over_as_soon_as_a_report_tells_of_the_leg() -> None:
    site, dial = wanted_dial()
    site.alert(dial.command.leg_id)  # type: ignore[union-attr]
    in_doubt = entry(dial.command, Status.IN_DOUBT)
    assert step_of(in_doubt, site.state) is Step.VOID
    following = voided(in_doubt)
    assert (following.entry.status, following.events) == (Status.CONFIRMED, ())


def test_what_went_wrong_last_is_kept_without_anybodys_number() -> None:
    said = "HTTP 400, carrier's code 21211: +1 (617) 555-0123 is no number"
    again = after_result(entry(HANG_UP), Result("retry", detail=said)).entry
    assert again.detail == "HTTP 400, carrier's code 21211: ... is no number"
    assert after_result(again, Result("done")).entry.detail == again.detail


def test_an_answer_that_never_came_puts_a_dial_in_doubt_and_nothing_else() -> None:
    following = after_result(entry(DIAL, Status.SENT), Result("unknown"))
    assert following.entry.status is Status.IN_DOUBT
    assert following.events == ()
    assert following.wait_s > 0


def test_doubt_ends_with_the_leg_or_with_its_proved_absence() -> None:
    placed = LegPlaced(leg_id="main-l9", provider_ref="CA9")
    assert after_result(entry(DIAL, Status.IN_DOUBT), Result("done", (placed,))).events == (placed,)
    absent = after_result(entry(DIAL, Status.IN_DOUBT), Result("failed", code="ABSENT"))
    assert absent.entry.status is Status.CONFIRMED
    assert absent.events == (LegRefused(leg_id="main-l9", code="ABSENT"),)


def test_a_dial_that_surely_did_not_leave_may_be_tried_again_but_not_for_ever() -> None:
    again = after_result(entry(DIAL, Status.SENT), Result("retry", retry_after_s=4.0))
    assert again.entry.status is Status.INTENT
    assert again.wait_s == 4.0
    last = after_result(entry(DIAL, Status.SENT, tries=TRIES_MAX - 1), Result("retry"))
    assert last.events == (LegRefused(leg_id="main-l9", code="UNREACHABLE"),)


def test_other_commands_are_repeated_and_finally_reported() -> None:
    again = after_result(entry(HANG_UP), Result("retry", detail="slow"))
    assert again.entry.status is Status.INTENT
    assert again.entry.tries == 1
    last = after_result(entry(HANG_UP, tries=TRIES_MAX - 1), Result("retry", detail="slow"))
    assert last.events == (CommandFailed(command_id="9.0", leg_id="main-l5", code="UNREACHABLE", detail="slow"),)


def test_a_leg_that_is_gone_is_reported_and_a_failed_look_up_answers_the_flow() -> None:
    gone = after_result(entry(CheckLeg(leg_id="main-l5", provider_ref="CA1")), Result("failed", code="GONE"))
    assert gone.events == (CommandFailed(command_id="9.0", leg_id="main-l5", code="GONE"),)
    failed = after_result(entry(LookUpCustomer(contact_id="main-c5")), Result("failed", code="TIMEOUT"))
    assert failed.events == (CustomersFound(contact_id="main-c5", error="TIMEOUT"),)


@pytest.mark.parametrize("status", ["retry", "unknown"])
def test_a_question_about_recordings_is_asked_once_as_who_watches_them_asks_again(status: str) -> None:
    asked = after_result(entry(CheckRecordings(leg_id="main-l5", provider_ref="CA1")), Result(status, detail="slow"))
    assert (asked.entry.status, asked.events) == (Status.CONFIRMED, ())


def test_that_the_carrier_refuses_to_tell_of_recordings_is_reported() -> None:
    asked = after_result(entry(CheckRecordings(leg_id="main-l5", provider_ref="CA1")), Result("failed", code="REFUSED"))
    assert asked.events == (RecordingsChecked(leg_id="main-l5", refused=True),)


def test_after_a_restart_a_sent_dial_is_in_doubt_and_anything_else_is_done_again() -> None:
    assert after_restart(entry(DIAL, Status.SENT)).status is Status.IN_DOUBT
    assert after_restart(entry(DIAL)).status is Status.INTENT
    assert after_restart(entry(HANG_UP, Status.SENT, tries=3)) == entry(HANG_UP)


def test_in_doubt_a_caller_is_not_moved_into_a_room_again() -> None:
    assert after_result(entry(MOVE), Result("unknown")).entry.status is Status.VOID
    assert after_result(entry(MOVE), Result("retry")).entry.status is Status.INTENT
    site = Site(centre())
    restarted = after_restart(entry(MOVE))
    assert restarted.status is Status.IN_DOUBT
    assert step_of(restarted, site.state) is Step.VOID
    assert after_restart(entry(PARK)).status is Status.INTENT


def test_keys_are_not_pressed_twice() -> None:
    keys = entry(SendDigits(leg_id="main-l5", provider_ref="CA1", call_id="main-r9", digits="1"))
    assert after_result(keys, Result("unknown")).entry.status is Status.VOID
    assert after_result(keys, Result("retry")).entry.status is Status.INTENT
    assert step_of(after_restart(keys), Site(centre()).state) is Step.VOID


def test_of_a_dial_that_never_left_somebody_must_say_so() -> None:
    assert voided(entry(DIAL)).events == (
        LegRefused(leg_id="main-l9", code="WITHDRAWN", detail="it was not wanted any more"),
    )
    assert voided(entry(HANG_UP)).events == ()


@pytest.mark.parametrize("verb", [Forward(caller_id="+15550100"), Join(call_id="main-r9")], ids=["sent on", "moved"])
def test_what_would_harm_twice_is_not_repeated_in_doubt(verb: Forward | Join) -> None:
    moving = entry(RedirectLeg(leg_id="main-l5", provider_ref="CA1", plan=Plan((verb,)), nonce=9))
    assert after_result(moving, Result("unknown", detail="500")).entry.status is Status.VOID
    assert after_restart(moving).status is Status.IN_DOUBT


def test_what_was_cleared_for_a_moment_does_not_leave_later() -> None:
    """It waited for a retry, or for a worker to come back: the hours may be over by now."""
    site, dial = wanted_dial()
    timed = entry(changed(dial.command, leave_by=1_000))
    assert not is_late(timed, 1_000)
    assert is_late(timed, 1_001)
    assert not is_late(dial, 10**15), "an agent's leg leaves whenever it can"
    assert is_overtaken(timed, site.state, 1_001)
    assert not is_overtaken(timed, site.state, 999)
    assert not is_overtaken(dial, site.state, 10**15)


def test_what_somebody_said_not_to_call_does_not_leave_though_it_was_marked() -> None:
    site, dial = wanted_dial()
    timed = entry(changed(dial.command, leave_by=10**15), Status.SENT)
    site.hang_up(site.state.contacts.in_order()[0].leg_id)
    assert is_overtaken(timed, site.state, 0)
    following = unsent(timed)
    assert following.entry.status is Status.VOID
    assert [event.code for event in following.events if isinstance(event, LegRefused)] == ["WITHDRAWN"]


def test_who_cannot_look_into_the_lists_says_so() -> None:
    gather = GatherCallFacts(dial_id="main-l9", campaign_id="spring", seller="harbour")
    found = after_result(entry(gather), Result("failed", code="TIMEOUT", detail="it took too long"))
    assert found.events == (CallFactsGathered(dial_id="main-l9", missing="it took too long"),)
    find = FindSuppression(scope="company", value="+12025550123", by="ben", request_id="r1", origin="key_press")
    found = after_result(entry(find), Result("failed", code="TIMEOUT"))
    question = {"scope": "company", "value": "+12025550123", "by": "ben", "request_id": "r1", "origin": "key_press"}
    assert found.events == (SuppressionFound(**question, error="TIMEOUT"),)

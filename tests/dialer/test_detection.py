"""People who are taken for machines: how many, by what agents heard of the same calls."""

import pytest

from cti.cli.detection import told_apart
from cti.core import events as e
from cti.core.campaign_config import Answering
from cti.core.detection import DetectionDay
from cti.core.states import LeadStatus, Outcome
from cti.views.campaign import stand_of
from cti.views.detection import Detection, detection_of
from tests.dialer.campaign_site import CampaignSite, dialled
from tests.dialer.test_campaigns import join

KINDS = {"sold": "success", "later": "again", "machine": "machine", "other": "done"}
BESIDE = Answering(detect="beside")


def listening(kinds: dict[str, str] | None = None, answering: Answering = BESIDE) -> CampaignSite:
    site = CampaignSite(dialled(mode="progressive", answering=answering), agents=1, kinds=kinds or KINDS)
    site.start()
    return site


def talk(site: CampaignSite, made_out: Outcome | None, says: str = "") -> str:
    """An agent is there at once, the carrier makes something out, and then the agent says what it was."""
    (leg_id,) = site.pace(1)
    site.pick_up(leg_id)
    join(site, leg_id)
    contact_id = site.state.legs[leg_id].contact_id
    if made_out:
        site.take(e.AttemptClassified(attempt_id=leg_id, outcome=made_out))
    site.end(leg_id)
    if says:
        site.take(e.DispositionGiven(agent_id="a0", contact_id=contact_id, disposition=says, request_id="said"))
    else:
        site.wait(31_000)
    return leg_id


def found(site: CampaignSite) -> Detection:
    return stand_of(site.state, "spring", site.at).detection


def test_d38_people_who_were_taken_for_machines_are_estimated_by_what_agents_heard() -> None:
    site = listening()
    talk(site, Outcome.MACHINE, "machine")
    talk(site, Outcome.MACHINE, "later")  # a person, who was hung up on
    for _ in range(2):
        talk(site, Outcome.MACHINE)  # the agent says nothing
    talk(site, Outcome.HUMAN, "sold")
    told = found(site)
    assert (told.machines, told.heard, told.people, told.missed) == (4, 2, 1, 0)
    assert (told.estimate, told.at_most) == (2, 3)


def test_d38_where_no_agent_listens_nobody_knows() -> None:
    site = listening(answering=Answering(detect="first"))
    (leg_id,) = site.pace(1)
    site.pick_up(leg_id, answered_by=Outcome.MACHINE)
    site.end(leg_id)
    told = found(site)
    assert (told.machines, told.heard, told.estimate, told.at_most) == (1, 0, None, None)
    assert "nobody knows how many were people" in told_apart(told)


def test_who_cannot_say_that_it_was_a_machine_says_nothing_by_anything_else() -> None:
    site = listening({"sold": "success", "later": "again"})
    talk(site, Outcome.MACHINE, "later")
    assert (found(site).machines, found(site).heard) == (1, 0)


@pytest.mark.parametrize("made_out", [Outcome.HUMAN, Outcome.UNKNOWN, None])
def test_a_machine_that_an_agent_met_is_told_and_its_lead_is_called_again(made_out: Outcome | None) -> None:
    site = listening()
    leg_id = talk(site, made_out, "machine")
    told = found(site)
    assert (told.machines, told.missed, told.estimate) == (0, 1, 0)
    (scheduled,) = site.ever(e.LeadScheduled)
    expected = (LeadStatus.RETRY, Outcome.MACHINE, False)
    assert (scheduled.status, scheduled.last_outcome, scheduled.success) == expected
    assert [event.attempt_id for event in site.ever(e.DetectionJudged)] == [leg_id]


def test_what_was_found_survives_a_restart_and_is_forgotten_by_the_view_after_thirty_days() -> None:
    site = listening()
    talk(site, Outcome.MACHINE, "machine")
    site.restart()
    assert found(site).heard == 1
    assert stand_of(site.state, "spring", site.at + 30 * 86_400_000).detection.heard == 0


@pytest.mark.parametrize(
    ("machines", "heard", "people", "expected"),
    [
        (0, 0, 0, (0, 0)),
        (1_000, 0, 0, (None, None)),
        (1_000, 100, 0, (0, 24)),
        (1_000, 100, 3, (30, 69)),
        (100, 100, 3, (3, 3)),
        (10, 1, 1, (10, 10)),
    ],
)
def test_the_fewer_agents_heard_the_more_it_may_be(
    machines: int, heard: int, people: int, expected: tuple[int | None, int | None]
) -> None:
    told = detection_of([DetectionDay(day=1, machines=machines, heard=heard, people=people)])
    assert (told.estimate, told.at_most) == expected

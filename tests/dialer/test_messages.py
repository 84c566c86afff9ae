"""What people and machines hear where no agent is needed: broadcasts, and messages at the beep."""

from cti.core import events as e
from cti.core.campaign_config import Answering
from cti.core.commands import Originate, RedirectLeg
from cti.core.config import HangUpStep
from cti.core.plan import HangUp
from cti.core.states import LeadStatus, Outcome
from tests.centre import flow, say
from tests.dialer.campaign_site import SORRY, CampaignSite, dialled


def test_whoever_answers_a_broadcast_was_told_and_is_not_called_again() -> None:
    site = CampaignSite(dialled(mode="broadcast", flow_id="sorry"), agents=0)
    site.start()
    first, second = site.pace(2)
    site.pick_up(first)
    assert site.plans[first] == (SORRY, HangUp())
    site.end(first)
    assert site.ever(e.LeadScheduled)[-1].status is LeadStatus.DONE
    site.no_answer(second)
    assert site.ever(e.LeadScheduled)[-1].status is LeadStatus.RETRY


def test_a_machine_that_answers_a_broadcast_hears_nothing_where_it_is_told_apart_first() -> None:
    site = CampaignSite(dialled(mode="broadcast", flow_id="sorry", answering=Answering(detect="first")), agents=0)
    site.start()
    (leg_id,) = site.pace(1)
    site.pick_up(leg_id, answered_by=Outcome.MACHINE)
    assert site.plans[leg_id] == (HangUp(),)
    site.end(leg_id)
    assert site.ever(e.AttemptEnded)[-1].outcome is Outcome.MACHINE


def test_beside_a_broadcast_a_machine_is_told_anew_at_the_beep() -> None:
    answering = Answering(detect="beside", machine="flow", machine_flow="beep")
    beep = flow("beep", "say", say=HangUpStep(prompt=say("Call us.")))
    site = CampaignSite(dialled(mode="broadcast", flow_id="sorry", answering=answering), agents=0, flows=(beep,))
    site.start()
    (leg_id,) = site.pace(1)
    assert [each.to_beep for each in site.asked if isinstance(each, Originate) and each.called] == [True]
    site.pick_up(leg_id)
    assert site.plans[leg_id] == (SORRY, HangUp())
    site.take(e.AttemptClassified(attempt_id=leg_id, outcome=Outcome.MACHINE))
    (pushed,) = [command for command in site.commands if isinstance(command, RedirectLeg)]
    assert pushed.plan.verbs == (*say("Call us."), HangUp())


def test_a_message_is_left_at_the_beep() -> None:
    answering = Answering(detect="first", machine="flow", machine_flow="sorry")
    site = CampaignSite(dialled(answering=answering), agents=1)
    site.start()
    (leg_id,) = site.pace(1)
    assert [each.to_beep for each in site.asked if isinstance(each, Originate) and each.called] == [True]
    site.pick_up(leg_id, answered_by=Outcome.MACHINE)
    assert site.plans[leg_id] == (SORRY, HangUp())
    site.end(leg_id)
    assert site.ever(e.AttemptEnded)[-1].outcome is Outcome.MACHINE
    assert not site.ever(e.OfferMade)

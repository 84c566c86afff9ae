"""A list that no campaign calls, and which may be meant."""

import pytest

from cti.cli.leads.lists import slip_of
from tests.centre import centre, queue
from tests.dialer.calling_site import calling
from tests.dialer.campaign_site import OUTBOUND, dialled

CENTRE = centre(queues=(queue(OUTBOUND),), calling=calling(campaigns=(dialled("spring"),)))
(CALLED,) = CENTRE.calling.campaigns["spring"].dialling.claim.lists


@pytest.mark.parametrize(
    ("list_id", "said"),
    [
        (CALLED, ""),
        (f"{CALLED}s", f'No campaign calls the list {CALLED}s: did you mean "{CALLED}"?'),
        ("x", f"No campaign calls the list x: they call {CALLED}."),
    ],
)
def test_a_list_that_no_campaign_calls_is_told_with_those_that_are_called(list_id, said):
    assert slip_of(CENTRE, list_id) == said


def test_where_no_campaign_is_dialled_no_name_is_a_slip():
    assert slip_of(centre(), "x") == ""

"""Which segment a lead is in."""

from cti.core.events import Customer, LeadDetails, LeadNumber
from cti.core.leads import NOWHERE, ClaimSpec, Segment
from cti.core.numbering import Address
from cti.expressions.segments import NAMES, segments_of, values

LEAD = LeadDetails(
    numbers=(LeadNumber(number="+12125550101", kind="mobile"),),
    customer=Customer(customer_id="c1", segment="gold"),
    address=Address(country="US", state="US-FL"),
    attributes=(("plan", "basic"),),
    priority=2,
)
BARE = LeadDetails(numbers=(LeadNumber(number="+12125550101"),))


def spec(*conditions: str) -> ClaimSpec:
    return ClaimSpec(segments=tuple(Segment(segment_id=f"s{n}", when=each) for n, each in enumerate(conditions)))


def test_the_first_that_holds_is_the_leads_segment():
    segment_of = segments_of(spec("state == 'US-GA'", "attributes.plan == 'basic'", "true"))
    assert segment_of("spring", LEAD) == "s1"
    assert segment_of("spring", BARE) == "s2"


def test_a_lead_in_none_is_nowhere_and_without_segments_all_are_alike():
    assert segments_of(spec("list == 'autumn'"))("spring", LEAD) == NOWHERE
    assert segments_of(ClaimSpec())("spring", LEAD) == ""


def test_conditions_may_speak_of_everything_that_is_known():
    assert sorted(values("spring", BARE)) == NAMES
    every = "segment == 'gold' && country == 'US' && priority > 1 && 'mobile' in kinds && consent == ''"
    assert segments_of(spec(every))("spring", LEAD) == "s0"

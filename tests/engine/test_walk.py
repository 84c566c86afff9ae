"""A caller calls: the walk from the number to the disposition."""

from cti.core.states import AgentState
from tests.centre import MENU
from tests.site import Site


def test_the_walk():
    site = Site()
    site.sign_in("anna")
    leg = site.call(to=MENU)
    site.press(leg, "1")
    assert site.agent_is("anna") is AgentState.RESERVED
    agent_leg = site.talk(leg, "anna")
    assert site.agent_is("anna") is AgentState.BUSY
    site.part(leg, agent_leg)
    assert site.agent_is("anna") is AgentState.WRAP_UP
    site.dispose("anna", leg)
    assert site.agent_is("anna") is AgentState.READY
    site.everybody_goes()

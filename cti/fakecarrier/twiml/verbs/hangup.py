"""`<Hangup>` and `<Reject>`: the two ways in which a document ends a call on purpose."""

from xml.etree.ElementTree import Element

from cti.fakecarrier.legs.run import Ending
from cti.fakecarrier.twiml.stage import Outcome, Stage


async def hangup(stage: Stage, _verb: Element) -> Outcome:
    """Answer, if need be, and hang up."""
    stage.answer()
    return Ending(by="document", reason="hangup")


async def reject(stage: Stage, verb: Element) -> Outcome:
    """Refuse a call that is still ringing, as busy or as not in service; an answered one is hung up."""
    reason = stage.attributes(verb).text("reason", "rejected")
    if reason not in {"rejected", "busy"}:
        stage.warn(13810, f"reason={reason!r} makes no sense in <Reject>; the default is taken")
    if stage.leg.status != "ringing":
        return Ending(by="document", reason="reject")
    if reason == "busy":
        return Ending(by="document", reason="reject", status="busy", sip_code=486)
    return Ending(by="document", reason="reject", status="no-answer", sip_code=603)

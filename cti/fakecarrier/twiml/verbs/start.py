"""`<Start>` and `<Stop>`: what goes on beside the documents. Only recordings can be started here."""

from xml.etree.ElementTree import Element

from cti.fakecarrier.twiml.recording_order import recording_order
from cti.fakecarrier.twiml.stage import Outcome, Stage


async def start(stage: Stage, verb: Element) -> Outcome:
    """Answer and record from now on, through whatever documents come, until REST stops it or the call ends."""
    stage.answer()
    for noun in verb.findall("Recording"):
        channels = stage.attributes(noun).choice("channels", ("mono", "dual"), "mono")
        order = recording_order(stage, noun, "StartCallRecordingTwiML", channels=2 if channels == "dual" else 1)
        stage.carrier.recordings.start(order, call_sid=stage.leg.sid)
    return None


async def stop(_stage: Stage, _verb: Element) -> Outcome:
    """Nothing here can be stopped by a document: a recording is stopped by REST."""
    return None

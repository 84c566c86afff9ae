"""What a verb or noun asks for when it wants something recorded."""

from xml.etree.ElementTree import Element

from cti.fakecarrier.ledger.wire import RecordingSource
from cti.fakecarrier.legs.leg import Link, Subscription
from cti.fakecarrier.recordings.order import DEFAULT_RECORDING_EVENTS, RECORDING_EVENTS, TRACKS, RecordingOrder
from cti.fakecarrier.twiml.stage import Stage


def recording_order(stage: Stage, element: Element, source: RecordingSource, *, channels: int = 1) -> RecordingOrder:
    """How to record, and whom to tell, by the element's attributes."""
    attributes = stage.attributes(element)
    url = attributes.text("recordingStatusCallback")
    subscription = None
    if url:
        link = Link(stage.document.resolve(url), attributes.method("recordingStatusCallbackMethod", 12200))
        events = attributes.events("recordingStatusCallbackEvent", RECORDING_EVENTS, DEFAULT_RECORDING_EVENTS)
        subscription = Subscription(link, events)
    name = "track" if element.tag == "Recording" else "recordingTrack"
    return RecordingOrder(
        source=source, channels=channels, track=attributes.choice(name, TRACKS, "both"), subscription=subscription
    )

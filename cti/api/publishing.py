"""Called for each record once it is durable: desktops, supervisors and those who wait for the turn are told."""

from cti.api.ports import Fanout
from cti.api.topics import CONTACTS, EVERYONE, HEAD, agent_topic, supervisor_topic, token_topic
from cti.core.events import ContactClosed, TokenRevoked
from cti.core.record import TurnRecord
from cti.views.board_answers import answers_of
from cti.views.board_frames import ContactDone
from cti.views.desktop import frames_of
from cti.views.frames import encode
from cti.views.record import contact_record


def publish_record(fanout: Fanout, record: TurnRecord) -> None:
    """Publish what a turn means to whoever listens. Call it in the order of the record, for every record."""
    seq = record.seq
    for agent_id, frame in frames_of(record):
        topic = agent_topic(agent_id) if agent_id else EVERYONE
        fanout.publish(topic, seq, encode(frame), frame.index)
    for supervisor_id, answer in answers_of(record):
        fanout.publish(supervisor_topic(supervisor_id), seq, encode(answer))
    for index, event in enumerate(record.events):
        if type(event) is ContactClosed:
            done = ContactDone(seq=seq, contact=contact_record(event, record.at))
            fanout.publish(CONTACTS, seq, encode(done), index)
    if type(record.input) is TokenRevoked:
        fanout.publish(token_topic(record.input.token_hash), seq, b"")
    fanout.publish(HEAD, seq, b"")


async def published(fanout: Fanout, seq: int) -> None:
    """Until turn `seq` is durable and published."""
    while fanout.head < seq:
        subscription = fanout.subscribe(HEAD)
        try:
            await subscription.next()
        finally:
            fanout.unsubscribe(subscription)

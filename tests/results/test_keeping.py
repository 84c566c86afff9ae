"""What is personal goes: what was received at once, notes with the journal's, what waits or was refused not before."""

from sqlalchemy import func, select

from cti.core.events import DispositionRecorded
from cti.store.result_tables import call_notes, results
from cti.store.results.projector import ResultsProjector
from cti.store.retention import forget
from tests.dialer.short_shift import shift
from tests.results.sending import project, sending, stands, target
from tests.store.made import SITE, closed, record

RESULTS = 5
SAID = DispositionRecorded(contact_id="c1", agent_id="ann", disposition="sold", note="a secret of theirs")


async def test_what_was_received_is_emptied_and_later_deleted_and_what_was_refused_stays(store, receiver):
    site = shift(target(receiver))
    await project(store, site)
    receiver.answer = lambda said: (422, "") if said["data"]["outcome"] == "machine" else (200, "")
    async with sending(store, receiver):
        await stands(store, lambda stand: (stand.sent, stand.aside) == (RESULTS - 1, 1))
    bodies = select(results.c.status, results.c.body)
    kept = await store.read(lambda connection: connection.execute(bodies).all())
    assert {status for status, body in kept if body} == {"ASIDE"}
    notes = select(func.count()).where(call_notes.c.note != "").select_from(call_notes)
    assert await store.read(lambda connection: connection.scalar(notes)) == 1
    await forget(store, SITE, 2**53, 0, 0)
    assert await store.read(lambda connection: connection.scalar(notes)) == 0
    left = await store.read(lambda connection: connection.scalars(select(results.c.status)).all())
    assert list(left) == ["ASIDE"]


async def test_nothing_is_kept_of_what_is_said_of_those_who_call_us(store):
    await ResultsProjector(store, SITE).project([record(1, SAID)])
    notes = select(call_notes.c.note)
    assert await store.read(lambda connection: connection.scalar(notes)) == "a secret of theirs"
    await ResultsProjector(store, SITE).project([record(2, closed("c1"))])
    assert await store.read(lambda connection: connection.scalar(notes)) is None

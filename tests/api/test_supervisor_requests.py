"""What supervisors ask for: each answered, to them alone, and none done twice."""

import msgspec
import pytest

from cti.api.auth import in_force
from cti.api.parsing import Unusable
from cti.api.supervisor_requests import parse_supervisor_request, supervisor_event
from cti.core import events as e
from cti.core.config import SupervisorConfig
from cti.core.states import AgentState, SupervisorMode
from cti.views import board_frames as b
from cti.views import frames as f
from tests.api.house import SUPERVISOR_PATH, hash_of, open_house, wall_clock
from tests.centre import agent, centre, queue

decoder = msgspec.json.Decoder(b.AnyBoardFrame)
SUE = SupervisorConfig(supervisor_id="sue", name="Sue", endpoint="client:sue")
CENTRE = centre(agent("anna"), agent("ben"), queues=(queue(wrap_up_s=30),), supervisors={"sue": SUE})


class Console:
    """A supervisor's end of the wire."""

    def __init__(self, websocket) -> None:
        self.websocket = websocket
        self.board = {}
        self._asked = 0

    async def until(self, kind, **fields):
        while True:
            frame = decoder.decode(await self.websocket.recv())
            if isinstance(frame, b.WholeBoard | b.BoardChanged):
                self.board |= {row.contact_id: row for row in frame.rows.contacts}
            if isinstance(frame, kind) and all(getattr(frame, name) == value for name, value in fields.items()):
                return frame

    async def ask(self, kind, request_id="", **fields):
        self._asked += 1
        request_id = request_id or f"{self.websocket.id.hex}-{self._asked}"
        text = msgspec.json.encode({"type": kind, "request_id": request_id, **fields}).decode()
        await self.websocket.send(text)
        return await self.until(b.BoardDone | b.BoardRefused, request_id=request_id)

    async def shows(self, condition):
        while not self.board or not condition(self.board):
            await self.until(b.BoardChanged)


@pytest.fixture
async def house():
    async with open_house(CENTRE) as house:
        yield house


async def console(house, name="sue"):
    token = await house.issue(name, "supervisor")
    return house.connect(token, path=SUPERVISOR_PATH)


async def test_an_agent_is_put_into_a_state(house):
    async with await console(house) as websocket, house.desktop(await house.issue("anna")) as anna:
        sue = Console(websocket)
        refused = await sue.ask("force_state", agent_id="anna", state="ready")
        assert (refused.code, bool(refused.detail)) == ("signed_out", True)
        await anna.ask("sign_in")
        assert isinstance(await sue.ask("force_state", agent_id="anna", state="ready"), b.BoardDone)
        await anna.until(f.State, ready=True)
        await sue.ask("force_state", agent_id="anna", state="not_ready", reason="training")
        assert (await anna.until(f.State)).reason == "training"
        await sue.ask("force_state", agent_id="anna", state="signed_out")
        await anna.until(f.State, presence="SIGNED_OUT")
        # Answers are for who asked.
        assert not [frame for frame in anna.frames if isinstance(frame, f.Refused)]
        assert len([frame for frame in anna.frames if isinstance(frame, f.Done)]) == 1
    [record] = [r async for r in house.gate.read(0) if getattr(r.input, "reason", "") == "training"]
    assert (record.actor, record.input.supervisor_id) == ("supervisor:sue", "sue")


async def test_a_conversation_is_heard(house):
    async with await console(house) as websocket, house.desktop(await house.issue("anna")) as anna:
        sue = Console(websocket)
        assert (await sue.ask("supervise", contact_id="main-c1", mode="MONITOR")).code == "not_connected"
        await anna.work()
        contact_id = await house.call()
        offer = await anna.until(f.Offer)
        await anna.ask("accept", offer_id=offer.offer_id)
        await house.bridge(contact_id)
        assert isinstance(await sue.ask("supervise", contact_id=contact_id, mode="MONITOR"), b.BoardDone)
        await sue.shows(lambda board: bool(board[contact_id].supervisions))
        assert sue.board[contact_id].supervisions == (b.BoardSupervision(supervisor_id="sue", mode="MONITOR"),)
        await sue.ask("supervise", contact_id=contact_id, mode="BARGE")
        await sue.shows(lambda board: board[contact_id].supervisions[0].mode == "BARGE")
        await house.held(house.state.contacts[contact_id].leg_id)
        await sue.shows(lambda board: board[contact_id].on_hold)
        assert isinstance(await sue.ask("end_supervision", contact_id=contact_id), b.BoardDone)
        await sue.shows(lambda board: not board[contact_id].supervisions)
        assert (await sue.ask("end_supervision", contact_id=contact_id)).code == "not_there"
        assert "sue" not in str(anna.frames)


async def test_who_has_no_phone_cannot_listen(house):
    async with await console(house, "boss") as websocket, house.desktop(await house.issue("anna")) as anna:
        await anna.work()
        contact_id = await house.call()
        await anna.ask("accept", offer_id=(await anna.until(f.Offer)).offer_id)
        await house.bridge(contact_id)
        assert (await Console(websocket).ask("supervise", contact_id=contact_id, mode="BARGE")).code == "no_endpoint"


async def test_a_request_that_is_asked_again_has_one_effect_and_the_first_answer(house):
    token = await house.issue("sue", "supervisor")
    wanted = {"agent_id": "anna", "state": "ready"}
    async with house.connect(token, path=SUPERVISOR_PATH) as websocket:
        assert (await Console(websocket).ask("force_state", "mine", **wanted)).code == "signed_out"
    async with house.connect(token, path=SUPERVISOR_PATH) as websocket:
        again = await Console(websocket).ask("force_state", "mine", **wanted)
        assert (again.code, again.seq) == ("signed_out", 0)
    assert len(await house.inputs(e.StateForced)) == 1


async def test_two_supervisors_are_told_apart(house):
    async with await console(house) as first, await console(house, "tom") as second:
        sue, tom = Console(first), Console(second)
        assert (await sue.ask("force_state", "same", agent_id="anna", state="ready")).code == "signed_out"
        assert isinstance(await tom.ask("force_state", "same", agent_id="anna", state="signed_out"), b.BoardDone)
    assert [event.supervisor_id for event in await house.inputs(e.StateForced)] == ["sue", "tom"]


async def test_a_request_that_made_the_rules_fail_is_refused(house):
    async with await console(house) as websocket:
        sue = Console(websocket)
        await sue.until(b.WholeBoard)
        await house.post(e.InputRejected(input_type="x", reason="y", supervisor_id="sue", request_id="mine"))
        assert (await sue.until(b.BoardRefused)).code == "failed"


async def test_what_is_no_request_is_refused_and_the_connection_stays(house):
    async with await console(house) as websocket:
        sue = Console(websocket)
        for text, code in (
            ("hello?", "malformed"),
            ("{}", "unknown_request"),
            ('{"type":"ready","request_id":"x"}', "unknown_request"),
            ('{"type":"force_state","request_id":"x","agent_id":"anna","state":"asleep"}', "malformed"),
            ('{"type":"supervise","request_id":"x","contact_id":"c","mode":"SPY"}', "malformed"),
            (
                '{"type":"supervise","request_id":"x","contact_id":"c","mode":"BARGE","supervisor_id":"tom"}',
                "malformed",
            ),
        ):
            await websocket.send(text)
            assert (await sue.until(b.BoardRefused)).code == code
        await websocket.send(b"\x00")
        assert (await sue.until(b.BoardRefused)).code == "not_text"
        assert isinstance(await sue.ask("force_state", agent_id="anna", state="signed_out"), b.BoardDone)
    assert house.state.agents["anna"].presence == AgentState.SIGNED_OUT


async def test_while_nothing_can_be_recorded_requests_are_refused_and_may_be_asked_again(house):
    async with await console(house) as websocket:
        sue = Console(websocket)
        await sue.until(b.WholeBoard)
        house.gate.hold("the disk is full")
        wanted = {"agent_id": "anna", "state": "signed_out"}
        assert (await sue.ask("force_state", "patient", **wanted)).code == "holding"
        house.gate.open(house.driver, house.journal)
        assert isinstance(await sue.ask("force_state", "patient", **wanted), b.BoardDone)


async def test_a_phone_that_may_not_be_dialled_is_said_so():
    abroad = SupervisorConfig(supervisor_id="sue", name="Sue", endpoint="tel:+4930111")
    config = centre(agent("anna"), supervisors={"sue": abroad}, dial_prefixes=("+1202",))
    async with (
        open_house(config) as house,
        await console(house) as websocket,
        house.desktop(await house.issue("anna")) as anna,
    ):
        await anna.work()
        contact_id = await house.call()
        await anna.ask("accept", offer_id=(await anna.until(f.Offer)).offer_id)
        await house.bridge(contact_id)
        refused = await Console(websocket).ask("supervise", contact_id=contact_id, mode="MONITOR")
        assert refused.code == "not_allowed"
        assert not [frame for frame in anna.frames if isinstance(frame, f.Refused)]


async def test_a_token_is_looked_up_again_for_each_request(house):
    wall = wall_clock()
    boss, late = await house.issue("boss", "supervisor"), await house.issue("tom", "supervisor", wall + 60_000)
    by_hash = house.state.tokens
    assert in_force(house.gate, by_hash[hash_of(boss)], wall)
    assert in_force(house.gate, by_hash[hash_of(late)], wall)
    assert not in_force(house.gate, by_hash[hash_of(late)], wall + 60_000)
    token = by_hash[hash_of(boss)]
    await house.revoke(boss)
    assert not in_force(house.gate, token, wall)


async def test_an_agents_token_opens_nothing_here(house):
    token = await house.issue("anna")
    with pytest.raises(Exception, match="403"):
        async with house.connect(token, path=SUPERVISOR_PATH):
            pass


def test_each_request_has_the_fields_of_its_event():
    texts = {
        "supervise": ({"contact_id": "c", "mode": "WHISPER"}, e.SupervisionRequested),
        "end_supervision": ({"contact_id": "c"}, e.SupervisionEndRequested),
        "resume_dials": ({}, e.DialsResumeRequested),
        "force_state": ({"agent_id": "a", "state": "not_ready", "reason": "lunch"}, e.StateForced),
    }
    for kind, (fields, event_type) in texts.items():
        text = msgspec.json.encode({"type": kind, "request_id": "x", **fields}).decode()
        event = supervisor_event(parse_supervisor_request(text), "sue")
        assert type(event) is event_type
        assert msgspec.structs.asdict(event) == {"supervisor_id": "sue", "request_id": "x", **fields}
    assert SupervisorMode.WHISPER == "WHISPER"
    with pytest.raises(Unusable):
        parse_supervisor_request('{"type":"supervise","request_id":"x"}')

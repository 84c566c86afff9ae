"""The demonstration's screen, as a terminal of a given size shows it, and its figures."""

import io
from pathlib import Path

import pytest
from rich.console import Console

from cti.cli.demo.figures import counts_of, table_of
from cti.cli.demo.screen import Scene, draw, who
from cti.cli.demo.seats import command_line
from cti.client import ContactRecord, Customer, ScreenPop, Wallboard
from cti.client.wallboard import AgentRow, ContactRow, QueueRow

NAMES = "Anna Whitfield,Ben Okafor,Carla Mendes,Dmitri Halvorsen,Elena Marsh,Farid Nazari,Grace Lindqvist,Hugo Brandt"
NOTE = "12:00:00  worker 4545 was killed (SIGKILL); worker 4546 took over, new calls waited 0.7 s in the backlog"


def pop(**more):
    return ScreenPop(queue_id="sales", to_number="+12025550100", **{"match": "none", **more})


def scene(contacts=30):
    """A busy centre."""
    board = Wallboard()
    for queue in ("sales", "support", "tiny", "vip"):
        board.queues[queue] = QueueRow(queue_id=queue, name=queue.title(), waiting=2, offered=1, oldest_queued_at=1)
    for name in NAMES.split(","):
        agent_id = name.split()[0].lower()
        board.agents[agent_id] = AgentRow(agent_id=agent_id, name=name, state="BUSY", contact_ids=("main-c1",))
    for number in range(contacts):
        row = ContactRow(contact_id=f"main-c{number}", state="QUEUED", queue_id="sales", arrived_at=number + 1)
        board.contacts[row.contact_id] = row
    finished = [
        ContactRecord(contact_id=f"main-c{900 + number}", outcome="connected", cause="CALLER_HUNG_UP",
                      connected_at=1_000, ended_at=6_000, talk_ms=5_000, agent_ids=("anna",), disposition="sale")
        for number in range(60)
    ]  # fmt: skip
    pops = [("anna", pop(match="one", customers=(Customer(customer_id="c1", name="Alma Reyes", segment="retail"),)))]
    return Scene(name="Corner Shop", board=board, finished=finished, pops=pops, notes=[NOTE],
                 pids={"server": 4544, "worker": 4546, "spare": 4547, "follower": 4548})  # fmt: skip


def shown(what, width, height):
    console = Console(width=width, height=height, file=io.StringIO(), force_terminal=False, legacy_windows=False)
    console.print(draw(what, width, height))
    return console.file.getvalue().removesuffix("\n").split("\n")


@pytest.mark.parametrize(("width", "height"), [(80, 24), (160, 50), (100, 30), (60, 15), (250, 80)])
def test_it_fills_the_terminal_and_no_more(width, height):
    lines = shown(scene(), width, height)
    assert len(lines) == height
    assert max(map(len, lines)) <= width


@pytest.mark.parametrize(("width", "height"), [(80, 24), (160, 50)])
def test_everything_that_matters_is_there(width, height):
    text = "\n".join(shown(scene(), width, height))
    for word in (
        "Corner Shop", "server answers", "0 menu, 30 waiting, 0 offered, 0 talking", "60 over: 60 talked",
        *NAMES.split(","), "Alma Reyes (retail)", "waits: sales", "main-c959",
        "5 s with anna", "caller hung up; sale", "server 4544", "worker 4546", "follower 4548", "was killed (SIGKILL)",
    ):  # fmt: skip
        assert word in text, text
    assert "more)" in text  # callers that do not fit are counted
    assert "0.7 s in the" in text


def test_a_seat_is_a_line_that_can_be_copied():
    what = scene()
    what.seats = [command_line("http://127.0.0.1:40909", command, Path("var/demo/agent.token").absolute())
                  for command in ("agent", "watch")]  # fmt: skip
    lines = [line.rstrip() for line in shown(what, 80, 24)]
    first = lines.index("sit in, in another terminal:")
    assert lines[first + 1 : first + 3] == what.seats
    assert what.seats[0].endswith("cti agent --url http://127.0.0.1:40909 --token @var/demo/agent.token")
    assert len(lines) == 24
    assert "12:00:00  worker 4545 was killed" in lines[first + 3]


@pytest.mark.parametrize("width", [80, 100])
def test_large_numbers_leave_the_words_of_the_head_whole(width):
    what = scene(100)
    what.finished *= 40
    for number in range(30):
        state = "CONNECTED" if number < 20 else "QUEUED"
        what.board.contacts[f"more {number}"] = ContactRow(contact_id=f"more {number}", state=state, agent_id="anna")
    what.live = False
    lines = shown(what, width, 24)
    assert lines[0].startswith("Corner Shop")
    assert lines[0].endswith("server is coming back ...   Ctrl-C ends")
    assert "0 menu, 100 waiting, 10 offered, 20 talking" in lines[1]
    assert "2400 over: 2400 talked, 0 left" in lines[1]


def stand(**more):
    """How a campaign stands, with the ledger of one state beside the country's."""
    lines = {"asked": 1, "ringing": 3, "waiting": 0, "talking": 2, "others": 0}
    of_state = {"rule_id": "US-CA-1PCT", "ceiling_ppm": 10_000, "answers": 0, "abandoned": 0, "room": 0}
    of_all = {"rule_id": "US-ABN-3", "ceiling_ppm": 30_000, "answers": 1_214, "abandoned": 32, "room": 4}
    return {"name": "Sea charts", "status": "RUNNING", "lines": lines, "ledgers": [of_state, of_all | more]}


@pytest.mark.parametrize(
    ("width", "words"),
    [
        (70, "Sea charts: 4 in the air, 2 talking; 32 of 1,214 abandoned"),
        (80, "Sea charts: 4 in the air, 2 talking; 1,214 answered, 32 abandoned: 2.64 of 3 %"),
        (120, "Sea charts: 4 in the air, 2 talking; 1,214 answered, 32 abandoned: 2.64 of 3 %, 4 more may be"),
    ],
)
def test_the_campaign_has_a_line_in_the_head(width, words):
    what = scene()
    what.campaign = stand()
    lines = shown(what, width, 24)
    assert lines[2].rstrip() == words
    assert len(lines) == 24


def test_of_a_campaign_that_does_not_run_it_is_told():
    what = scene()
    what.campaign = stand(room=0) | {"status": "PAUSED"}
    assert shown(what, 120, 24)[2].startswith("Sea charts: paused, 4 in the air")
    assert shown(what, 120, 24)[2].rstrip().endswith("no more may be")


def test_whom_the_campaign_called_is_told_there_and_not_among_the_callers():
    what = scene(0)
    what.campaign, what.campaign_queues = stand(), ("charts",)
    what.board.queues["charts"] = QueueRow(queue_id="charts", name="Charts")
    what.board.contacts["main-c1"] = ContactRow(contact_id="main-c1", direction="OUTBOUND", state="CONNECTED")
    text = "\n".join(shown(what, 120, 40))
    assert "0 talking " in text
    assert "talks" not in text
    assert "Charts  " not in text


def test_nobody_answers():
    what = scene(0)
    what.live = False
    assert "server is coming back" in shown(what, 80, 24)[0]


def test_nothing_is_there_yet():
    assert len(shown(Scene(name="Corner Shop", board=Wallboard()), 80, 24)) == 24


@pytest.mark.parametrize(
    ("seen", "said"),
    [
        (pop(from_number="+13035550101"), "+13035550101, unknown"),
        (pop(from_number="+13035550101", match="pending"), "+13035550101, looking ..."),
        (pop(from_number="anonymous", match="withheld"), "no number"),
        (pop(match="several", customers=(Customer(customer_id="1", name="A"), Customer(customer_id="2", name="B"))),
         "one of 2: A, B"),
    ],
)  # fmt: skip
def test_who_is_calling(seen, said):
    assert who(seen) == said


def contact(outcome, queue_refused="", flow_id="main"):
    return {"outcome": outcome, "queue_refused": queue_refused, "flow_id": flow_id}


CONTACTS = [
    contact("connected"),
    contact("connected", queue_refused="full"),
    contact("abandoned_in_flow", flow_id="warehouse"),
    contact("abandoned_in_queue"),
    contact("flow_ended", queue_refused="full"),
    contact("flow_ended", flow_id="warehouse"),
    contact("flow_ended"),
    contact("quarantined"),
]


def test_every_call_is_in_one_row():
    counts = counts_of(CONTACTS)
    assert sum(counts.values()) == len(CONTACTS)
    assert list(counts.values()) == [2, 1, 1, 3, 1, 0]


def test_the_sum_is_shown_for_both_sides():
    verdict = {"contacts": 9, "connected": 2, "abandoned_in_menu": 1, "abandoned_in_queue": 1, "finished_by_flow": 3,
               "lost": 1, "live": 1}  # fmt: skip
    console = Console(width=100, file=io.StringIO())
    console.print(table_of(CONTACTS, verdict))
    rows = [line.replace("│", " ").split() for line in console.file.getvalue().splitlines()]
    assert [*"all calls".split(), "8", "9"] in rows
    assert [*"not over yet".split(), "0", "1"] in rows
    assert [*"1 queue full".split()] in rows

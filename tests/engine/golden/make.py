"""Make the golden journal of this logic: a day in the example centre, by dice. `python -m tests.engine.golden.make`

An old one of an earlier logic stays: it must go on folding for ever. Its digest is that of a snapshot; so it changes,
and only then, when rows gain a field. `python -m tests.engine.golden.make digests` writes the digests of all anew: look
first at what else may have moved. (Of logic 1: contacts gained `answered_at`, agents' assignments their offer.)
"""

import sys
from pathlib import Path

import msgspec

from cti import engine
from cti.configuration.load import load
from cti.core import events as e
from cti.core.config import SupervisorConfig
from cti.core.states import ContactState, SupervisorMode, TransferKind
from tests.engine.golden.replay import FOLDER, decide_again, digest, fold, read
from tests.player import Player
from tests.site import Site

ROOT = Path(__file__).parents[3]
STEPS, TALKS = 600, 400
"""So many steps of anything, then so many of which most are in conversations."""

CONNECT_TRIES_MAX = 50
SEEDS_MAX = 200

MAIN = "+12025550100"

CROWDED = "+12025550101"
"""The number with the shortest line."""

WANTED = (
    e.ContactConnected,
    e.ContactRequeued,
    e.ContactQuarantined,
    e.OfferDeclined,
    e.OfferExpired,
    e.OfferWithdrawn,
    e.QueueRefused,
    e.AgentAbsent,
    e.DeviceSuspected,
    e.WrapUpEnded,
    e.AttributeSet,
    e.ScreenPopUpdated,
    e.ConsultAnswered,
    e.ConsultEnded,
    e.ConferenceStarted,
    e.ContactTransferred,
    e.ContactForwarded,
    e.SupervisionStarted,
    e.SupervisionChanged,
    e.RecordingStarted,
    e.RecordingPaused,
    e.DialQueued,
    e.DialRefused,
    e.ReportIgnored,
)
"""What a day must have seen to be worth keeping."""


def day(seed: int) -> Site:
    """A day by these dice: in the course of it the configuration loses an agent and gets her back."""
    config = msgspec.structs.replace(
        load(ROOT / "config"),
        supervisors={"sue": SupervisorConfig(supervisor_id="sue", name="Sue", endpoint="client:sue")},
        dial_prefixes=("+1202",),
        calls_per_second=1,
    )
    smaller = msgspec.structs.replace(config, agents=dict(sorted(config.agents.items())[:-1]))
    player = Player(seed, (config, smaller))
    player.play(STEPS)
    player.talk_more()
    player.play(TALKS)
    supervise_and_forward(player)
    give_an_account(player.site)
    for _ in range(4):
        player.site.call(to=CROWDED)
    return player.site


def supervise_and_forward(player: Player) -> None:
    """What dice seldom bring: a supervisor who stays, and a caller who is sent on."""
    site = player.site
    for _ in range(CONNECT_TRIES_MAX):
        player.connect_somebody()
        for contact in site.state.contacts.in_order():
            if contact.state is ContactState.CONNECTED and contact.agent_id:
                for mode in (SupervisorMode.MONITOR, SupervisorMode.WHISPER):
                    asked = e.SupervisionRequested(supervisor_id="sue", contact_id=contact.contact_id, mode=mode)
                    site.take(asked)
                site.take(
                    e.TransferRequested(
                        contact_id=contact.contact_id,
                        agent_id=contact.agent_id,
                        kind=TransferKind.BLIND,
                        destination="number:+12025550111",
                    )
                )
        if site.ever(e.SupervisionChanged) and site.ever(e.ContactForwarded):
            return


def give_an_account(site: Site) -> None:
    """And a caller who presses the six right keys."""
    leg_id = site.call(to=MAIN)
    for digits in ("9", "123456"):
        site.press(leg_id, digits)


def eventful_day() -> Site:
    """The first one that has seen everything."""
    for seed in range(SEEDS_MAX):
        site = day(seed)
        if all(site.ever(kind) for kind in WANTED):
            return site
    raise LookupError(f"no day of {SEEDS_MAX} has seen everything that a golden journal should hold")


def write_digests() -> None:
    """Of every journal that is there."""
    for path in sorted(FOLDER.glob("*.jsonl")):
        path.with_suffix(".sha256").write_text(f"{digest(fold(read(path)))}\n", encoding="utf-8")


def main() -> None:
    path = FOLDER / f"logic-{engine.LOGIC}.jsonl"
    path.write_bytes(b"".join(msgspec.json.encode(row) + b"\n" for row in eventful_day().records))
    rows = read(path)
    state = fold(rows)
    assert digest(decide_again(rows)) == digest(state)
    path.with_suffix(".sha256").write_text(f"{digest(state)}\n", encoding="utf-8")
    sys.stdout.write(f"{path.name}: {len(rows)} records, {path.stat().st_size // 1_000} kB\n")


if __name__ == "__main__":
    write_digests() if sys.argv[1:] == ["digests"] else main()

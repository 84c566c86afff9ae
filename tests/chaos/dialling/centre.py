"""The centre of a shift that dials: its size, its files, and whom it may call until when."""

import shutil
from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import msgspec

from tests.telephony.trap_centre import write_config

OURS = "+12025550100"
CAMPAIGN, LIST = "spring", "people"
NUMBERING = Path(__file__).parents[3] / "config" / "calling_rules" / "numbering"

GREETING_MS, CONNECT_MS = 2_000, 2_000
"""How long a greeting counts as that nobody measured; and how soon after it an agent must be there."""


class Size(msgspec.Struct, frozen=True, kw_only=True):
    """How large a shift is. Its minutes pass `rate` times as fast as the wall's. `ceiling` is how many per cent of the
    live answers may be abandoned, `ring_s` how long a telephone rings at most."""

    agents: int
    minutes: float
    rate: float = 1
    leads: int
    ceiling: float = 3
    ring_s: int = 15
    calls_per_second: int = 20
    callers_per_s: float = 0.2
    talk_s: tuple[float, float] = (6, 20)

    @property
    def agent_ids(self) -> tuple[str, ...]:
        """Everybody."""
        return tuple(f"agent{place:02d}" for place in range(self.agents))


class Window(msgspec.Struct, frozen=True, kw_only=True):
    """People of one state may be called until `closes_at` (ms), and not on that day afterwards."""

    state: str
    prefix: str
    closes_at: int
    closes: str


STATES = (("HI", "+1808556", "Pacific/Honolulu"), ("AZ", "+1602556", "America/Phoenix"))
"""Two whose midnights are hours apart: in one of them it is not about to be midnight."""

NEW_YORK = "+1212556"


def phone_of(agent_id: str) -> str:
    """The telephone that this agent is nailed up on."""
    return f"+120255510{int(agent_id[-2:]):02d}"


def window_at(closes_after_ms: int) -> Window:
    """One that closes with the first minute after this instant, where the day is young enough for that."""
    instant = datetime.fromtimestamp(closes_after_ms / 1_000, UTC)
    closes = instant.replace(second=0, microsecond=0) + timedelta(minutes=1)
    for state, prefix, zone in STATES:
        local = closes.astimezone(ZoneInfo(zone))
        if 1 <= local.hour < 23:
            return Window(
                state=state, prefix=prefix, closes_at=round(closes.timestamp() * 1_000), closes=f"{local:%H:%M}"
            )
    raise AssertionError("it is about to be midnight in one state at most")


def write_centre(folder: Path, size: Size, window: Window) -> Path:
    """The centre's files."""
    (folder / "campaigns").mkdir(parents=True)
    shutil.copytree(NUMBERING, folder / "calling_rules" / "numbering")
    files = {
        "site": SITE.format(rate=size.calls_per_second, state=window.prefix, new_york=NEW_YORK[:-1]),
        "agents": "".join(AGENT.format(agent=agent, phone=phone_of(agent)) for agent in size.agent_ids),
        "queues": QUEUES,
        "entry_points": f'"{OURS}": {{name: Shop, flow: main}}\n',
        "flows/main": MAIN,
        "flows/sorry": SORRY,
        f"campaigns/{CAMPAIGN}": SPRING.format(ours=OURS, ring_s=size.ring_s, people=LIST),
        "calling_rules/us": RULES.format(
            ceiling=size.ceiling, ring_s=size.ring_s, state=window.state, closes=window.closes
        ),
    }
    return write_config(folder, files)


SITE = """
name: A shift
zone: America/New_York
language: en-US
caller_id: "+12025550100"
not_ready_reasons: [break]
calls_per_second: {rate}
hold_music: [Please wait., {{pause: 1s}}]
dial_prefixes: ["+120255510", "{new_york}", "{state}"]
"""
AGENT = '{agent}: {{name: {agent}, queues: [out, in], endpoint: "tel:{phone}", nailed_up: true}}\n'
QUEUES = """
out: {name: Out, wrap_up_s: 4, takes_itself: true, music: [Please wait., {pause: 1s}], recording: never}
in: {name: In, wrap_up_s: 4, takes_itself: true, music: [Please wait., {pause: 1s}], recording: never, priority: 10}
"""
MAIN = """
start: line
steps:
  line: {enqueue: in, full: bye}
  bye: {hang_up: Good bye.}
"""
SORRY = """
start: message
steps:
  message:
    menu: This is the shop. To be called no more, press 9.
    choices: {"9": no_more}
    tries: 1
    timeout_s: 2s
    otherwise: bye
  no_more: {opt_out: company, next: bye}
  bye: {hang_up: Good bye.}
"""
SPRING = """
name: Spring
seller: Shop
purpose: sales
mode: predictive
countries: [US]
consent: written
ring: {ring_s}s
caller_id: "{ours}"
message: [seller, number, opt_out]
dialling:
  queue: out
  abandoned_flow: sorry
  lists: [{people}]
  keep_free: 1
  answering: {{detect: beside}}
  again:
    busy: {{after: 4h}}
    failed: {{after: 4h}}
    unknown: {{after: 4h}}
"""
RULES = """
US-HOURS:
  jurisdiction: US
  title: At any time
  hours: {{mon-sun: 00:00-24:00}}
  source: A test
  confidence: statute
US-{state}-HOURS:
  jurisdiction: US-{state}
  title: Not in the evening
  hours: {{mon-sun: "00:00-{closes}"}}
  source: A test
  confidence: statute
US-ABANDONED:
  jurisdiction: US
  title: Few may find nobody
  conduct: {{abandoned_at_most: {ceiling}, abandoned_days: 30, connect_within: 2s, connect_from: greeting_end}}
  source: A test
  confidence: statute
US-RING:
  jurisdiction: US
  title: It rings for a while
  conduct: {{ring_at_least: {ring_s}s}}
  source: A test
  confidence: statute
"""

"""What calls to outside numbers cost, by estimate: money is in millionths of the site's currency."""

from cti.core.base import Record

MINUTE_MS = 60_000
MICROS = 1_000_000

AGENT_HOUR, AGENT_DAY = "agent_spend_hour", "agent_spend_day"
SITE_HOUR, SITE_DAY = "site_spend_hour", "site_spend_day"


class Metered(Record):
    """An outside call that costs money while it lives: `key` is its leg, or the contact that was sent on. Each minute
    is counted when it begins, the first when the number is rung, at `committed_at` (ms); the next one begins at
    `minute_at`, 0 until somebody answers."""

    key: str
    dial_id: str
    agent_id: str
    price: int
    committed_at: int
    minute_at: int = 0


class Spend(Record):
    """What an agent, or the whole site (no `agent_id`), has spent in an hour since 1970 and on a day of the site's
    zone. `alarmed` names the caps of which the alarm was raised in that hour, or on that day."""

    agent_id: str
    hour: int
    day: int
    in_hour: int = 0
    in_day: int = 0
    alarmed: tuple[str, ...] = ()


def money(micros: int, currency: str) -> str:
    """An amount as people read it: `12.50 EUR`; what is less than a hundredth is not shown."""
    cents = micros // (MICROS // 100)
    return f"{cents // 100}.{cents % 100:02d} {currency}".rstrip()

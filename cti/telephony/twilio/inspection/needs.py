"""What a configuration needs of the carrier's account."""

import msgspec

from cti.core.config import SiteConfig
from cti.telephony.twilio.addresses import Addresses


class Hooks(msgspec.Struct, frozen=True, kw_only=True):
    """Where the carrier asks about calls, asks again when that failed, and tells of their end. All by POST."""

    voice: str
    fallback: str
    status: str


class Needs(msgspec.Struct, frozen=True, kw_only=True):
    """`numbers` are those of the entry points, `agent_numbers` the agents' own telephones. Calls may go to `prefixes`
    and `countries` (ISO). `calls_per_second` is None where nothing is said of it, 0 for as many as we ask for."""

    hooks: Hooks
    numbers: tuple[str, ...]
    caller_id: str = ""
    agent_numbers: tuple[str, ...] = ()
    softphones: tuple[str, ...] = ()
    prefixes: tuple[str, ...] = ()
    countries: tuple[str, ...] = ()
    app_sid: str = ""
    calls_per_second: int | None = None


def needs_of(config: SiteConfig, addresses: Addresses, app_sid: str) -> Needs:
    """What this configuration needs, when the carrier reaches us at these addresses."""
    endpoints = sorted({agent.endpoint for agent in config.agents.values()})
    return Needs(
        hooks=Hooks(voice=addresses.voice, fallback=addresses.fallback, status=addresses.status),
        numbers=tuple(sorted(config.entry_points)),
        caller_id=config.caller_id,
        agent_numbers=tuple(endpoint.removeprefix("tel:") for endpoint in endpoints if endpoint.startswith("tel:")),
        softphones=tuple(endpoint for endpoint in endpoints if endpoint.startswith("client:")),
        prefixes=config.dial_prefixes,
        countries=getattr(config, "dial_countries", ()),
        app_sid=app_sid,
        calls_per_second=getattr(config, "calls_per_second", None),
    )

"""The addresses we hand out, and reading them back.

    {public_url}/twilio/{door}?site=main&leg=main-l17&n=42[&s=1][&t=...]   where a call's document comes from
    {public_url}/twilio/plan?site=main&leg=main-l17&n=42                   a pushed document too long to be inline
    {public_url}/twilio/leg?site=main&leg=main-l17                         reports about a leg that we placed
    {public_url}/twilio/detected?site=main&leg=main-l17                    what has answered, found out beside the call
    {public_url}/twilio/room?site=main&room=main-r17                       reports about a room: its first joiner's
                                                                           address serves all, so it names no leg
    {public_url}/twilio/recording?site=main&leg=main-l17[&m=1]             reports about a recording of a leg
    {public_url}/twilio/held?site=main                                     what to hear on hold, whoever it is
    {public_url}/twilio/tones?site=main&leg=main-l17&n=8812                keys to be pressed for whoever is there
    {public_url}/twilio/voice, /twilio/fallback, /twilio/status            set on the number; they know only CallSid

`n` is the nonce of the plan that named the address (0 for a leg that we placed and that has no plan yet; of tones, a
number of their own), `s=1` marks digits that nobody may record, `m=1` a message for us rather than a conversation, and
`t` is what a request had told when it was put on hold, so that it need not be asked again.
"""

import re
from functools import lru_cache
from urllib.parse import quote, unquote, urlsplit

import msgspec

from cti.core.plan import Door
from cti.core.recorded import CONVERSATION, VOICEMAIL

PUSHED = "plan"
DOORS = tuple(door for door in Door if door not in (Door.VOICE, Door.HELD))
"""Those that ask about a leg of ours, by its name."""

_PATH = re.compile(r"/twilio/([a-z]+)\?(.*)", re.DOTALL)
_DOOR_QUERY = re.compile(r"site=([^&=]+)&leg=([^&=]+)&n=([0-9]{1,18})(&s=1)?(?:&t=([^&=]{1,200}))?")
_LEG_QUERY = re.compile(r"site=([^&=]+)&leg=([^&=]+)")
_RECORDING_QUERY = re.compile(r"site=([^&=]+)&leg=([^&=]+)(&m=1)?")
_HELD_QUERY = re.compile(r"site=([^&=]+)(?:&.*)?", re.DOTALL)
_TONES_QUERY = re.compile(r"site=([^&=]+)&leg=([^&=]+)&n=([0-9]{1,18})")
_ROOM_QUERY = re.compile(r"site=([^&=]+)&room=([^&=]+)")
_TOLD = re.compile(r"[0-9A-Za-z*#_]{1,64}")
_DOOR_NAMES = {door.value: door for door in DOORS}


class WrongAddress(ValueError):
    """The address is not one that this site hands out. The text says why."""


class DoorAddress(msgspec.Struct, frozen=True, kw_only=True):
    """Where a leg comes back to. `pushed` is the document of a plan that was pushed to it, to be fetched."""

    door: Door
    leg_id: str
    nonce: int
    secret: bool = False
    told: str = ""
    pushed: bool = False


class Addresses:
    """Makes and reads the addresses of one site."""

    def __init__(self, public_url: str, site: str) -> None:
        self._public_url = public_url.rstrip("/")
        self._base = f"{self._public_url}/twilio/"
        self.site = site
        self._site_query = f"?site={quoted(site)}"
        self.voice = f"{self._base}voice"
        self.fallback = f"{self._base}fallback"
        self.status = f"{self._base}status"
        self.held = f"{self._base}{Door.HELD}{self._site_query}"

    def door(self, address: DoorAddress) -> str:
        """Where a leg's next document comes from."""
        before, between, after = self.around(PUSHED if address.pushed else address.door, secret=address.secret)
        told = f"&t={quoted(address.told)}" if _TOLD.fullmatch(address.told) else ""
        return f"{before}{quoted(address.leg_id)}{between}{address.nonce}{after}{told}"

    def around(self, name: str, *, secret: bool = False) -> tuple[str, str, str]:
        """A door's address as it is for every leg: what stands before the leg, between it and the nonce, and after."""
        return f"{self._base}{name}{self._site_query}&leg=", "&n=", "&s=1" if secret else ""

    def leg(self, leg_id: str) -> str:
        """Where the carrier reports on a leg that we placed."""
        return f"{self._base}leg{self._site_query}&leg={quoted(leg_id)}"

    def detected(self, leg_id: str) -> str:
        """Where the carrier reports who or what has answered on a leg that we placed."""
        return f"{self._base}detected{self._site_query}&leg={quoted(leg_id)}"

    def room(self, call_id: str) -> str:
        """Where the carrier reports on a room."""
        return f"{self._base}room{self._site_query}&room={quoted(call_id)}"

    def recording(self, leg_id: str, kind: str) -> str:
        """Where the carrier reports on a recording of a leg: of a `conversation`, or of a `voicemail`."""
        before, after = self.around_recording(kind)
        return f"{before}{quoted(leg_id)}{after}"

    def around_recording(self, kind: str) -> tuple[str, str]:
        """That address as it is for every leg: what stands before the leg, and after it."""
        return f"{self._base}recording{self._site_query}&leg=", "&m=1" if kind == VOICEMAIL else ""

    def tones(self, leg_id: str, number: int) -> str:
        """Where keys to be pressed for a leg are fetched. They may be a card's, so they do not stand in here."""
        return f"{self._base}tones{self._site_query}&leg={quoted(leg_id)}&n={number}"

    def prompt(self, audio: str) -> str:
        """Where a recording is fetched: below the site's prompts, unless `audio` is an address itself."""
        return audio if "://" in audio else f"{self._public_url}/prompts/{quote(audio.lstrip('/'), errors='replace')}"

    def read_door(self, raw_path: str) -> DoorAddress:
        """The path and query of a door, as received. Raises `WrongAddress`."""
        name, query = self._split(raw_path)
        door = Door.NEXT if name == PUSHED else _DOOR_NAMES.get(name)
        match = _DOOR_QUERY.fullmatch(query)
        if door is None or match is None:
            raise WrongAddress("this is not an address of ours: site, leg and n were expected")
        site, leg, nonce, secret, told = match.groups(default="")
        self._check_site(site)
        return DoorAddress(
            door=door,
            leg_id=_identifier(leg),
            nonce=int(nonce),
            secret=bool(secret),
            told=_told(told),
            pushed=name == PUSHED,
        )

    def read_leg(self, raw_path: str) -> str:
        """The leg that a report is about. Raises `WrongAddress`."""
        return self._read_one(raw_path, _LEG_QUERY, "site and leg")

    def read_room(self, raw_path: str) -> str:
        """The room that a report is about. Raises `WrongAddress`."""
        return self._read_one(raw_path, _ROOM_QUERY, "site and room")

    def read_recording(self, raw_path: str) -> tuple[str, str]:
        """The leg and the kind of recording that a report is about. Raises `WrongAddress`."""
        match = _RECORDING_QUERY.fullmatch(self._split(raw_path)[1])
        if match is None:
            raise WrongAddress("this is not an address of ours: site and leg were expected")
        self._check_site(match[1])
        return _identifier(match[2]), VOICEMAIL if match[3] else CONVERSATION

    def read_tones(self, raw_path: str) -> tuple[str, int]:
        """Whose keys, and which. Raises `WrongAddress`."""
        match = _TONES_QUERY.fullmatch(self._split(raw_path)[1])
        if match is None:
            raise WrongAddress("this is not an address of ours: site, leg and n were expected")
        self._check_site(match[1])
        return _identifier(match[2]), int(match[3])

    def check_held(self, raw_path: str) -> None:
        """Whether it is our own hold that is asked for. By GET the carrier adds fields of its own. Raises
        `WrongAddress`."""
        match = _HELD_QUERY.fullmatch(self._split(raw_path)[1])
        if match is None:
            raise WrongAddress("this is not an address of ours: site was expected")
        self._check_site(match[1])

    def read_error_url(self, url: str) -> DoorAddress | None:
        """The door behind a full address that failed, or None when it is none of ours."""
        try:
            parts, ours = urlsplit(url), urlsplit(self._public_url)
            if (parts.scheme, parts.hostname, _port(parts.port, parts.scheme)) != (
                ours.scheme,
                ours.hostname,
                _port(ours.port, ours.scheme),
            ):
                return None
            if not parts.path.startswith(f"{ours.path}/"):
                return None
            return self.read_door(f"{parts.path.removeprefix(ours.path)}?{parts.query}")
        except ValueError:  # also what urlsplit says of a port or host that cannot be
            return None

    def _read_one(self, raw_path: str, pattern: re.Pattern[str], expected: str) -> str:
        match = pattern.fullmatch(self._split(raw_path)[1])
        if match is None:
            raise WrongAddress(f"this is not an address of ours: {expected} were expected")
        self._check_site(match[1])
        return _identifier(match[2])

    def _split(self, raw_path: str) -> tuple[str, str]:
        match = _PATH.fullmatch(raw_path)
        return (match[1], match[2]) if match else ("", "")

    def _check_site(self, quoted: str) -> None:
        if unquote(quoted) != self.site:
            raise WrongAddress("this address belongs to another site")


@lru_cache(maxsize=4_096)
def quoted(value: str) -> str:
    """As it may stand in a query, and in a document. The legs of now are few and are named often."""
    return quote(value, safe="")


def _identifier(quoted: str) -> str:
    value = unquote(quoted)
    if not value.isprintable() or len(value) > 200:
        raise WrongAddress("this is not an address of ours: an id in it cannot be one")
    return value


def _told(quoted: str) -> str:
    value = unquote(quoted)
    if value and not _TOLD.fullmatch(value):
        raise WrongAddress("this is not an address of ours: what it carries was never told")
    return value


def _port(port: int | None, scheme: str) -> int:
    return port or (443 if scheme == "https" else 80)

"""The environment as frozen settings. Every mistake is reported at once, at start."""

import os
import re
from collections.abc import Mapping
from difflib import get_close_matches
from pathlib import Path
from urllib.parse import parse_qsl, urlsplit

import msgspec

from cti.core.errors import SettingsError

SECRET_KEY_CHARACTERS_MIN = 32
DATA_DIR_BYTES_MAX = 107 - len("/follower.sock")
"""The address of a socket, which the local doors are, has at most 107 bytes in Linux."""

NAMED_SECRET = "CTI_SECRET_"  # noqa: S105 - how a name begins, not a secret
"""Before the name of a secret that a configuration names."""

LISTS = "lists"
"""The folder of the big lists, in the data directory."""

HOST = re.compile(r"([a-z0-9_.-]+|\[[0-9a-f:.]+\])(:[0-9]{1,5})?")

REDIS_OPTIONS = {"ssl_ca_certs", "ssl_certfile", "ssl_keyfile"}

VARIABLES = frozenset(
    f"CTI_{name}"
    for name in (
        "CALL_HISTORY_DAYS CLEARANCE_NUMBERS_DAYS CLOCK_ORIGIN_MS CLOCK_RATE CONFIG_DIR DATABASE_URL DATA_DIR "
        "DIRECTORY_PRIVATE DIRECTORY_TOKEN DIRECTORY_URL FAILPOINTS LISTEN PUBLIC_URL REDIS_URL RESULTS_HOSTS "
        "RESULTS_PRIVATE RETENTION_DAYS SECRETS_DIR SECRET_KEY SITE SNAPSHOT_RECORDS TOKEN TWILIO_ACCOUNT_SID "
        "TWILIO_API_KEY_SECRET TWILIO_API_KEY_SID TWILIO_API_URL TWILIO_APP_SID TWILIO_AUTH_TOKEN"
    ).split()
)
"""All that any command reads. `CTI_TOKEN` is for `cti agent` and `cti watch`, and may be set beside a server's."""


class Settings(msgspec.Struct, frozen=True, kw_only=True):
    """`docs/reference/environment.md` explains each."""

    site: str
    data_dir: Path
    config_dir: Path
    host: str
    port: int
    journal_url: str
    store_url: str
    redis_url: str
    results_hosts: tuple[str, ...]
    results_private: bool
    directory_url: str
    directory_token: str
    directory_private: bool
    public_url: str
    twilio_account_sid: str
    twilio_auth_tokens: tuple[str, ...]
    twilio_api_url: str
    twilio_api_key_sid: str
    twilio_api_key_secret: str
    twilio_app_sid: str
    secret_key: str
    failpoints: str
    clock_rate: float
    clock_origin_ms: int | None
    snapshot_records: int
    retention_days: int
    call_history_days: int
    clearance_numbers_days: int


def read(environment: Mapping[str, str] = os.environ, *, needs_carrier: bool = True) -> Settings:
    """Raises `SettingsError` that names every variable that is wrong, and what would be right."""
    mistakes: list[str] = []
    data_dir = _data_dir(environment.get("CTI_DATA_DIR") or "var", mistakes)
    host, port = _listen(environment.get("CTI_LISTEN") or "127.0.0.1:8080", mistakes)
    database_url = environment.get("CTI_DATABASE_URL", "")
    results_hosts, results_private = results_reach(environment, mistakes)
    settings = Settings(
        site=_site(environment.get("CTI_SITE") or "main", mistakes),
        data_dir=data_dir,
        config_dir=Path(environment.get("CTI_CONFIG_DIR") or "config").absolute(),
        host=host,
        port=port,
        journal_url=_database(database_url, mistakes) or f"sqlite+aiosqlite:///{data_dir}/journal.db",
        store_url=_database(database_url, []) or f"sqlite+aiosqlite:///{data_dir}/store.db",
        redis_url=_redis(environment.get("CTI_REDIS_URL", ""), mistakes),
        results_hosts=results_hosts,
        results_private=results_private,
        directory_url=_directory(environment.get("CTI_DIRECTORY_URL", ""), mistakes),
        directory_token=environment.get("CTI_DIRECTORY_TOKEN", ""),
        directory_private=_yes("CTI_DIRECTORY_PRIVATE", environment.get("CTI_DIRECTORY_PRIVATE") or "no", mistakes),
        public_url=_public(environment.get("CTI_PUBLIC_URL") or _url(host, port), mistakes),
        twilio_account_sid=environment.get("CTI_TWILIO_ACCOUNT_SID", ""),
        twilio_auth_tokens=tuple(filter(None, environment.get("CTI_TWILIO_AUTH_TOKEN", "").split(","))),
        twilio_api_url=environment.get("CTI_TWILIO_API_URL") or "https://api.twilio.com",
        twilio_api_key_sid=environment.get("CTI_TWILIO_API_KEY_SID", ""),
        twilio_api_key_secret=environment.get("CTI_TWILIO_API_KEY_SECRET", ""),
        twilio_app_sid=environment.get("CTI_TWILIO_APP_SID", ""),
        secret_key=_secret(environment.get("CTI_SECRET_KEY", ""), mistakes),
        failpoints=environment.get("CTI_FAILPOINTS", ""),
        clock_rate=_rate(environment.get("CTI_CLOCK_RATE") or "1", mistakes),
        clock_origin_ms=_moment("CTI_CLOCK_ORIGIN_MS", environment.get("CTI_CLOCK_ORIGIN_MS", ""), mistakes),
        snapshot_records=_count("CTI_SNAPSHOT_RECORDS", environment.get("CTI_SNAPSHOT_RECORDS") or "2000", mistakes),
        retention_days=_days(environment, "CTI_RETENTION_DAYS", 30, mistakes, least=1),
        call_history_days=_days(environment, "CTI_CALL_HISTORY_DAYS", 400, mistakes, least=90),
        clearance_numbers_days=numbers_kept_days(environment, mistakes),
    )
    if needs_carrier:
        _check_carrier(settings, mistakes)
        _check_softphones(settings, mistakes)
    if mistakes:
        raise SettingsError("\n".join(mistakes))
    return settings


def numbers_kept_days(environment: Mapping[str, str] = os.environ, mistakes: list[str] | None = None) -> int:
    """For how many days the numbers of clearances are kept. What is wrong with it is added to `mistakes`."""
    found = [] if mistakes is None else mistakes
    return _days(environment, "CTI_CLEARANCE_NUMBERS_DAYS", 1_830, found, least=90)


def results_reach(
    environment: Mapping[str, str] = os.environ, mistakes: list[str] | None = None
) -> tuple[tuple[str, ...], bool]:
    """To which hosts results may be sent, and whether in private networks. What is wrong is added to `mistakes`."""
    found = [] if mistakes is None else mistakes
    hosts = _hosts("CTI_RESULTS_HOSTS", environment.get("CTI_RESULTS_HOSTS", ""), found)
    return hosts, _yes("CTI_RESULTS_PRIVATE", environment.get("CTI_RESULTS_PRIVATE") or "no", found)


def unknown(environment: Mapping[str, str] = os.environ) -> list[str]:
    """A sentence for each variable that looks like ours and is read by nobody: probably a slip of the pen. It is no
    mistake, for others may use the prefix too. Values are not repeated."""
    sentences = []
    for name in sorted(name for name in environment if name.startswith("CTI_") and not _is_read(name)):
        nearest = get_close_matches(name, sorted(VARIABLES), n=1, cutoff=0.8)
        remedy = f"did you mean {nearest[0]}?" if nearest else "take it away if it was meant for this server."
        sentences.append(f"{name}: nothing reads this variable; {remedy}")
    return sentences


def _is_read(name: str) -> bool:
    """The secrets that a configuration names are read by their names, whichever those are."""
    return name in VARIABLES or (name.startswith(NAMED_SECRET) and len(name) > len(NAMED_SECRET))


def _site(text: str, mistakes: list[str]) -> str:
    if not (text.isascii() and text.replace("_", "").isalnum() and text == text.lower() and len(text) <= 32):
        mistakes.append(f"CTI_SITE: {text!r} is no site; use up to 32 small letters, digits and underscores.")
    return text


def _data_dir(text: str, mistakes: list[str]) -> Path:
    path = Path(text).absolute()
    if len(os.fsencode(path)) > DATA_DIR_BYTES_MAX:
        mistakes.append(f"CTI_DATA_DIR: {path} is too long; up to {DATA_DIR_BYTES_MAX} bytes can be used.")
    return path


def _listen(text: str, mistakes: list[str]) -> tuple[str, int]:
    host, colon, port = text.rpartition(":")
    if not colon and text.isdecimal():  # to listen everywhere is asked for, never fallen into
        mistakes.append(f"CTI_LISTEN: {text!r} is no address; write 127.0.0.1:{text}, or :{text} for every interface.")
    elif not port.isdecimal():
        remedy = "write it like 127.0.0.1:8080, or :8080 for every interface"
        mistakes.append(f"CTI_LISTEN: {text!r} has no port; {remedy}.")
    elif int(port) > 65_535:
        mistakes.append(f"CTI_LISTEN: the port in {text!r} is out of range; use one from 1 to 65535, or 0 for any.")
    else:
        return host.strip("[]") or "0.0.0.0", int(port)  # noqa: S104 - `:8080` asks for every interface
    return "127.0.0.1", 0


def _url(host: str, port: int) -> str:
    return f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"


def _database(text: str, mistakes: list[str]) -> str:
    if not text:
        return ""
    scheme, separator, rest = text.partition("://")
    if not separator or scheme not in ("postgresql", "postgres", "postgresql+asyncpg"):
        mistakes.append("CTI_DATABASE_URL: only PostgreSQL goes here, as postgresql://user@host/database; without it, "
                        "the server keeps SQLite files in CTI_DATA_DIR.")  # fmt: skip
    return f"postgresql+asyncpg://{rest}"


def _public(text: str, mistakes: list[str]) -> str:
    if not _is_address(text):
        mistakes.append(f"CTI_PUBLIC_URL: {text!r} is no address of ours; write it like https://calls.example.com.")
    return text.rstrip("/")


def _is_address(text: str) -> bool:
    """Scheme, host, perhaps a port and a path; nothing that would not be part of every address below it."""
    try:
        parts = urlsplit(text)
        _ = parts.port  # raises for what is no number
    except ValueError:
        return False
    plain = not (parts.query or parts.fragment or parts.username)
    return parts.scheme in ("http", "https") and bool(parts.hostname) and plain


def _directory(text: str, mistakes: list[str]) -> str:
    """What is wrong in it is said without repeating it: somebody may have put a key there."""
    if not text:
        return ""
    try:
        parts = urlsplit(text)
        _ = parts.port
    except ValueError:
        parts = urlsplit("")
    is_here = parts.scheme == "http" and parts.hostname in ("127.0.0.1", "::1", "localhost")
    if not parts.hostname or not (parts.scheme == "https" or is_here):
        mistakes.append("CTI_DIRECTORY_URL: it begins with https://, or with http:// on this machine, and a host.")
    elif parts.username is not None or parts.fragment:
        mistakes.append("CTI_DIRECTORY_URL: it holds a user or a fragment; a key goes into CTI_DIRECTORY_TOKEN.")
    elif f"{parts.path}?{parts.query}".count("{number}") != 1 or text.count("{number}") != 1:
        mistakes.append("CTI_DIRECTORY_URL: write {number} once, in its path or query, where the number goes.")
    return text


def _redis(text: str, mistakes: list[str]) -> str:
    """What is wrong in it is said without repeating it, for it may hold a password."""
    if not text:
        return ""
    try:
        parts = urlsplit(text)
        _ = parts.port
        options = {name for name, _ in parse_qsl(parts.query, strict_parsing=True)} if parts.query else set()
    except ValueError:
        parts, options = urlsplit(""), set()
    database = parts.path.removeprefix("/")
    if parts.scheme not in ("redis", "rediss") or not parts.hostname or not (database.isdecimal() or not database):
        mistakes.append("CTI_REDIS_URL: write it as redis://user:password@host:6379/0, or rediss:// for TLS; signs in "
                        "a password are percent-encoded, and the end is the number of the database.")  # fmt: skip
    elif parts.fragment or not options <= REDIS_OPTIONS or (options and parts.scheme != "rediss"):
        mistakes.append(f"CTI_REDIS_URL: after the ?, only rediss:// takes {', '.join(sorted(REDIS_OPTIONS))}.")
    return text


def _hosts(name: str, text: str, mistakes: list[str]) -> tuple[str, ...]:
    """Separated by commas, each `host` or, where the port is not the usual one, `host:port`."""
    hosts = tuple(filter(None, (host.strip().lower() for host in text.split(","))))
    remedy = "write it like crm.example.com, or crm.example.com:8443"
    mistakes.extend(f"{name}: {host!r} is no host; {remedy}." for host in hosts if not HOST.fullmatch(host))
    return hosts


def _yes(name: str, text: str, mistakes: list[str]) -> bool:
    if text not in ("yes", "no"):
        mistakes.append(f"{name}: {text!r} is neither yes nor no.")
    return text == "yes"


def _secret(text: str, mistakes: list[str]) -> str:
    if text and len(text) < SECRET_KEY_CHARACTERS_MIN:
        mistakes.append(f"CTI_SECRET_KEY: too short; use at least {SECRET_KEY_CHARACTERS_MIN} random characters.")
    return text


def _rate(text: str, mistakes: list[str]) -> float:
    try:
        rate = float(text)
    except ValueError:
        rate = 0.0
    if not 0 < rate <= 1_000:
        mistakes.append(f"CTI_CLOCK_RATE: {text!r} is no rate between 0 and 1000; leave it out except in tests.")
    return rate


def _moment(name: str, text: str, mistakes: list[str]) -> int | None:
    if text and not (text.isascii() and text.isdecimal()):
        mistakes.append(f"{name}: {text!r} is no moment in milliseconds since 1970; leave it out except in tests.")
    return int(text) if text.isascii() and text.isdecimal() else None


def _count(name: str, text: str, mistakes: list[str], least: int = 10, most: int = 1_000_000) -> int:
    if not text.isdecimal() or not least <= int(text) <= most:
        mistakes.append(f"{name}: {text!r} is no number from {least} to {most}.")
        return least
    return int(text)


def _days(environment: Mapping[str, str], name: str, usual: int, mistakes: list[str], *, least: int) -> int:
    return _count(name, environment.get(name) or str(usual), mistakes, least=least)


def _check_carrier(settings: Settings, mistakes: list[str]) -> None:
    sid = settings.twilio_account_sid
    if not _is_sid(sid, "AC"):
        mistakes.append("CTI_TWILIO_ACCOUNT_SID: missing or malformed; it is AC and 32 hexadecimal digits, from the "
                        "carrier's console. To try things without a carrier, run `cti demo`.")  # fmt: skip
    if not settings.twilio_auth_tokens:
        mistakes.append("CTI_TWILIO_AUTH_TOKEN: missing; without it no webhook could be trusted. During a rotation "
                        "give both, separated by a comma.")  # fmt: skip


def _check_softphones(settings: Settings, mistakes: list[str]) -> None:
    """Tokens for softphones need a key and its secret; without either there are none."""
    key_sid, app_sid = settings.twilio_api_key_sid, settings.twilio_app_sid
    has_secret = bool(settings.twilio_api_key_secret)
    if key_sid and not _is_sid(key_sid, "SK"):
        mistakes.append("CTI_TWILIO_API_KEY_SID: malformed; it is SK and 32 hexadecimal digits. Make a key in the "
                        "carrier's console: the account SID or its auth token will not do.")  # fmt: skip
    if has_secret and not key_sid:
        mistakes.append("CTI_TWILIO_API_KEY_SID: missing, though there is a CTI_TWILIO_API_KEY_SECRET; give both, "
                        "or neither when no agent uses a softphone.")  # fmt: skip
    if key_sid and not has_secret:
        mistakes.append("CTI_TWILIO_API_KEY_SECRET: missing, though there is a CTI_TWILIO_API_KEY_SID; the carrier "
                        "shows it once, when the key is made.")  # fmt: skip
    if app_sid and not _is_sid(app_sid, "AP"):
        mistakes.append("CTI_TWILIO_APP_SID: malformed; it is AP and 32 hexadecimal digits, of the TwiML app whose "
                        "voice URL is ours.")  # fmt: skip
    if app_sid and not key_sid:
        mistakes.append("CTI_TWILIO_APP_SID: of no use without CTI_TWILIO_API_KEY_SID, which signs the tokens that "
                        "name it.")  # fmt: skip


def _is_sid(text: str, kind: str) -> bool:
    return re.fullmatch(f"{kind}[0-9a-fA-F]{{32}}", text) is not None

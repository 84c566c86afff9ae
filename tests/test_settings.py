"""The environment as settings: what is left out has a default, and every mistake is named at once."""

import re
from pathlib import Path

import pytest

from cti.core.errors import SettingsError
from cti.settings import VARIABLES, read, unknown

SOUND = {"CTI_TWILIO_ACCOUNT_SID": "AC" + "0" * 32, "CTI_TWILIO_AUTH_TOKEN": "token"}


def mistakes(**environment: str) -> list[str]:
    with pytest.raises(SettingsError) as caught:
        read({**SOUND, **environment})
    return str(caught.value).splitlines()


def test_the_carriers_account_is_all_a_server_has_to_be_told():
    settings = read(SOUND)
    assert (settings.site, settings.host, settings.port) == ("main", "127.0.0.1", 8080)
    assert settings.public_url == "http://127.0.0.1:8080"
    assert settings.data_dir == Path("var").absolute()
    assert settings.journal_url == f"sqlite+aiosqlite:///{settings.data_dir}/journal.db"
    assert settings.store_url == f"sqlite+aiosqlite:///{settings.data_dir}/store.db"


def test_an_empty_value_is_one_that_was_left_out():
    emptied = dict.fromkeys(("CTI_SITE", "CTI_DATA_DIR", "CTI_LISTEN", "CTI_PUBLIC_URL", "CTI_DATABASE_URL"), "")
    assert read({**SOUND, **emptied}) == read(SOUND)


def test_a_database_holds_journal_and_store():
    for scheme in ("postgres", "postgresql", "postgresql+asyncpg"):
        settings = read({**SOUND, "CTI_DATABASE_URL": f"{scheme}://cti@db/calls"})
        assert settings.journal_url == settings.store_url == "postgresql+asyncpg://cti@db/calls"


@pytest.mark.parametrize("url", ["https://crm.example.com/find?n={number}", "http://127.0.0.1:9/{number}"])
def test_a_directory_of_somebody_elses(url):
    settings = read({**SOUND, "CTI_DIRECTORY_URL": url, "CTI_DIRECTORY_TOKEN": "hush", "CTI_DIRECTORY_PRIVATE": "yes"})
    assert (settings.directory_url, settings.directory_token, settings.directory_private) == (url, "hush", True)
    assert (read(SOUND).directory_url, read(SOUND).directory_private) == ("", False)


@pytest.mark.parametrize(
    "url", ["redis://cache", "redis://cti:p%25ss@cache:6379/3", "rediss://:pass@[::1]/0?ssl_ca_certs=/etc/ca.pem"]
)
def test_a_redis_to_other_processes(url):
    assert read({**SOUND, "CTI_REDIS_URL": url}).redis_url == url
    assert read(SOUND).redis_url == ""


def test_a_token_may_be_rotated():
    assert read({**SOUND, "CTI_TWILIO_AUTH_TOKEN": "new,old"}).twilio_auth_tokens == ("new", "old")


def test_softphones_need_a_key():
    assert read(SOUND).twilio_api_key_sid == ""
    key = {"CTI_TWILIO_API_KEY_SID": "SK" + "1" * 32, "CTI_TWILIO_API_KEY_SECRET": "secret"}
    assert read({**SOUND, **key}).twilio_app_sid == ""
    settings = read({**SOUND, **key, "CTI_TWILIO_APP_SID": "AP" + "2" * 32})
    assert (settings.twilio_api_key_sid, settings.twilio_api_key_secret) == ("SK" + "1" * 32, "secret")
    assert settings.twilio_app_sid == "AP" + "2" * 32


@pytest.mark.parametrize(
    ("given", "named"),
    [
        ({"SID": "SK" + "1" * 32}, "CTI_TWILIO_API_KEY_SECRET"),
        ({"SECRET": "hush"}, "CTI_TWILIO_API_KEY_SID"),
        ({"SID": "AC" + "1" * 32, "SECRET": "hush"}, "CTI_TWILIO_API_KEY_SID"),
        ({"SID": "SK1", "SECRET": "hush"}, "CTI_TWILIO_API_KEY_SID"),
    ],
)
def test_half_a_key_is_a_mistake(given, named):
    [line] = mistakes(**{f"CTI_TWILIO_API_KEY_{name}": text for name, text in given.items()})
    assert line.startswith(f"{named}: ")
    assert "hush" not in line


@pytest.mark.parametrize(
    ("text", "host", "port"),
    [("0.0.0.0:80", "0.0.0.0", 80), (":8080", "0.0.0.0", 8080), ("[::1]:8080", "::1", 8080), ("host:0", "host", 0)],
)
def test_an_address_to_listen_on(text, host, port):
    settings = read({**SOUND, "CTI_LISTEN": text})
    assert (settings.host, settings.port) == (host, port)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("8080", "write 127.0.0.1:8080, or :8080 for every interface"),
        ("1.2.3.4:99999", "out of range"),
        ("localhost", "has no port"),
    ],
)
def test_what_is_no_address_to_listen_on_is_told_what_would_be(text, said):
    [line] = mistakes(CTI_LISTEN=text)
    assert said in line


def test_a_variable_that_nothing_reads_is_named_without_its_value():
    assert unknown(dict.fromkeys(VARIABLES, "x") | {"HOME": "/root"}) == []
    [line, other] = unknown({"CTI_LISTN": "hush", "CTI_ZEBRA": "hush", "CTI_TOKEN": "hush"})
    assert line.startswith("CTI_LISTN: ")
    assert "CTI_LISTEN?" in line
    assert other.startswith("CTI_ZEBRA: ")
    assert "hush" not in line + other


def test_the_variables_are_those_of_the_reference():
    reference = Path("docs/reference/environment.md").read_text(encoding="utf-8")
    documented = {name for row in reference.splitlines() if row.startswith("| `CTI_")
                  for name in re.findall(r"`(CTI_\w+)`", row.split("|")[1])}  # fmt: skip
    assert documented | {"CTI_TOKEN"} == VARIABLES


def test_our_own_address_ends_without_a_slash():
    assert read({**SOUND, "CTI_PUBLIC_URL": "https://calls.example.com/"}).public_url == "https://calls.example.com"


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("CTI_SITE", "Main Street"),
        ("CTI_SITE", "x" * 33),
        ("CTI_DATA_DIR", "/" + "x" * 100),
        ("CTI_LISTEN", "localhost"),
        ("CTI_LISTEN", "8080"),
        ("CTI_LISTEN", "localhost:99999"),
        ("CTI_LISTEN", "localhost:²"),
        ("CTI_DATABASE_URL", "mysql://cti@db/calls"),
        ("CTI_DATABASE_URL", "db.example.com"),
        ("CTI_PUBLIC_URL", "calls.example.com"),
        ("CTI_PUBLIC_URL", "https://calls.example.com?x=1"),
        ("CTI_PUBLIC_URL", "https://[calls.example.com"),
        ("CTI_PUBLIC_URL", "https://calls.example.com:https"),
        ("CTI_PUBLIC_URL", "https://:443"),
        ("CTI_TWILIO_ACCOUNT_SID", ""),
        ("CTI_TWILIO_ACCOUNT_SID", "SK" + "0" * 32),
        ("CTI_TWILIO_ACCOUNT_SID", "AC" + "z" * 32),
        ("CTI_TWILIO_AUTH_TOKEN", ","),
        ("CTI_TWILIO_APP_SID", "AP" + "2" * 32),
        ("CTI_SECRET_KEY", "too short"),
        ("CTI_CLOCK_RATE", "fast"),
        ("CTI_CLOCK_RATE", "0"),
        ("CTI_CLOCK_RATE", "nan"),
        ("CTI_CLOCK_ORIGIN_MS", "noon"),
        ("CTI_SNAPSHOT_RECORDS", "9"),
        ("CTI_SNAPSHOT_RECORDS", "many"),
        ("CTI_SNAPSHOT_RECORDS", "10²"),
        ("CTI_RETENTION_DAYS", "for ever"),
        ("CTI_DIRECTORY_URL", "crm.example.com/{number}"),
        ("CTI_DIRECTORY_URL", "http://crm.example.com/{number}"),
        ("CTI_DIRECTORY_URL", "https://[crm/{number}"),
        ("CTI_DIRECTORY_URL", "https://crm.example.com/find"),
        ("CTI_DIRECTORY_URL", "https://{number}.example.com/"),
        ("CTI_DIRECTORY_URL", "https://key@crm.example.com/{number}"),
        ("CTI_DIRECTORY_PRIVATE", "perhaps"),
        ("CTI_REDIS_URL", "cache.example.com"),
        ("CTI_REDIS_URL", "http://cache.example.com"),
        ("CTI_REDIS_URL", "redis://"),
        ("CTI_REDIS_URL", "redis://cache:port"),
        ("CTI_REDIS_URL", "redis://cache/first"),
        ("CTI_REDIS_URL", "redis://cache/0?ssl_ca_certs=/ca.pem"),
        ("CTI_REDIS_URL", "rediss://cache/0?ssl_cert_reqs=none"),
        ("CTI_REDIS_URL", "rediss://cache/0?ssl_ca_certs"),
    ],
)
def test_a_mistake_names_its_variable(name, text):
    [line] = mistakes(**{name: text})
    assert line.startswith(f"{name}: ")


def test_every_mistake_is_named_at_once():
    lines = mistakes(CTI_SITE="Main Street", CTI_LISTEN="nowhere", CTI_SECRET_KEY="x", CTI_TWILIO_AUTH_TOKEN="")
    named = sorted(line.partition(":")[0] for line in lines)
    assert named == ["CTI_LISTEN", "CTI_SECRET_KEY", "CTI_SITE", "CTI_TWILIO_AUTH_TOKEN"]


def test_a_secret_is_never_repeated():
    directory = {"CTI_DIRECTORY_URL": "ftp://hush@crm/{number}?key=hush", "CTI_DIRECTORY_TOKEN": "hush"}
    lines = mistakes(
        CTI_SECRET_KEY="hush",
        CTI_DATABASE_URL="mysql://cti:hush@db/calls",
        CTI_REDIS_URL="http://:hush@cache",
        **directory,
    )
    assert "hush" not in "\n".join(lines)


def test_commands_that_only_read_need_no_carrier():
    assert read({}, needs_carrier=False).twilio_account_sid == ""

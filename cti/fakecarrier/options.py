"""The command line of the fake carrier, checked once and frozen."""

import argparse

import msgspec

from cti.fakecarrier.faults.usual import plan_named
from cti.fakecarrier.loopback import is_loopback_host


class Options(msgspec.Struct, frozen=True, kw_only=True):
    """How this fake carrier behaves; times in seconds unless the name says otherwise."""

    account_sid: str
    auth_token: str
    host: str = "127.0.0.1"
    port: int = 0
    calls_per_second: float = 1.0
    seed: int | None = None
    ledger_path: str | None = None
    silence_limit_s: float = 15.0
    request_timeout_s: float = 15.0
    connect_timeout_s: float = 5.0
    ring_buffer_s: float = 5.0
    media_timeout_s: float = 60.0
    speech_speed: float = 1.0
    play_s: float = 20.0
    queue_members_max: int = 1000
    recording_ready_s: float = 2.0
    clock_rate: float = 1.0
    clock_origin_ms: int | None = None
    faults: str | None = None
    die_with_parent: bool = False


def parse_options(arguments: list[str] | None = None) -> Options:
    """Read the command line; a mistake ends the program with argparse's message and status 2."""
    parser = _parser()
    given = vars(parser.parse_args(arguments))
    host, separator, port = given.pop("listen").rpartition(":")
    if not separator or not port.isdecimal():
        parser.error("--listen needs HOST:PORT, for example 127.0.0.1:0")
    if not is_loopback_host(host.strip("[]")):
        parser.error("--listen must be a loopback address: the control interface has no password")
    if given["speech_speed"] <= 0:
        parser.error("--speech-speed must be greater than 0")
    if given["calls_per_second"] < 0:
        parser.error("--calls-per-second must be 0 (unlimited) or greater")
    if given["clock_rate"] <= 0:
        parser.error("--clock-rate must be greater than 0")
    if given["faults"]:
        try:
            plan_named(given["faults"])
        except ValueError as error:
            parser.error(f"--faults: {error}")
    return Options(host=host.strip("[]"), port=int(port), **given)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m cti.fakecarrier",
        description="The carrier's side of the wire: signed webhooks, TwiML, REST, and a ledger that judges.",
        formatter_class=argparse.ArgumentDefaultsHelpFormatter,
    )
    add = parser.add_argument
    add("--account-sid", required=True, help="AC and 32 hexadecimal digits; also the REST user name")
    add("--auth-token", required=True, help="signs the webhooks; also the REST password")
    add("--listen", default="127.0.0.1:0", metavar="HOST:PORT", help="loopback only; port 0 takes a free one")
    add("--calls-per-second", type=float, default=1.0, help="of calls placed by REST; 0 means unlimited")
    add("--seed", type=int, default=None, help="makes callers, endpoints and faults repeatable")
    add("--ledger", dest="ledger_path", default=None, metavar="FILE", help="also append the ledger here, as JSON lines")
    add("--silence-limit-s", type=float, default=15.0, help="an inbound party that hears nothing for longer is silent")
    add("--request-timeout-s", type=float, default=15.0, help="how long a webhook may take in all")
    add("--connect-timeout-s", type=float, default=5.0, help="how long connecting to the server may take")
    add("--ring-buffer-s", type=float, default=5.0, help="added to every ring time-out, as the carrier does")
    add("--media-timeout-s", type=float, default=60.0, help="how long a vanished endpoint's leg stays up")
    add("--speech-speed", type=float, default=1.0, help="1 speaks a character in 60 ms")
    add("--play-s", type=float, default=20.0, help="length of audio whose file name does not end in -<n>s")
    add("--queue-members-max", type=int, default=1000, help="callers a queue holds unless its document says otherwise")
    add("--recording-ready-s", type=float, default=2.0, help="from a recording's end until it can be fetched")
    add(
        "--clock-rate", type=float, default=1.0, help="how fast the carrier's time passes; 10 makes an hour six minutes"
    )
    add("--clock-origin-ms", type=int, default=None, help="when its time and the wall's were equal (ms since 1970)")
    add("--faults", default=None, metavar="FILE", help="the fault plan to begin with, or the word `usual`")
    add("--die-with-parent", action="store_true", help="exit when standard input closes")
    return parser

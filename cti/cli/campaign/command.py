"""`cti campaign`: start, pause, drain, stop and tune campaigns, and see how they stand."""

import asyncio
import getpass
import sys
from time import monotonic, sleep
from typing import Any
from urllib.parse import quote

import cyclopts
import orjson

from cti.cli.campaign import watching
from cti.cli.campaign.showing import setting_in_words, show_all, show_obstacles, show_one
from cti.cli.campaign.tuning import back_of, values_of
from cti.cli.console import console_of
from cti.cli.leads.results import in_words, stand_of, told
from cti.cli.local import ask
from cti.core.errors import CtiError
from cti.store.results.looking import Aside, ResultsStand

SETTLES_S, LOOKS_AGAIN_S = 3.0, 0.1
"""How long the first leads of a campaign may take before it is said what is in its way all the same."""

app = cyclopts.App(name="campaign", help="Start, pause, drain, stop and tune campaigns, and see how they stand.")


@app.command
def start(name: str, /, *, by: str = "") -> int:
    """The campaign dials from now on, within its hours, as long as there are leads and agents.

    Parameters
    ----------
    name
        The campaign, as its file is called.
    by
        Who says so; without it, whoever is logged in here.
    """
    status = _control("start", name, by)
    show_obstacles(_settled(name), _left_of(name), console_of())
    return status


@app.command
def pause(name: str, /, *, by: str = "") -> int:
    """No new lines. Whoever is being rung is served; the leads that it holds are kept.

    Parameters
    ----------
    name
        The campaign, as its file is called.
    by
        Who says so; without it, whoever is logged in here.
    """
    return _control("pause", name, by)


@app.command
def drain(name: str, /, *, by: str = "") -> int:
    """No new lines, and stopped once the last conversation is over.

    Parameters
    ----------
    name
        The campaign, as its file is called.
    by
        Who says so; without it, whoever is logged in here.
    """
    return _control("drain", name, by)


@app.command
def stop(name: str, /, *, by: str = "") -> int:
    """Stopped at once, and its leads given back. Whoever is being rung is served all the same.

    Parameters
    ----------
    name
        The campaign, as its file is called.
    by
        Who says so; without it, whoever is logged in here.
    """
    return _control("stop", name, by)


@app.command
def tune(name: str, /, *settings: str, reset: bool = False, by: str = "") -> int:
    """Other values than the campaign's file has, from the next line on; never bolder than file and rules allow.

    A restart keeps them. They end with `--reset`, and with a configuration that says something else of the key.

    Parameters
    ----------
    name
        The campaign, as its file is called.
    settings
        `KEY=VALUE`, spelled as in the file: `aim=2` (per cent that may be abandoned on a day), `mode=progressive`,
        `lines_max=40`, `share=3`, `keep_free=2` (agents left for callers), `ring=20s`, `wrap_up=15s`. With `--reset`,
        the keys alone. Without any, what is tuned now.
    reset
        As in the file again: these keys, or all.
    by
        Who says so; without it, whoever is logged in here.
    """
    path = _path(name)
    if settings or reset:
        order = back_of(settings, ask("admin.sock", "GET", path)["tuned"]) if reset else values_of(settings)
        ask("admin.sock", "POST", f"{path}/tune", json={**order, "by": by or _user()})
    campaign = ask("admin.sock", "GET", path)
    for each in campaign["tuned"]:
        print(f"{name}: {setting_in_words(each, campaign['zone'])}")
    if not campaign["tuned"]:
        print(f"{name}: all as in its file")
    return 0


@app.command(name="list")
def list_(*, json: bool = False) -> int:
    """All campaigns: status, lines, leads, agents, and the ceiling that is nearest.

    Parameters
    ----------
    json
        For programs, a JSON object a line.
    """
    campaigns = ask("admin.sock", "GET", "/campaigns")["campaigns"]
    if json:
        for campaign in campaigns:
            print(_as_json(campaign))
    else:
        show_all(campaigns, console_of())
    return 0


@app.command
def show(name: str, /, *, json: bool = False) -> int:
    """One campaign: its lines, its leads, its agents, and what was abandoned against each ceiling over its window.

    Parameters
    ----------
    name
        The campaign, as its file is called.
    json
        For programs.
    """
    campaign = ask("admin.sock", "GET", _path(name))
    sent = _results(name)
    if json:
        print(_as_json(campaign | {"results": told(*sent[0]) if sent else None}))
        return 0
    console = console_of()
    show_one(campaign, console, _left_of(name))
    for stand, _ in sent:
        console.print(f"  {in_words(stand)}", markup=False, soft_wrap=True)
    return 0


@app.command
def watch(*names: str, json: bool = False, once: bool = False, by: str = "") -> int:
    """Campaigns as they dial: lines, agents, the pacing, abandoned calls against each ceiling, what is in the way, and
    what is left of the lists. Keys start, pause and drain them. It waits for a server that is away.

    Parameters
    ----------
    names
        These campaigns only.
    json
        For programs, a JSON object a line each second, until Ctrl-C; `{"away": ...}` while the server is.
    once
        As it is now, and no more.
    by
        Who starts, pauses and drains; without it, whoever is logged in here.
    """
    return watching.watch(names, json=json, once=once, by=by or _user())


def _control(action: str, name: str, by: str) -> int:
    body = {"by": by or _user()}
    answer = ask("admin.sock", "POST", f"{_path(name)}/{action}", json=body)
    reason = f" ({answer['reason']})" if answer["reason"] else ""
    print(f"{name}: {answer['status'].lower()}{reason}")
    return 0


def _settled(name: str) -> dict[str, Any]:
    """How it stands once its first leads were fetched, or could have been."""
    until = monotonic() + SETTLES_S
    while True:
        campaign: dict[str, Any] = ask("admin.sock", "GET", _path(name))
        if monotonic() > until or not any(each["code"] == "claiming" for each in campaign["obstacles"]):
            return campaign
        sleep(LOOKS_AGAIN_S)


def _left_of(name: str) -> dict[str, int] | None:
    """What is left of its lists, as the follower counts it; None where it does not answer."""
    try:
        found: dict[str, int] = ask("follower.sock", "GET", f"{_path(name)}/leads")
    except CtiError:
        return None
    return found


def _path(name: str) -> str:
    """Where the server has it. Raises `CtiError` for what no path can say."""
    if name in ("", ".", ".."):
        raise CtiError(f"There is no campaign {name!r}: see `cti campaign list`.")
    return f"/campaigns/{quote(name, safe='')}"


def _results(campaign_id: str) -> list[tuple[ResultsStand, list[Aside]]]:
    """How its results get to another system. A store that cannot be read keeps nothing else from being shown."""
    try:
        return asyncio.run(stand_of(campaign_id, 0))
    except CtiError as error:
        print(error, file=sys.stderr)
        return []


def _as_json(campaign: dict[str, Any]) -> str:
    return orjson.dumps(campaign).decode()


def _user() -> str:
    try:
        return getpass.getuser()
    except (OSError, KeyError):
        raise CtiError("Nobody is logged in here: say who you are with --by NAME.") from None

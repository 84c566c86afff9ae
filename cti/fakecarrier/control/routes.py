"""The paths of the control interface."""

import asyncio

from aiohttp import web

from cti.fakecarrier.carrier import Carrier
from cti.fakecarrier.control.account import AccountControl
from cti.fakecarrier.control.bodies import answering_mistakes, reply
from cti.fakecarrier.control.judging import Judging
from cti.fakecarrier.control.people import People


def add_control_routes(app: web.Application, carrier: Carrier, stop: asyncio.Event) -> None:
    """Everything under /_control; `stop` is set when somebody asks the process to quit."""
    people, account, judging = People(carrier), AccountControl(carrier), Judging(carrier)

    async def quit_process(_request: web.Request) -> web.StreamResponse:
        """End the process once this answer is out."""
        asyncio.get_running_loop().call_later(0.05, stop.set)
        return reply({})

    routes = [
        ("POST", "numbers", people.set_numbers),
        ("GET", "numbers", people.get_numbers),
        ("POST", "calls", people.place_call),
        ("POST", "calls/{sid}/hangup", people.hang_up),
        ("POST", "calls/{sid}/digits", people.press),
        ("POST", "calls/{sid}/vanish", people.vanish),
        ("POST", "calls/{sid}/script", people.script),
        ("POST", "clients/{identity}/connect", account.connect),
        ("POST", "account", account.settings),
        ("POST", "applications", account.applications),
        ("POST", "caller-ids", account.caller_ids),
        ("POST", "permissions", account.permissions),
        ("POST", "callers", people.start_callers),
        ("DELETE", "callers", people.stop_callers),
        ("POST", "endpoints", people.set_endpoints),
        ("POST", "faults", judging.set_faults),
        ("GET", "faults", judging.get_faults),
        ("GET", "faults/usual", judging.get_usual_faults),
        ("POST", "faults/usual", judging.set_usual_faults),
        ("GET", "hears", judging.hears),
        ("GET", "rate", judging.rate),
        ("GET", "ledger", judging.ledger),
        ("GET", "verdict", judging.verdict),
        ("GET", "live", judging.live),
        ("GET", "rooms", judging.rooms),
        ("GET", "settle", judging.settle),
        ("POST", "quit", quit_process),
    ]
    for method, path, handler in routes:
        app.router.add_route(method, f"/_control/{path}", answering_mistakes(handler))

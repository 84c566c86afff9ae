"""Control: what belongs to the account, and the softphones that call out."""

import random

import msgspec
from aiohttp import web

from cti.fakecarrier.account import AccountSettings
from cti.fakecarrier.actors.script import Step, follow
from cti.fakecarrier.carrier import Carrier
from cti.fakecarrier.control.bodies import read_body, reply
from cti.fakecarrier.numbers import Application


class Connect(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A softphone's call: by which application, with which parameters of its own, and what its person does then."""

    application_sid: str
    parameters: dict[str, str] = {}
    script: list[Step] = []


class Permission(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What calls to a country may be; what is not given stays."""

    low_risk_numbers_enabled: bool | None = None
    high_risk_special_numbers_enabled: bool | None = None
    high_risk_tollfraud_numbers_enabled: bool | None = None


class NewCallerId(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A number that was verified."""

    phone_number: str
    friendly_name: str = ""


class AccountControl:
    """The account as its owner would set it up, and its clients."""

    def __init__(self, carrier: Carrier) -> None:
        self._carrier = carrier
        seed = carrier.options.seed
        self._random = random.Random(None if seed is None else f"{seed}:clients")  # noqa: S311 - repeatable, no secret

    async def settings(self, request: web.Request) -> web.StreamResponse:
        """What the account is like."""
        self._carrier.account.settings = await read_body(request, AccountSettings)
        return reply(self._carrier.account.settings)

    async def applications(self, request: web.Request) -> web.StreamResponse:
        """Add an application, or replace the one with its `sid`."""
        application = await read_body(request, Application)
        application.check()
        return reply(self._carrier.account.set_application(application), 201)

    async def caller_ids(self, request: web.Request) -> web.StreamResponse:
        """Verify a caller id."""
        body = await read_body(request, NewCallerId)
        return reply(self._carrier.account.verify_caller_id(body.phone_number, body.friendly_name), 201)

    async def permissions(self, request: web.Request) -> web.StreamResponse:
        """Where calls may go, by country."""
        known = self._carrier.account.permissions
        for iso_code, permission in (await read_body(request, dict[str, Permission])).items():
            if iso_code not in known.countries:
                raise LookupError(f"{iso_code!r} is none of the countries known here")
            given = msgspec.structs.asdict(permission)
            known.allow(iso_code, **{flag: allowed for flag, allowed in given.items() if allowed is not None})
        return reply(known.countries)

    async def connect(self, request: web.Request) -> web.StreamResponse:
        """A softphone calls out."""
        body, carrier = await read_body(request, Connect), self._carrier
        if body.application_sid not in carrier.account.applications:
            raise LookupError(f"{body.application_sid!r} is not one of the applications")
        leg = carrier.connect_client(request.match_info["identity"], body.application_sid, body.parameters)
        own = random.Random(self._random.getrandbits(64))  # noqa: S311 - repeatable, no secret
        carrier.accompany(leg, follow(carrier, leg, body.script, own))
        return reply({"sid": leg.sid}, 201)

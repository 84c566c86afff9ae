"""REST: the account's numbers and applications, and their webhooks."""

from typing import Any

import msgspec
from aiohttp import web

from cti.fakecarrier.carrier import Carrier
from cti.fakecarrier.clock import rfc_2822
from cti.fakecarrier.hooks import Hooks
from cti.fakecarrier.loopback import NotLoopback, require_loopback
from cti.fakecarrier.numbers import Application, Number
from cti.fakecarrier.rest.calls import warn_of_unread
from cti.fakecarrier.rest.errors import Refusal, not_found
from cti.fakecarrier.rest.form import Form
from cti.fakecarrier.rest.gate import reply
from cti.fakecarrier.rest.paging import page_of
from cti.fakecarrier.webhooks.parameters import API_VERSION, account_path

_URLS = {
    "VoiceUrl": ("voice_url", 21402),
    "VoiceFallbackUrl": ("fallback_url", 21405),
    "StatusCallback": ("status_callback", 21609),
}
_METHODS = {
    "VoiceMethod": "voice_method",
    "VoiceFallbackMethod": "fallback_method",
    "StatusCallbackMethod": "status_callback_method",
}


class Numbers:
    """Read, list and change the account's numbers."""

    def __init__(self, carrier: Carrier) -> None:
        self._carrier = carrier

    async def list(self, request: web.Request) -> web.StreamResponse:
        """Numbers by PhoneNumber and FriendlyName."""
        query = request.query
        matching = (
            _Owned(phone_number, number)
            for phone_number, number in self._carrier.account.numbers.items()
            if query.get("PhoneNumber", phone_number) in phone_number
            and query.get("FriendlyName", number.friendly_name) == number.friendly_name
        )
        return reply(page_of(request, "incoming_phone_numbers", matching, self._resource))

    async def fetch(self, request: web.Request) -> web.StreamResponse:
        """One number."""
        return reply(self._resource(self._find(request)))

    async def update(self, request: web.Request) -> web.StreamResponse:
        """Change where the carrier asks about the number's calls."""
        owned, form = self._find(request), await Form.of(request)
        changes = hook_changes(form)
        for name, field in (("VoiceApplicationSid", "voice_application_sid"), ("TrunkSid", "trunk_sid")):
            if form.has(name):
                changes[field] = form.text(name) or None
        application_sid = changes.get("voice_application_sid")
        if application_sid is not None and application_sid not in self._carrier.account.applications:
            raise Refusal(400, 21218, f"Invalid VoiceApplicationSid {application_sid}")
        warn_of_unread(form, self._carrier, request)
        number = msgspec.structs.replace(owned.number, **changes)
        return reply(
            self._resource(_Owned(owned.phone_number, self._carrier.account.set_number(owned.phone_number, number)))
        )

    def _find(self, request: web.Request) -> "_Owned":
        for phone_number, number in self._carrier.account.numbers.items():
            if number.sid == request.match_info["sid"]:
                return _Owned(phone_number, number)
        raise not_found(request.path)

    def _resource(self, owned: "_Owned") -> dict[str, Any]:
        number, account_sid = owned.number, self._carrier.options.account_sid
        return hooks_resource(number, account_sid) | {
            "sid": number.sid,
            "phone_number": owned.phone_number,
            "voice_application_sid": number.voice_application_sid,
            "trunk_sid": number.trunk_sid,
            "voice_receive_mode": "voice",
            "capabilities": {"voice": True, "sms": False, "mms": False, "fax": False},
            "address_requirements": "none",
            "beta": False,
            "emergency_status": "Inactive",
            "origin": "twilio",
            "status": "in-use",
            "uri": f"{account_path(account_sid)}/IncomingPhoneNumbers/{number.sid}.json",
        }


class Applications:
    """Create, read, list, change and delete TwiML applications."""

    def __init__(self, carrier: Carrier) -> None:
        self._carrier = carrier

    async def create(self, request: web.Request) -> web.StreamResponse:
        """A new application."""
        form = await Form.of(request)
        application = Application(**hook_changes(form))
        warn_of_unread(form, self._carrier, request)
        return reply(self._resource(self._carrier.account.set_application(application)), 201)

    async def list(self, request: web.Request) -> web.StreamResponse:
        """Applications by FriendlyName."""
        matching = (
            one
            for one in reversed(self._carrier.account.applications.values())
            if request.query.get("FriendlyName", one.friendly_name) == one.friendly_name
        )
        return reply(page_of(request, "applications", matching, self._resource))

    async def fetch(self, request: web.Request) -> web.StreamResponse:
        """One application."""
        return reply(self._resource(self._find(request)))

    async def update(self, request: web.Request) -> web.StreamResponse:
        """Change an application's webhooks."""
        application, form = self._find(request), await Form.of(request)
        changed = msgspec.structs.replace(application, **hook_changes(form))
        warn_of_unread(form, self._carrier, request)
        return reply(self._resource(self._carrier.account.set_application(changed)))

    async def delete(self, request: web.Request) -> web.StreamResponse:
        """The application is gone."""
        del self._carrier.account.applications[self._find(request).sid]
        return web.Response(status=204)

    def _find(self, request: web.Request) -> Application:
        application = self._carrier.account.applications.get(request.match_info["sid"])
        if application is None:
            raise not_found(request.path)
        return application

    def _resource(self, application: Application) -> dict[str, Any]:
        account_sid = self._carrier.options.account_sid
        return hooks_resource(application, account_sid) | {
            "sid": application.sid,
            "public_application_connect_enabled": False,
            "uri": f"{account_path(account_sid)}/Applications/{application.sid}.json",
        }


class _Owned(msgspec.Struct, frozen=True):
    """A number as text, and what is set for it."""

    phone_number: str
    number: Number

    @property
    def sid(self) -> str:
        """The number's identifier."""
        return self.number.sid


def hook_changes(form: Form) -> dict[str, Any]:
    """What the form changes about webhooks; an empty URL takes one away."""
    changes: dict[str, Any] = {}
    for name, (field, code) in _URLS.items():
        if not form.has(name):
            continue
        url = form.text(name)
        try:
            if url:
                require_loopback(url)
        except NotLoopback as error:
            raise Refusal(400, code, f"{name} is not valid: {error}") from error
        changes[field] = url if url or field == "voice_url" else None
    for name, field in _METHODS.items():
        if form.has(name):
            changes[field] = form.choice(name, ("POST", "GET"), "POST")
    if form.has("FriendlyName"):
        changes["friendly_name"] = form.text("FriendlyName")
    return changes


def hooks_resource(hooks: Hooks, account_sid: str) -> dict[str, Any]:
    """What numbers and applications show alike."""
    return {
        "account_sid": account_sid,
        "api_version": API_VERSION,
        "friendly_name": hooks.friendly_name,
        "voice_url": hooks.voice_url or None,
        "voice_method": hooks.voice_method,
        "voice_fallback_url": hooks.fallback_url,
        "voice_fallback_method": hooks.fallback_method,
        "voice_caller_id_lookup": False,
        "status_callback": hooks.status_callback,
        "status_callback_method": hooks.status_callback_method,
        "sms_url": None,
        "sms_method": "POST",
        "sms_fallback_url": None,
        "sms_fallback_method": "POST",
        "date_created": rfc_2822(hooks.created_at),
        "date_updated": rfc_2822(hooks.updated_at),
    }

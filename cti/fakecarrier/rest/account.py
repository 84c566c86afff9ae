"""REST: the account itself, its keys and its verified caller ids."""

from typing import Any

from aiohttp import web

from cti.fakecarrier.account import CallerId, Key
from cti.fakecarrier.carrier import Carrier
from cti.fakecarrier.clock import rfc_2822
from cti.fakecarrier.rest.calls import warn_of_unread
from cti.fakecarrier.rest.errors import not_found
from cti.fakecarrier.rest.form import Form
from cti.fakecarrier.rest.gate import reply
from cti.fakecarrier.rest.paging import page_of
from cti.fakecarrier.webhooks.parameters import account_path

_PARTS = ("applications", "calls", "conferences", "incoming_phone_numbers", "keys", "outgoing_caller_ids", "recordings")


class AccountResources:
    """Read the account; make, read, rename and delete keys; read and delete verified caller ids."""

    def __init__(self, carrier: Carrier) -> None:
        self._carrier = carrier

    async def fetch(self, _request: web.Request) -> web.StreamResponse:
        """The account."""
        account, sid = self._carrier.account, self._carrier.options.account_sid
        path = account_path(sid)
        return reply(
            {
                "sid": sid,
                "owner_account_sid": sid,
                "auth_token": None,
                "friendly_name": account.settings.friendly_name,
                "status": account.settings.status,
                "type": account.settings.type,
                "date_created": rfc_2822(account.created_at),
                "date_updated": rfc_2822(account.created_at),
                "uri": f"{path}.json",
                "subresource_uris": {part: f"{path}/{part.title().replace('_', '')}.json" for part in _PARTS},
            }
        )

    async def create_key(self, request: web.Request) -> web.StreamResponse:
        """A new key, with its secret."""
        form = await Form.of(request)
        key = self._carrier.account.make_key(form.text("FriendlyName"))
        warn_of_unread(form, self._carrier, request)
        return reply(_key_resource(key) | {"secret": key.secret}, 201)

    async def list_keys(self, request: web.Request) -> web.StreamResponse:
        """All keys, without their secrets."""
        return reply(page_of(request, "keys", reversed(self._carrier.account.keys.values()), _key_resource))

    async def fetch_key(self, request: web.Request) -> web.StreamResponse:
        """One key."""
        return reply(_key_resource(self._find_key(request)))

    async def delete_key(self, request: web.Request) -> web.StreamResponse:
        """The key opens nothing any more."""
        del self._carrier.account.keys[self._find_key(request).sid]
        return web.Response(status=204)

    async def list_caller_ids(self, request: web.Request) -> web.StreamResponse:
        """Verified caller ids by PhoneNumber and FriendlyName."""
        query = request.query
        matching = (
            one
            for one in reversed(self._carrier.account.caller_ids.values())
            if query.get("PhoneNumber", one.phone_number) == one.phone_number
            and query.get("FriendlyName", one.friendly_name) == one.friendly_name
        )
        return reply(page_of(request, "outgoing_caller_ids", matching, self._caller_id_resource))

    async def fetch_caller_id(self, request: web.Request) -> web.StreamResponse:
        """One verified caller id."""
        return reply(self._caller_id_resource(self._find_caller_id(request)))

    async def delete_caller_id(self, request: web.Request) -> web.StreamResponse:
        """The number may not be shown any more."""
        del self._carrier.account.caller_ids[self._find_caller_id(request).sid]
        return web.Response(status=204)

    def _find_key(self, request: web.Request) -> Key:
        key = self._carrier.account.keys.get(request.match_info["sid"])
        if key is None:
            raise not_found(request.path)
        return key

    def _find_caller_id(self, request: web.Request) -> CallerId:
        caller_id = self._carrier.account.caller_ids.get(request.match_info["sid"])
        if caller_id is None:
            raise not_found(request.path)
        return caller_id

    def _caller_id_resource(self, caller_id: CallerId) -> dict[str, Any]:
        account_sid = self._carrier.options.account_sid
        return {
            "sid": caller_id.sid,
            "account_sid": account_sid,
            "phone_number": caller_id.phone_number,
            "friendly_name": caller_id.friendly_name,
            "date_created": rfc_2822(caller_id.created_at),
            "date_updated": rfc_2822(caller_id.created_at),
            "uri": f"{account_path(account_sid)}/OutgoingCallerIds/{caller_id.sid}.json",
        }


def _key_resource(key: Key) -> dict[str, Any]:
    return {
        "sid": key.sid,
        "friendly_name": key.friendly_name,
        "date_created": rfc_2822(key.created_at),
        "date_updated": rfc_2822(key.updated_at),
    }

"""The account: what belongs to it besides its calls."""

import msgspec

from cti.fakecarrier.clock import Clock
from cti.fakecarrier.dialing_permissions import DialingPermissions
from cti.fakecarrier.hooks import Hooks
from cti.fakecarrier.identifiers import new_sid
from cti.fakecarrier.numbers import Application, Number


class AccountSettings(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What the account is like. With `caller_ids_checked` calls need a number of the account's own, or a verified one,
    as their caller id.
    """

    friendly_name: str = "A centre on the fake carrier"
    status: str = "active"
    type: str = "Full"
    caller_ids_checked: bool = False


class CallerId(msgspec.Struct, frozen=True, kw_only=True):
    """A number elsewhere that was verified, so that calls may show it."""

    sid: str
    phone_number: str
    friendly_name: str
    created_at: int


class Key(msgspec.Struct, frozen=True, kw_only=True):
    """An API key: a user and a password for REST that may do everything but look after the account and its keys."""

    sid: str
    secret: str
    friendly_name: str
    created_at: int
    updated_at: int


class Account:
    """Numbers, applications, verified caller ids, keys, and where calls may go."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self.created_at = clock.now_ms()
        self.settings = AccountSettings()
        self.numbers: dict[str, Number] = {}
        self.applications: dict[str, Application] = {}
        self.caller_ids: dict[str, CallerId] = {}
        self.keys: dict[str, Key] = {}
        self.permissions = DialingPermissions()

    def set_number(self, phone_number: str, number: Number) -> Number:
        """Add the number, or replace what was known of it; its identifier and its age remain."""
        before = self.numbers.get(phone_number)
        now_ms = self._clock.now_ms()
        self.numbers[phone_number] = number = msgspec.structs.replace(
            number,
            sid=before.sid if before is not None else number.sid or new_sid("PN"),
            friendly_name=number.friendly_name or phone_number,
            created_at=before.created_at if before is not None else now_ms,
            updated_at=now_ms,
        )
        return number

    def set_application(self, application: Application) -> Application:
        """Add the application, or replace the one with its identifier."""
        before = self.applications.get(application.sid)
        now_ms = self._clock.now_ms()
        application = msgspec.structs.replace(
            application,
            sid=application.sid or new_sid("AP"),
            created_at=before.created_at if before is not None else now_ms,
            updated_at=now_ms,
        )
        self.applications[application.sid] = application
        return application

    def verify_caller_id(self, phone_number: str, friendly_name: str = "") -> CallerId:
        """The number may be shown from now on."""
        caller_id = CallerId(
            sid=new_sid("PN"),
            phone_number=phone_number,
            friendly_name=friendly_name or phone_number,
            created_at=self._clock.now_ms(),
        )
        self.caller_ids[caller_id.sid] = caller_id
        return caller_id

    def make_key(self, friendly_name: str) -> Key:
        """A new key; its secret is shown this once."""
        now_ms = self._clock.now_ms()
        key = Key(
            sid=new_sid("SK"),
            secret=new_sid(""),
            friendly_name=friendly_name,
            created_at=now_ms,
            updated_at=now_ms,
        )
        self.keys[key.sid] = key
        return key

    def may_show(self, address: str) -> bool:
        """True if calls may show this as their caller id."""
        if not self.settings.caller_ids_checked or not address.startswith("+"):
            return True
        return address in self.numbers or any(one.phone_number == address for one in self.caller_ids.values())

    def hooks_of(self, number: Number) -> Hooks:
        """The number's webhooks: its application's, if it names one that exists, or its own."""
        return self.applications.get(number.voice_application_sid or "", number)

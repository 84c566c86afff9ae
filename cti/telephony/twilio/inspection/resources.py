"""What the carrier's REST interface answers about an account, as far as it is compared."""

import msgspec


class AccountRead(msgspec.Struct, frozen=True):
    """The account itself. `type` is Trial or Full, `status` active, suspended or closed."""

    sid: str
    status: str
    type: str = ""


class HooksRead(msgspec.Struct, frozen=True, kw_only=True):
    """The webhooks of a number or a TwiML app."""

    sid: str
    voice_url: str | None = None
    voice_method: str | None = None
    voice_fallback_url: str | None = None
    voice_fallback_method: str | None = None
    status_callback: str | None = None
    status_callback_method: str | None = None


class Capabilities(msgspec.Struct, frozen=True):
    """What a number can do."""

    voice: bool = True


class NumberRead(HooksRead, frozen=True, kw_only=True):
    """A number of the account. A trunk takes its calls, or else an app has its webhooks, or else it has its own."""

    phone_number: str
    voice_application_sid: str | None = None
    trunk_sid: str | None = None
    capabilities: Capabilities | None = None


class NumberPage(msgspec.Struct, frozen=True):
    """Some numbers, and the path of the next ones."""

    incoming_phone_numbers: list[NumberRead]
    next_page_uri: str | None = None


class CallerIdRead(msgspec.Struct, frozen=True):
    """A number elsewhere that was verified."""

    phone_number: str


class CallerIdPage(msgspec.Struct, frozen=True):
    """Some of them, and the path of the next ones."""

    outgoing_caller_ids: list[CallerIdRead]
    next_page_uri: str | None = None


class KeyRead(msgspec.Struct, frozen=True):
    """An API key, without its secret."""

    sid: str


class PageMeta(msgspec.Struct, frozen=True):
    """The whole address of the next page, or none."""

    next_page_url: str | None = None


class Country(msgspec.Struct, frozen=True, kw_only=True):
    """Where calls may go, by the risk of the number."""

    iso_code: str
    name: str | None = None
    country_codes: list[str] | None = None
    low_risk_numbers_enabled: bool | None = None
    high_risk_special_numbers_enabled: bool | None = None
    high_risk_tollfraud_numbers_enabled: bool | None = None

    @property
    def label(self) -> str:
        """As people know it: `Germany (DE)`."""
        return f"{self.name} ({self.iso_code})" if self.name else self.iso_code


class CountryPage(msgspec.Struct, frozen=True):
    """Some countries, and the address of the next ones."""

    content: list[Country]
    meta: PageMeta = PageMeta()


class Prefix(msgspec.Struct, frozen=True):
    """The beginning of numbers."""

    prefix: str


class PrefixPage(msgspec.Struct, frozen=True):
    """Some prefixes, and the address of the next ones."""

    content: list[Prefix]
    meta: PageMeta = PageMeta()

"""The account's numbers: where the carrier asks what to do with a call to each."""

from cti.fakecarrier.hooks import Hooks


class Number(Hooks, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One number. A trunk takes its calls, or else an application has its webhooks, or else it has its own."""

    sid: str = ""
    voice_application_sid: str | None = None
    trunk_sid: str | None = None


class Application(Hooks, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A TwiML application: webhooks that numbers, calls placed by REST and calling clients can share."""

    sid: str = ""

"""The fields that every request about a leg carries."""

from cti.fakecarrier.legs.leg import Leg

API_VERSION = "2010-04-01"


def account_path(account_sid: str) -> str:
    """Where everything of an account is found."""
    return f"/{API_VERSION}/Accounts/{account_sid}"


def voice_parameters(leg: Leg, account_sid: str, call_status: str | None = None) -> dict[str, str]:
    """The voice request's fields, `call_status` in place of the leg's own if given."""
    record = leg.record
    parameters = {
        "CallSid": record.sid,
        "AccountSid": account_sid,
        "From": record.from_party,
        "To": record.to_party,
        "Caller": record.from_party,
        "Called": record.to_party,
        "CallStatus": call_status or record.status,
        "ApiVersion": API_VERSION,
        "Direction": record.direction,
    }
    if record.parent_sid is not None:
        parameters["ParentCallSid"] = record.parent_sid
    return parameters | leg.extra_parameters

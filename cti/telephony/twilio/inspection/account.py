"""The account: are we let in, may it ring telephones, does its key do, do our clocks agree?"""

from collections.abc import Iterator, Sequence

from cti.telephony.twilio.comparison import CLOCKS_APART_S
from cti.telephony.twilio.inspection.finding import Finding, listed, mistake, note, shown, warning
from cti.telephony.twilio.inspection.needs import Needs
from cti.telephony.twilio.inspection.reading import Facts, reason
from cti.telephony.twilio.inspection.resources import AccountRead
from cti.telephony.twilio.rest import Refused, RestError

TOKEN = "CTI_TWILIO_AUTH_TOKEN"  # noqa: S105  # the variable's name
KEY = "CTI_TWILIO_API_KEY_SID"
TEST_CREDENTIALS = 20008


def credential_findings(account_sid: str, answers: Sequence[AccountRead | RestError]) -> Iterator[Finding]:
    """What is wrong with the auth tokens; `answers` is what the carrier says to each of them."""
    works = any(isinstance(answer, AccountRead) for answer in answers)
    for number, answer in enumerate(answers, 1):
        where = TOKEN if len(answers) == 1 else f"{TOKEN} ({number} of {len(answers)})"
        match answer:
            case AccountRead():
                if answer.sid != account_sid:
                    what = f"the carrier answers for the account {shown(answer.sid)} instead of {account_sid}"
                    yield mistake("nonsense", "CTI_TWILIO_API_URL", what, "check that this is the carrier")
            case Refused() as error if error.code == TEST_CREDENTIALS:
                what = "these are test credentials, by which no call comes and none is placed"
                yield mistake("test_credentials", where, what, "take the live account SID and auth token")
            case Refused() as error if error.status in (401, 403):
                yield _refused_token(where, error, first=number == 1, works=works)
            case RestError() as error:
                remedy = "check CTI_TWILIO_API_URL and the way out of this network, and try again"
                yield mistake(
                    "carrier", f"account {account_sid}", f"the carrier cannot be asked: {reason(error)}", remedy
                )


def _refused_token(where: str, error: Refused, *, first: bool, works: bool) -> Finding:
    what = f"the carrier refuses it ({reason(error)})"
    if not works:
        remedy = "copy the account SID and the auth token anew from the carrier's console, and the region with them"
        return mistake("credentials", where, what, remedy)
    if first:
        return mistake("credentials", where, what, "put the token that the carrier accepts first")
    return warning("credentials", where, what, "take it out when the rotation of tokens is over")


def account_findings(needs: Needs, facts: Facts, account: AccountRead) -> Iterator[Finding]:
    """What the account may not do."""
    where = f"account {account.sid}"
    if account.status != "active":
        what = f"it is {shown(account.status)}: no call comes and none is placed"
        yield mistake("account_status", where, what, "settle it with the carrier")
    if account.type == "Trial":
        yield _trial(where, needs, facts)
    if isinstance(facts.calls, RestError):
        what = f"its calls cannot be listed, which is how a call in doubt is found again: {reason(facts.calls)}"
        yield mistake("calls_list", where, what, "give the credentials of the account itself")


def _trial(where: str, needs: Needs, facts: Facts) -> Finding:
    known: set[str] = set()
    if not isinstance(facts.caller_ids, RestError):
        known |= {one.phone_number for one in facts.caller_ids}
    unverified = [number for number in needs.agent_numbers if number not in known]
    rung = f", such as not {listed(unverified)} of your agents" if unverified else ""
    what = f"it is a trial: callers hear an announcement first, and only verified numbers can be rung{rung}"
    return warning("trial", where, what, "upgrade it before customers call")


def key_findings(needs: Needs, facts: Facts, key_sid: str) -> Iterator[Finding]:
    """What is wrong with the API key, which signs the softphones' tokens."""
    key, where = facts.key, f"key {key_sid}"
    if key is None:
        if needs.softphones:
            what = f"there is none, so that no token can be signed for {listed(needs.softphones)}"
            yield warning(
                "no_key", KEY, what, "make a standard key in the carrier's console, or give agents telephones"
            )
        return
    remedy = "make a standard key of this account in the carrier's console, and give its SID and secret"
    match key.calls:
        case Refused() as error if error.status == 401:
            if isinstance(key.known, Refused) and key.known.status == 404:
                yield mistake("key", where, "the account has no such key, so softphones cannot register", remedy)
            else:
                what = f"the carrier refuses it with this secret, so softphones cannot register ({reason(error)})"
                yield mistake("key", where, what, remedy)
        case Refused() as error if error.code == TEST_CREDENTIALS:
            yield mistake("test_credentials", where, "it is a test credential, which signs no token", remedy)
        case Refused() as error:
            what = f"it may not list calls, so it is a restricted one, which signs no token ({reason(error)})"
            yield mistake("key_rights", where, what, remedy)
        case RestError() as error:
            yield warning("unreadable", where, f"it could not be tried: {reason(error)}", "try again")
        case _:
            if isinstance(key.account, AccountRead):
                what = "it is a main key, which may do anything to the account; a standard one is enough"
                yield warning("key_rights", where, what, remedy)


def clock_findings(ahead_s: float | None) -> Iterator[Finding]:
    """Whether our clock and the carrier's agree."""
    if ahead_s is None:
        what = "the carrier does not say what time it is, so ours cannot be compared"
        yield warning("clock", "clock", what, "see that this machine keeps its time by NTP")
    elif abs(ahead_s) > CLOCKS_APART_S:
        side = "ahead of" if ahead_s > 0 else "behind"
        what = f"ours is {abs(ahead_s):.0f} s {side} the carrier's: calls in doubt are not found, tokens are refused"
        yield mistake("clock", "clock", what, "set this machine's clock, and keep it by NTP")


def rate_findings(needs: Needs) -> Iterator[Finding]:
    """The carrier does not tell its rate; a person can compare."""
    what = "how many calls a second the carrier places for the account cannot be read (1 unless it was raised)"
    configured = needs.calls_per_second
    if configured is None:
        remedy = "look in the console under Voice, Settings: every leg to an agent counts"
    elif configured == 0:
        remedy = "look in the console under Voice, Settings, and give that as calls_per_second, which is unlimited here"
    else:
        remedy = f"compare the console's Voice, Settings with calls_per_second, which is {configured} here"
    yield note("calls_per_second", "calls per second", what, remedy)

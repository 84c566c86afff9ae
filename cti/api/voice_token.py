"""`POST /api/v1/voice-token`: an agent's softphone signs in at the carrier, under the agent's own identity only."""

from collections.abc import Callable

from aiohttp import web

from cti.api.auth import authenticate
from cti.api.ports import Clock, SiteView
from cti.api.problems import problem

TTL_S = 3_600

IssueVoiceToken = Callable[[str, int], str]
"""A token for an identity, in force for so many seconds. Raises `ValueError` for an identity that cannot be one."""


class VoiceTokenDoor:
    """`issue` is None where the server has no key to sign with."""

    def __init__(self, site: SiteView, clock: Clock, issue: IssueVoiceToken | None) -> None:
        self._site = site
        self._clock = clock
        self._issue = issue

    async def post(self, request: web.Request) -> web.Response:
        """The handler of the route. A token outlives the one that asked for it by nothing."""
        now = self._clock()
        bearer = authenticate(request, self._site, "agent", now)
        if self._issue is None:
            detail = "This server has no key for softphones: set CTI_TWILIO_API_KEY_SID and CTI_TWILIO_API_KEY_SECRET."
            raise problem(501, "no_softphones", detail)
        config = self._site.state.config.agents.get(bearer.subject)
        kind, _, identity = config.endpoint.partition(":") if config else ("", "", "")
        if kind != "client":
            raise problem(409, "no_softphone", f"{bearer.subject} has another phone: the endpoint is no client.")
        left_s = (bearer.expires_at - now) // 1_000 if bearer.expires_at else TTL_S
        ttl_s = max(1, min(TTL_S, left_s))
        try:
            token = self._issue(identity, ttl_s)
        except ValueError as error:
            raise problem(409, "bad_identity", f"{error}. Change the agent's endpoint.") from error
        body = {"token": token, "identity": identity, "expires_at": now + ttl_s * 1_000}
        return web.json_response(body, headers={"Cache-Control": "no-store"})

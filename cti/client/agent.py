"""A desktop for programs: sign in, take contacts, say what became of them."""

import asyncio
from collections.abc import AsyncIterator
from types import TracebackType
from typing import Self

from cti.client import events as e
from cti.client.address import socket_address
from cti.client.desk import apply_event
from cti.client.directory import Directory
from cti.client.errors import ClientError, Closed
from cti.client.inbox import Inbox, Lost
from cti.client.link import Backoff, Link, jittered
from cti.client.requests import Requests, unanswered

PATH = "/api/v1/agent/socket"


class AgentClient:
    """One desktop of an agent. It keeps its place in the record, so that a lost connection loses nothing, and connects
    again for as long as it takes.

    >>> from cti.client import AgentClient, Offer, WrapUp
    >>>
    >>> async def work(url: str, token: str) -> None:
    ...     async with AgentClient(url, token) as agent:
    ...         await agent.sign_in()
    ...         await agent.ready()
    ...         async for event in agent.events():
    ...             if isinstance(event, Offer):
    ...                 await agent.accept(event.offer_id)
    ...             elif isinstance(event, WrapUp):
    ...                 await agent.dispose(event.contact_id, "sold")
    ...                 return

    Offers are acknowledged and probes are answered by themselves, unless told otherwise. Requests are answered before
    their methods return; they raise `Refused` if the server does not do it.
    """

    def __init__(
        self,
        url: str,
        token: str,
        *,
        auto_acknowledge: bool = True,
        answer_probes: bool = True,
        backoff: Backoff = jittered,
    ) -> None:
        """`url` is the server's address, such as `https://cti.example.com`. Raises `ValueError` if it is none."""
        socket_address(url, PATH)
        self.cursor = ""
        """The place in the record up to which everything was taken."""
        self.live = False
        """Connected, and told of everything."""
        self.name = ""
        """The agent's name, and the `site`'s: known from the first connection on."""
        self.site = ""
        self._url = url
        self._desk: e.Desk | None = None
        self._auto_acknowledge = auto_acknowledge
        self._answer_probes = answer_probes
        self.directory: Directory | None = None
        """Who is free, and where how many wait; None until `open_directory`."""
        self._inbox: Inbox[e.AnyEvent | e.Unknown] = Inbox()
        self._link = Link(token, self._address, self._received, self._lost, backoff)
        self._requests = Requests(self._link.send)
        self._changed = asyncio.Event()

    async def __aenter__(self) -> Self:
        """Connect. Raises `TokenRefused`; a server that is not there is waited for."""
        self._link.start()
        try:
            await self._until_live()
        except BaseException:
            await self.close()
            raise
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        await self.close()

    async def close(self) -> None:
        """Leave. The agent stays signed in for as long as the server's grace lasts."""
        await self._link.close()
        self._lost()

    def reconnect(self) -> None:
        """Drop the connection and connect again: when the network has changed, say."""
        self._link.reconnect()

    @property
    def desk(self) -> e.Desk:
        """How things stand. Raises `ClientError` before the first connection."""
        if self._desk is None:
            raise ClientError("there is no desk before the first connection")
        return self._desk

    async def events(self) -> AsyncIterator[e.AnyEvent | e.Unknown | Lost]:
        """What happens, each event once and in order, until the client is closed. Raises `TokenRefused` when the token
        is no longer accepted. For one consumer."""
        while True:
            try:
                event = await self._inbox.next()
            except Closed:
                return
            yield event

    # What an agent can ask for

    async def sign_in(self) -> None:
        """Start work, not ready yet."""
        await self._requests.ask("sign_in")

    async def sign_out(self) -> None:
        """Stop work. Raises `Refused` in a conversation."""
        await self._requests.ask("sign_out")

    async def ready(self) -> None:
        """Take contacts from now on."""
        await self._requests.ask("ready")

    async def not_ready(self, reason: str) -> None:
        """Take none, for one of `desk.settings.not_ready_reasons`."""
        await self._requests.ask("not_ready", reason=reason)

    async def acknowledge(self, offer_id: str) -> None:
        """The offer is on the screen."""
        await self._requests.ask("acknowledge", offer_id=offer_id)

    async def accept(self, offer_id: str) -> None:
        """Take the offer."""
        await self._requests.ask("accept", offer_id=offer_id)

    async def decline(self, offer_id: str, reason: str = "") -> None:
        """Leave the offer to somebody else."""
        await self._requests.ask("decline", offer_id=offer_id, reason=reason)

    async def hang_up(self, contact_id: str) -> None:
        """End the conversation."""
        await self._requests.ask("hang_up", contact_id=contact_id)

    async def dispose(self, contact_id: str, disposition: str, note: str = "", **more: str | int) -> None:
        """Say what became of it. In wrap-up this also ends the wrap-up. By its kind, see `desk.settings`, more may be
        said: `amount` (millionths of `currency`) of a success; `callback_at` (ms) or `callback_local`
        (`2025-06-18T10:30` by the clock where the customer is) and `callback_for="me"` of a promised call; `again_s`.
        Raises `Refused` where the rules of calling forbid the promise."""
        said = {"contact_id": contact_id, "disposition": disposition, "note": note, **more}
        await self._requests.ask("dispose", **said)

    async def end_wrap_up(self, contact_id: str) -> None:
        """Done with the contact."""
        await self._requests.ask("end_wrap_up", contact_id=contact_id)

    # What an agent can ask for who calls customers

    async def next_lead(self, campaign_id: str = "") -> None:
        """Be shown somebody to call: an `Offer` with a `campaign_id` follows. Raises `Refused` if nobody is there."""
        await self._requests.ask("next_lead", campaign_id=campaign_id)

    async def dial_lead(self, contact_id: str) -> None:
        """Call the lead that is shown. What comes of it is told as `DialProgress`, and `Connected`."""
        await self._requests.ask("dial_lead", contact_id=contact_id)

    async def skip_lead(self, contact_id: str, reason: str = "") -> None:
        """Leave the lead that is shown for later."""
        await self._requests.ask("skip_lead", contact_id=contact_id, reason=reason)

    async def dial_number(self, number: str, campaign_id: str) -> None:
        """Call a number under the rules of a campaign. Raises `Refused` where they are known to forbid it; what must be
        looked up first is told as a `RequestRefused`."""
        await self._requests.ask("dial_number", number=number, campaign_id=campaign_id)

    async def speed_dial(self, name: str, campaign_id: str) -> None:
        """Call one of `desk.settings.speed_dials`."""
        await self._requests.ask("dial_number", speed=name, campaign_id=campaign_id)

    async def redial(self, campaign_id: str = "") -> None:
        """Call the last number again, for the same campaign if none is named."""
        await self._requests.ask("dial_number", redial=True, campaign_id=campaign_id)

    # What an agent can ask for in a conversation

    async def hold(self, contact_id: str, party_id: str = "") -> None:
        """Music for the customer, or for a party. A `TalkChanged` says when it is so."""
        await self._requests.ask("hold", contact_id=contact_id, party_id=party_id)

    async def retrieve(self, contact_id: str, party_id: str = "") -> None:
        """Back into the conversation."""
        await self._requests.ask("retrieve", contact_id=contact_id, party_id=party_id)

    async def mute(self, contact_id: str) -> None:
        """Hear, and not be heard."""
        await self._requests.ask("mute", contact_id=contact_id)

    async def unmute(self, contact_id: str) -> None:
        """Be heard again."""
        await self._requests.ask("unmute", contact_id=contact_id)

    async def digits(self, contact_id: str, digits: str, party_id: str = "") -> None:
        """Tones for the customer's side, or for a party's: `0-9`, `*`, `#`, and `w` for half a second."""
        await self._requests.ask("digits", contact_id=contact_id, digits=digits, party_id=party_id)

    async def transfer(self, contact_id: str, destination: str = "") -> None:
        """Give the contact away: to `agent:NAME`, `queue:NAME` or `number:+49301234567`; without a destination to
        whom you consulted. Raises `Refused` if that cannot be, and you keep it."""
        kind = "BLIND" if destination else "ATTENDED"
        await self._requests.ask("transfer", contact_id=contact_id, kind=kind, destination=destination)

    async def consult(self, contact_id: str, destination: str) -> None:
        """Ask `agent:NAME` or `number:+49301234567` into the conversation; the customer waits on hold."""
        await self._requests.ask("consult", contact_id=contact_id, destination=destination)

    async def end_consult(self, contact_id: str, party_id: str) -> None:
        """Go on without that party, whether or not it has answered."""
        await self._requests.ask("end_consult", contact_id=contact_id, party_id=party_id)

    async def conference(self, contact_id: str) -> None:
        """Everybody off hold."""
        await self._requests.ask("conference", contact_id=contact_id)

    async def record(self, contact_id: str, action: str) -> None:
        """`START`, `PAUSE`, `RESUME` or `STOP` the recording, as far as the queue leaves that to agents."""
        await self._requests.ask("record", contact_id=contact_id, action=action)

    # The directory

    async def open_directory(self) -> Directory:
        """Begin to keep `directory`, over lost connections too. Changes come as events."""
        self.directory = self.directory or Directory()
        await self._requests.ask("open_directory")
        return self.directory

    async def close_directory(self) -> None:
        """No more of it."""
        self.directory = None
        await self._requests.ask("close_directory")

    async def probe_answered(self) -> None:
        """Show that this desktop works."""
        await self._requests.ask("probe_answered")

    # What the server says

    def _address(self) -> str:
        return socket_address(self._url, PATH, cursor=self.cursor)

    def _received(self, frame: bytes) -> None:
        event = e.decode(frame)
        self._keep_place(event)
        if self._desk is not None or isinstance(event, e.Resync):
            self._desk = event.desk if isinstance(event, e.Resync) else apply_event(self.desk, event)
        if isinstance(event, e.Directory | e.DirectoryChanged) and self.directory:
            self.directory.apply(event)
        if isinstance(event, e.Live):
            self._go_live()
        elif isinstance(event, e.Done):
            self._requests.done(event)
        elif isinstance(event, e.RequestRefused) and event.request_id:
            self._requests.refused(event)
        elif isinstance(event, e.Hello):
            self.name, self.site = event.name, event.site
        else:
            self._react(event)
            self._inbox.put(event)

    def _keep_place(self, event: e.AnyEvent | e.Unknown) -> None:
        if isinstance(event, e.Resync | e.Live):
            self.cursor = str(event.seq)
        elif event.seq:
            self.cursor = f"{event.seq}.{event.index}"

    def _go_live(self) -> None:
        """What was missed meanwhile is over, unless the desk still shows it."""
        self.live = True
        self._link.settled()
        for contact in self.desk.contacts:
            if contact.phase == "OFFERED" and self._auto_acknowledge:
                unanswered(self._link.send, "acknowledge", offer_id=contact.offer_id)
        self._requests.live()
        if self.directory:
            unanswered(self._link.send, "open_directory")
        self._changed.set()

    def _react(self, event: e.AnyEvent | e.Unknown) -> None:
        if isinstance(event, e.Offer) and self.live and self._auto_acknowledge:
            unanswered(self._link.send, "acknowledge", offer_id=event.offer_id)
        elif isinstance(event, e.Probe) and self.live and self._answer_probes:
            unanswered(self._link.send, "probe_answered")

    async def _until_live(self) -> None:
        while not self.live:
            if self._link.failure:
                raise self._link.failure
            self._changed.clear()
            await self._changed.wait()

    def _lost(self) -> None:
        self.live = False
        self._requests.lost()
        if self._link.failure:
            self._requests.fail(self._link.failure)
            self._inbox.finish(self._link.failure)
        self._changed.set()

"""An agent's desk in a terminal."""

from collections.abc import Awaitable, Callable
from typing import NamedTuple

from rich.text import Text
from textual.app import ComposeResult
from textual.containers import VerticalScroll
from textual.widgets import Static

from cti.client import (
    AgentClient,
    Desk,
    DeskContact,
    DeskLate,
    Directory,
    Disposed,
    LateOver,
    Lost,
    Offer,
    Refused,
    Released,
    Unknown,
    WrapUpOver,
)
from cti.client.events import AnyEvent
from cti.terminal import terminal
from cti.terminal.agent import tidings
from cti.terminal.agent.actions import SAYING, actions_of, others_here
from cti.terminal.agent.card import card, party_in_words
from cti.terminal.agent.outcome import Answer, Outcome
from cti.terminal.agent.people import People
from cti.terminal.agent.places import rows_of
from cti.terminal.agent.saying_more import CALLBACK, Said, say_more
from cti.terminal.dialogs import Ask, Choice, Choose, Question
from cti.terminal.keys import Action
from cti.terminal.words import count, plain, refusal, since, state_in_words

CSS = """
#cards { height: auto; max-height: 60%; padding: 1 1 0 1; border-bottom: solid $panel; scrollbar-size-vertical: 1; }
.-wide #cards { padding: 1 3 0 3; }
"""
BAD_TIME = "bad_time"
"""The server can make nothing of the time for which a call is promised."""
LOST = "nothing of this can be saved any more. Escape goes back."
PHASES = ("OFFERED", "ALERTING", "CONNECTED", "CONNECTING", "WRAP_UP")


class Note(NamedTuple):
    """What was written about a contact, and whether the server has it."""

    text: str = ""
    saved: bool = False


class AgentApp(terminal.Terminal):
    """Everything an agent does in a day. Nothing waits for the server: answers come as sentences."""

    TITLE = "cti agent"
    CSS = terminal.CSS + CSS

    def __init__(self, url: str, token: str, *, bell: bool = True) -> None:
        super().__init__(url)
        self.client = AgentClient(url, token)
        self.people = People()
        self.rings = bell
        self.notes: dict[str, Note] = {}
        self._chosen = ""
        self._saying = ""
        """The contact whose outcome is being asked, until that is answered or taken back."""
        self._state: tuple[str, str] = ("", "")
        self._state_since = 0.0

    def compose(self) -> ComposeResult:
        """State above, contacts in the middle, then what has happened, then the keys."""
        yield Static(id="head", markup=False)
        with VerticalScroll(id="cards", can_focus=False):
            yield Static(id="card", markup=False)
        yield self.messages
        yield self.keys

    # What the server says

    def client_now(self) -> AgentClient:
        """Made at once; it connects by itself."""
        return self.client

    async def follow(self) -> None:
        """Until the desk is left, or the token is no longer accepted."""
        async with self.client:
            await self._learn()
            async for event in self.client.events():
                self._take(event)

    async def _learn(self) -> None:
        """Names, and since when our state is what it is."""
        try:
            directory = await self.client.open_directory()
            self.people.learn(directory.agents)
            me = directory.agents.get(self.client.desk.agent_id)
            self._state = self._state_now()
            self._state_since = me.since if me else self.now()
            await self.client.close_directory()
        except Refused as refused:
            self.say(refusal(refused), urgent=True)

    def _take(self, event: AnyEvent | Unknown | Lost) -> None:
        words = tidings.sentence(event, self.people)
        if words:
            self.say(words, urgent=tidings.urgent(event))
        if isinstance(event, Offer):
            self._chosen = event.contact_id
            if self.rings:
                self.bell()
        elif isinstance(event, Disposed) and event.contact_id in self.notes:
            self.notes[event.contact_id] = self.notes[event.contact_id]._replace(saved=True)
        elif isinstance(event, WrapUpOver | Released):
            self._leaves(event)
        elif isinstance(event, LateOver):
            self._is_over(event.contact_id)
        self.show()

    def _leaves(self, event: WrapUpOver | Released) -> None:
        if not self._may_still_say(event.contact_id):
            self._lose_note(event.contact_id, said=getattr(event, "reason", "") == "done")
        if event.contact_id == self._saying and isinstance(self.screen, Question):
            late = "what you say is taken all the same, for ten minutes or until your next conversation is over."
            self.screen.warn(f"Wrap-up is over: {late if self._may_still_say(event.contact_id) else LOST}")

    def _is_over(self, contact_id: str) -> None:
        """Of a contact that had left already."""
        self._lose_note(contact_id)
        if contact_id == self._saying and isinstance(self.screen, Question):
            self.screen.warn(f"The time for it is over, or your next conversation is: {LOST}")

    def _lose_note(self, contact_id: str, *, said: bool = False) -> None:
        note = self.notes.pop(contact_id, Note())
        if note.text and not note.saved and not said:
            self.say(f"Without an outcome your note was not saved. It was: {note.text}", urgent=True)

    @property
    def late(self) -> DeskLate | None:
        """Of whom something may still be said, though they have left the desk."""
        late = self.desk.late if self.desk else None
        return late if late and self.now() < late.until else None

    def _may_still_say(self, contact_id: str) -> bool:
        return self.late is not None and self.late.contact_id == contact_id

    # What is shown

    @property
    def desk(self) -> Desk | None:
        """How things stand, once that is known."""
        return self.client.desk if self.connected_at or self.lost_at or self.client.live else None

    @property
    def contact(self) -> DeskContact | None:
        """The one that the keys mean: as chosen, else the most urgent."""
        contacts = self.desk.contacts if self.desk else ()
        for contact in contacts:
            if contact.contact_id == self._chosen:
                return contact
        return min(contacts, key=lambda contact: PHASES.index(contact.phase), default=None)

    def actions_now(self) -> tuple[Action, ...]:
        """By the desk and the contact that is chosen."""
        return actions_of(self.desk, self.contact, bell=self.rings, late=self.late is not None)

    def redraw(self) -> None:
        """State, contacts."""
        desk = self.desk
        head = self.query_one("#head", Static)
        head.update(self._head(desk, head.content_size.width))
        self.query_one("#card", Static).update(self._cards(desk))

    def _state_now(self) -> tuple[str, str]:
        desk = self.client.desk
        return desk.state, desk.reason

    def _head(self, desk: Desk | None, width: int) -> Text:
        if desk is None:
            return Text(self.connection_in_words())
        self.people.learn_queues(desk)
        if self._state_now() != self._state:
            self._state, self._state_since = self._state_now(), self.now()
        state = state_in_words(desk.state, desk.reason)
        if desk.leaving:
            state += f", then {plain(desk.leaving)}"
        if desk.suspected:
            state += ", NOT TRUSTED"
        name = self.client.name or desk.agent_id
        text = Text.assemble(f"{name}  ", (f" {state} {since(int(self._state_since), self.now())} ", "bold reverse"))
        return self.with_connection(text, width)

    def _cards(self, desk: Desk | None) -> Text:
        if desk is None:
            return Text("Waiting for the server.")
        if not desk.contacts:
            return Text(_IDLE.get(desk.state, ""))
        chosen, now = self.contact, self.now()
        drawn = [
            card(contact, self.people, now, chosen=contact is chosen, note=self._note(contact).text)
            for contact in desk.contacts
        ]
        return Text("\n\n").join(drawn)

    def _note(self, contact: DeskContact | DeskLate) -> Note:
        return self.notes.get(contact.contact_id, Note())

    # What the keys do

    def _do_sign_in(self) -> None:
        self.ask("sign in", self.client.sign_in())

    def _do_sign_out(self) -> None:
        self.ask("sign out", self.client.sign_out())

    def _do_ready(self) -> None:
        self.ask("ready", self.client.ready())

    def _do_not_ready(self) -> None:
        reasons = self.client.desk.settings.not_ready_reasons
        rows = [Choice(reason, plain(reason)) for reason in reasons]
        self._choose("Why are you not ready?", rows, lambda it: self.ask("not ready", self.client.not_ready(it)))

    def _do_next_lead(self) -> None:
        """The next of whichever campaign's turn it is; the offer itself says who."""
        self.ask("next lead", self.client.next_lead(), "The next lead is asked for.")

    def _do_bell(self) -> None:
        self.rings = not self.rings
        self.say("The bell is on." if self.rings else "The bell is off.")

    def _do_next(self) -> None:
        ids = [contact.contact_id for contact in self.client.desk.contacts]
        if ids:
            current = self.contact.contact_id if self.contact else ids[-1]
            self._chosen = ids[(ids.index(current) + 1) % len(ids)]

    def _do_accept(self) -> None:
        if contact := self.contact:
            self.ask("accept", self.client.accept(contact.offer_id))

    def _do_reject(self) -> None:
        if contact := self.contact:
            self.ask("reject", self.client.decline(contact.offer_id))

    def _do_hang_up(self) -> None:
        if contact := self.contact:
            self.ask("hang up", self.client.hang_up(contact.contact_id))

    def _do_end_wrap_up(self) -> None:
        """A note without an outcome would be lost: then the outcome is asked for."""
        if contact := self.contact:
            note = self._note(contact)
            if note.text and not note.saved:
                self.say("You have written a note: choose an outcome, and it is saved with it.")
                self._do_outcome()
            else:
                self.ask("end wrap-up", self.client.end_wrap_up(contact.contact_id))

    def _do_hold(self) -> None:
        """The customer, or with others there whoever is chosen."""
        if not (contact := self.contact) or not (talk := contact.talk):
            return
        on_hold = {"": talk.on_hold} | {party.party_id: party.on_hold for party in others_here(talk)}

        def hold(party_id: str) -> None:
            request = self.client.retrieve if on_hold[party_id] else self.client.hold
            words = "Retrieving" if on_hold[party_id] else "Hold"
            self.ask("hold", request(contact.contact_id, party_id), f"{words} is asked for.")

        if len(on_hold) == 1:
            hold("")
        else:
            self._choose_party("Hold or retrieve whom?", contact, hold)

    def _choose_party(self, title: str, contact: DeskContact, then: Callable[[str], None]) -> None:
        talk = contact.talk
        customer = "the customer" + (", ON HOLD" if talk and talk.on_hold else "")
        rows = [Choice("customer", customer)]
        rows += (
            [Choice(party.party_id, party_in_words(party, self.people)) for party in others_here(talk)] if talk else []
        )
        self._choose(title, rows, lambda who: then("" if who == "customer" else who))

    def _do_mute(self) -> None:
        if (contact := self.contact) and contact.talk:
            request = self.client.unmute if contact.talk.muted else self.client.mute
            self.ask("mute", request(contact.contact_id))

    def _do_digits(self) -> None:
        if not (contact := self.contact) or not (talk := contact.talk):
            return

        def type_for(party_id: str) -> None:
            def send(digits: str | None) -> None:
                if digits:
                    request = self.client.digits(contact.contact_id, "".join(digits.split()), party_id)
                    self.ask("digits", request, f"Digits sent: {digits}")

            help_ = "Enter sends 0-9, * and #; w waits half a second. Escape takes it back."
            self.question(Ask("Which digits?", help_, "1#"), send)

        if others_here(talk):
            self._choose_party("Digits for whom?", contact, type_for)
        else:
            type_for("")

    def _do_consult(self) -> None:
        self._choose_place("Whom do you want to consult?", self.client.consult, with_queues=False)

    def _do_transfer(self) -> None:
        self._choose_place(
            "Where does the customer go, without asking there first?", self.client.transfer, with_queues=True
        )

    def _choose_place(self, title: str, request: Callable[[str, str], Awaitable[None]], *, with_queues: bool) -> None:
        if not (contact := self.contact):
            return
        directory, me = self.client.directory or Directory(), self.client.desk.agent_id

        def rows(text: str) -> list[Choice]:
            current = self.client.directory or directory
            return rows_of(current, me, text, self.now(), with_queues=with_queues)

        typing = "a name, a queue, or a number" if with_queues else "a name, the queue they serve, or a number"
        dialog = Choose(title, rows, typing=typing)

        def chosen(destination: str | None) -> None:
            self.ask("close directory", self.client.close_directory())
            if destination:
                self.ask("place", request(contact.contact_id, destination))

        self.question(dialog, chosen)
        self.ask("open directory", self._open_directory())

    async def _open_directory(self) -> None:
        directory = await self.client.open_directory()
        self.people.learn(directory.agents)

    def _do_give(self) -> None:
        if contact := self.contact:
            self.ask("place", self.client.transfer(contact.contact_id))

    def _do_conference(self) -> None:
        if contact := self.contact:
            self.ask("conference", self.client.conference(contact.contact_id))

    def _do_end_consult(self) -> None:
        if not (contact := self.contact) or not contact.talk:
            return
        parties = [party for party in contact.talk.parties if party.party_id != contact.talk.party_id]

        def end(party_id: str) -> None:
            self.ask("end consult", self.client.end_consult(contact.contact_id, party_id))

        if len(parties) == 1:
            end(parties[0].party_id)
        else:
            rows = [Choice(party.party_id, party_in_words(party, self.people)) for party in parties]
            self._choose("Go on without whom?", rows, end)

    def _do_record(self) -> None:
        self._record("START" if self._recording() == "OFF" else "STOP")

    def _do_pause(self) -> None:
        self._record("RESUME" if self._recording() == "PAUSED" else "PAUSE")

    def _recording(self) -> str:
        return self.contact.talk.recording if self.contact and self.contact.talk else ""

    def _record(self, action: str) -> None:
        if contact := self.contact:
            said = f"The recording is asked to {action.lower()}."
            self.ask("record", self.client.record(contact.contact_id, action), said)

    def _do_outcome(self) -> None:
        """Note and disposition; in a conversation the note comes first."""
        contact: DeskContact | DeskLate | None = self.contact
        if self.late and (self.contact is None or self.contact.phase not in SAYING):
            contact = self.late
        if contact is None:
            return
        contact_id, note = contact.contact_id, self._note(contact)
        queues = {queue.queue_id: queue for queue in self.client.desk.settings.queues}
        queue = queues.get(contact.queue_id)
        dispositions, kinds = (queue.dispositions, dict(queue.disposition_kinds)) if queue else ((), {})

        def answered(answer: Answer | None) -> None:
            if answer is None or not answer.disposition:
                self._saying = ""
            if answer is None:
                return
            if not self._is_here(contact_id):
                self._not_saved(answer)
                return
            if answer.note != note.text:
                self.notes[contact_id] = Note(answer.note)
            if answer.disposition:
                kind = kinds.get(answer.disposition, "")
                say_more(self, kind, self.now(), lambda said: self._say_outcome(contact_id, answer, said))

        title = f"{self.people.queue(contact.queue_id)}, {contact.from_number or 'no number'}"
        in_talk = isinstance(contact, DeskContact) and contact.phase == "CONNECTED"
        self._saying = contact_id
        self.question(Outcome(title, dispositions, note.text, note_first=in_talk), answered)

    def _is_here(self, contact_id: str) -> bool:
        """Or may still be spoken of."""
        here = any(contact.contact_id == contact_id for contact in self.client.desk.contacts)
        return here or self._may_still_say(contact_id)

    def _not_saved(self, answer: Answer) -> None:
        """What was said of a contact that is no longer here."""
        words = [f"outcome {plain(answer.disposition)}"] if answer.disposition else []
        words += [f"note {answer.note}"] if answer.note else []
        if words:
            self.say(f"Not saved, since wrap-up was over: {', '.join(words)}", urgent=True)

    def _say_outcome(self, contact_id: str, answer: Answer, said: Said) -> None:
        self.ask("outcome", self._dispose(contact_id, answer, said))

    async def _dispose(self, contact_id: str, answer: Answer, said: Said) -> None:
        try:
            await self.client.dispose(contact_id, answer.disposition, answer.note, **said)
        except Refused as refused:
            another_would_do = refused.code == BAD_TIME or refused.next_allowed_at > 0
            if "callback_local" in said and another_would_do and self._is_here(contact_id):
                self._ask_for_another_time(contact_id, answer, refusal(refused))
            elif answer.note:
                self.say(f"Your note was not saved. It was: {answer.note}", urgent=True)
            raise
        if contact_id in self.notes:  # still on the desk: the same note goes with whatever is chosen next
            self.notes[contact_id] = Note(answer.note, saved=True)

    def _ask_for_another_time(self, contact_id: str, answer: Answer, words: str) -> None:
        """The customer may still be there to be asked: only the time is to be said anew."""
        if not isinstance(self.screen, Question):
            self._saying = contact_id
            say_more(self, CALLBACK, self.now(), lambda said: self._say_outcome(contact_id, answer, said), words)

    def _do_leave(self) -> None:
        """Whoever is signed in is asked what the server is to think of it."""
        desk = self.desk
        if desk is None or desk.presence == "SIGNED_OUT":
            self.exit()
            return
        talking = sum(contact.phase == "CONNECTED" for contact in desk.contacts)
        rows = [
            Choice("sign out", "sign out and leave", possible=not talking),
            Choice("go", "leave, still signed in: after a while the server takes you for absent"),
        ]
        busy = f", and in {count(talking, 'conversation', 'conversations')}" if talking else ""
        self._choose(f"You are signed in{busy}.", rows, lambda how: self.ask("leave", self._leave(how)))

    async def _leave(self, how: str) -> None:
        if how == "sign out" and self.client.live:
            await self.client.sign_out()
        self.exit()

    def _choose(self, title: str, rows: list[Choice], then: Callable[[str], None]) -> None:
        def chosen(value: str | None) -> None:
            if value:
                then(value)
                self.show()

        self.question(Choose(title, lambda text: rows), chosen)

    def tick(self) -> None:
        """An open question is as fresh as the rest."""
        super().tick()
        if isinstance(self.screen, Choose) and self.screen.is_mounted:  # it may just be about to appear
            self.screen.update_rows()


_IDLE = {
    "SIGNED_OUT": "You are signed out. Sign in to begin.",
    "NOT_READY": "Nothing is offered to you while you are not ready.",
    "READY": "You are ready: the next caller will be shown here.",
}

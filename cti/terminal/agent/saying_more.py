"""What more is said of an outcome, by its kind: an amount, when to call again, and who does."""

import re
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal, InvalidOperation
from typing import NamedTuple

from textual.app import ComposeResult
from textual.containers import Vertical
from textual.widgets import Input, Label

from cti.terminal.dialogs import Choice, Choose, Question
from cti.terminal.terminal import Terminal

SUCCESS, CALLBACK, AGAIN = "success", "callback", "again"

MICROS = 1_000_000
AMOUNT_MAX = 1_000_000_000
AMOUNT = re.compile(r"([0-9]+(?:[.,][0-9]{1,6})?) ?([A-Za-z]{3})?")
WAIT = re.compile(r"(?:([0-9]{1,2})d)? ?(?:([0-9]{1,3})h)? ?(?:([0-9]{1,4})m)?")
WHEN = re.compile(r"(?:(\S+) +)?([0-9]{1,2}):([0-9]{2})")
WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
DAYS_MAX = 90

Said = dict[str, str | int]


class Complaint(NamedTuple):
    """What was typed cannot be meant."""

    words: str


class Typed(Question[Said | None]):
    """A line that is read at once: what cannot be meant is said below it, and stays to be mended."""

    def __init__(self, title: str, help_: str, read: Callable[[str], Said | Complaint], refusal: str = "") -> None:
        super().__init__()
        self._title, self._help, self._read, self._refusal = title, help_, read, refusal

    def compose(self) -> ComposeResult:
        """Question, answer, keys."""
        with Vertical(classes="dialog"):
            if self._refusal:
                yield Label(f"! {self._refusal}", markup=False)
            yield Label(self._title)
            yield Input()
            yield Label(self._help, classes="help", markup=False)

    def on_input_submitted(self, event: Input.Submitted) -> None:
        """Answered, if it can be read."""
        said = self._read(event.value.strip())
        if isinstance(said, Complaint):
            self.query_one(".help", Label).update(f"! {said.words}")
        else:
            self.answer(said)

    def action_take_back(self) -> None:
        """Nothing is said yet."""
        self.answer(None)


def say_more(desk: Terminal, kind: str, now: float, then: Callable[[Said], None], refusal: str = "") -> None:
    """Ask what this kind of outcome needs, at once where it is nothing; with the `refusal` of what was said before.
    Whatever is taken back leaves all unsaid."""

    def told(said: Said | None) -> None:
        if said is not None:
            then(said)

    def promised(said: Said | None) -> None:
        if said is not None:
            desk.question(_who_calls(str(said["callback_local"])), lambda who: _kept(said, who, then))

    if kind == SUCCESS:
        help_ = "Such as 129.90, or 129.90 USD. Enter alone: no amount. Escape goes back."
        desk.question(Typed("What is it worth?", help_, read_amount), told)
    elif kind == CALLBACK:
        today = datetime.fromtimestamp(now / 1_000, UTC).astimezone().date()
        help_ = "10:30, tomorrow 10:30, fri 10:30, +3 10:30 (in 3 days), 06-18 10:30. Escape goes back."
        asked = Typed(
            "When shall they be called, by the clock where they are?",
            help_,
            lambda text: read_when(text, today),
            refusal,
        )
        desk.question(asked, promised)
    elif kind == AGAIN:
        help_ = "After 30m, 2h, 1d. Enter alone: as the server has it. Escape goes back."
        desk.question(Typed("When shall they be tried again?", help_, read_wait), told)
    else:
        then({})


def _who_calls(at: str) -> Choose:
    moment = datetime.fromisoformat(at)
    words = f"{WEEKDAYS[moment.weekday()].capitalize()} {at.replace('T', ' ')}, by the clock where they are"
    rows = [Choice("me", "I do"), Choice("anybody", "anybody")]
    return Choose(f"{words}. Who calls?", lambda text: rows)


def _kept(said: Said, who: str | None, then: Callable[[Said], None]) -> None:
    if who:
        then(said | ({"callback_for": "me"} if who == "me" else {}))


def read_amount(text: str) -> Said | Complaint:
    """`129.90 USD`, in millionths; nothing is no amount."""
    if not text:
        return {}
    found = AMOUNT.fullmatch(text)
    if not found:
        return Complaint("Write digits, with a point or a comma before cents, and perhaps three letters: 129.90 USD")
    try:
        amount = int(Decimal(found[1].replace(",", ".")) * MICROS)
    except InvalidOperation:
        amount = 0
    if not 0 < amount <= AMOUNT_MAX * MICROS:
        return Complaint("An amount is more than nothing, and at most a thousand million.")
    return {"amount": amount} | ({"currency": found[2].upper()} if found[2] else {})


def read_wait(text: str) -> Said | Complaint:
    """`1d`, `2h`, `30m`, also together; nothing leaves it to the server."""
    if not text:
        return {}
    found = WAIT.fullmatch(text)
    if not found:
        return Complaint("Write days, hours and minutes: 1d, 2h, 30m")
    days, hours, minutes = (int(part or 0) for part in found.groups())
    seconds = 60 * (minutes + 60 * (hours + 24 * days))
    return {"again_s": seconds} if seconds else Complaint("Write more than nothing, such as 30m.")


def read_when(text: str, today: date) -> Said | Complaint:
    """A date and a time of day, which the server takes for the clock where the customer is."""
    found = WHEN.fullmatch(text)
    day = _day(found[1] or "today", today) if found else None
    if not found or day is None or int(found[2]) > 23 or int(found[3]) > 59:
        return Complaint(
            "Write a day and a time: 10:30, tomorrow 10:30, fri 10:30, +3 10:30, 06-18 10:30, 2026-06-18 10:30"
        )
    if not today <= day <= today + timedelta(days=DAYS_MAX):
        return Complaint(f"Say a day to come, within {DAYS_MAX} days.")
    return {"callback_local": f"{day.isoformat()}T{int(found[2]):02d}:{found[3]}"}


def _day(word: str, today: date) -> date | None:
    word = word.lower()
    if word in ("today", "tomorrow"):
        return today + timedelta(days=word == "tomorrow")
    if word[:3] in WEEKDAYS and word.isalpha():
        return today + timedelta(days=(WEEKDAYS.index(word[:3]) - today.weekday() - 1) % 7 + 1)
    if word.startswith("+") and word[1:].isdecimal() and len(word) <= 3:
        return today + timedelta(days=int(word[1:]))
    try:
        return date.fromisoformat(word if len(word) > 5 else _next_year_maybe(word, today))
    except ValueError:
        return None


def _next_year_maybe(word: str, today: date) -> str:
    """A month and a day: this year's, or the next one's where it is over."""
    this = f"{today.year}-{word}"
    return this if this >= today.isoformat() else f"{today.year + 1}-{word}"

"""What changed since the facts of a call were gathered: suppressions and attempts of the newest records.

Facts come from the store, which is some records behind. Laid over them, this makes them exact at the instant of the
decision. Facts of a record before the `floor` are of no use: what came right after them may be forgotten here.
"""

from collections.abc import Iterator

from cti.core.base import Record, changed
from cti.core.calling import UNCLEAR, AttemptFact, Listing, Subject
from cti.core.suppression import WILDCARD, SuppressionKey, covers, patterns_about, prefixes_of, values_about
from cti.core.tables import SortedIndex, Table, Undo

ENTRIES_MAX = 100_000
"""How many changes and attempts are kept; then the oldest go, a hundredth at a time."""

PRUNE_FROM = 256
"""With fewer, nobody looks whether some could go."""

CHANGE, ATTEMPT = "change", "attempt"


class SuppressionChange(Record):
    """What became of an entry of our own lists, last in record `seq`. `entry_id` is in force since `at` (ms); empty: it
    was removed. `removed` names the entries that said the same and hold no longer. It was last asked for in record
    `added_seq`; `unwanted` when somebody asked since then for its removal."""

    key: SuppressionKey
    seq: int
    at: int
    entry_id: str = ""
    removed: tuple[str, ...] = ()
    added_seq: int = 0
    unwanted: bool = False


class Attempt(Record):
    """A call that was cleared at `at` (ms), or, where it was not `called`, a conversation when they called us. It was
    last heard of in record `seq`. A `live` one may still come to something; it rings since `rings_at`, until `ring_by`
    at most. `unwanted` is the entry that covers it, and was added since then. While its contact is `open`, the agent
    may still say what came of it."""

    attempt_id: str
    seq: int
    at: int
    number: str = ""
    subject: Subject | None = None
    campaign_id: str = ""
    seller: str = ""
    told: tuple[str, ...] = ()
    called: bool = True
    live: bool = False
    open: bool = False
    leg_id: str = ""
    contact_id: str = ""
    ring_by: int = 0
    rings_at: int = 0
    unwanted: str = ""

    @property
    def stays(self) -> bool:
        """Something may still be heard of it."""
        return self.live or self.open


class Overlay:
    """The changes by what they say, the attempts by id."""

    def __init__(self, undo: Undo) -> None:
        self.changes: Table[str, SuppressionChange] = Table(undo)
        self.attempts: Table[str, Attempt] = Table(undo)
        self.live: Table[str, str] = Table(undo)
        """Attempts that may still come to something, by leg."""
        self._order = SortedIndex(undo)
        """What may be forgotten, the oldest first: all but attempts of which something may still be heard."""
        self._by_value: Table[str, tuple[str, ...]] = Table(undo)
        self._by_trait: Table[str, tuple[str, ...]] = Table(undo)
        self._beginnings: Table[str, int] = Table(undo)
        """Whatever patterns begin with, and how many do."""
        self._marks: Table[str, int] = Table(undo)
        self.waiting: Table[str, int] = Table(undo)
        """As of which record facts hold that dials wait with, by dial."""
        self._waiting_since = SortedIndex(undo)

    def __len__(self) -> int:
        return len(self.changes) + len(self.attempts)

    @property
    def floor(self) -> int:
        """Everything that happened after this record is here."""
        return self._marks.rows.get("floor", 0)

    def wait_with(self, dial_id: str, as_of_seq: int) -> None:
        """The dial waits with facts as of this record: what happened since then must stay known."""
        self.wait_no_more(dial_id)
        self.waiting.put(dial_id, as_of_seq)
        self._waiting_since.add((as_of_seq, dial_id))

    def wait_no_more(self, dial_id: str) -> None:
        """It has left, or its facts are void."""
        as_of_seq = self.waiting.get(dial_id)
        if as_of_seq is not None:
            self._waiting_since.remove((as_of_seq, dial_id))
            self.waiting.drop(dial_id)

    def let_go(self) -> None:
        """The floor rises to the oldest facts that a dial waits with. Few entries are kept as they are."""
        if len(self) >= PRUNE_FROM and len(self._waiting_since):
            self.raise_floor(self._waiting_since.entries[0][0])

    def raise_floor(self, seq: int) -> None:
        """Nobody needs to know any more what happened up to this record; attempts of which something may still be heard
        stay."""
        if seq > self.floor:
            self._marks.put("floor", seq)
            self._forget(self.floor)

    def put_change(self, change: SuppressionChange) -> None:
        """It is in force, or is so no longer, from now on."""
        key = change.key.text
        before = self.changes.get(key)
        if before:
            self._order.remove((before.seq, CHANGE, key))
        else:
            for place in _places_of(change.key):
                self._note(self._by_value, place, key)
            self._count_beginnings(change.key, 1)
        self.changes.put(key, change)
        self._order.add((change.seq, CHANGE, key))
        self._keep_bounds()

    def put_attempt(self, attempt: Attempt) -> None:
        """A new one, or what it has come to."""
        attempt_id = attempt.attempt_id
        before = self.attempts.get(attempt_id)
        if before is None:
            for trait in _indexed(attempt):
                self._note(self._by_trait, trait, attempt_id)
        else:
            # Of a call that the server makes, the contact is known once somebody answers.
            if attempt.contact_id != before.contact_id:
                self._note(self._by_trait, f"contact {attempt.contact_id}", attempt_id)
            if not before.stays:
                self._order.remove((before.seq, ATTEMPT, attempt_id))
        self.attempts.put(attempt_id, attempt)
        if attempt.live:
            self.live.put(attempt.leg_id, attempt_id)
        else:
            self.live.drop(attempt.leg_id)
        if not attempt.stays:
            self._order.add((attempt.seq, ATTEMPT, attempt_id))
        self._keep_bounds()

    def _note(self, index: Table[str, tuple[str, ...]], place: str, key: str) -> None:
        index.put(place, (*(index.get(place) or ()), key))

    def _strike(self, index: Table[str, tuple[str, ...]], place: str, key: str) -> None:
        rest = tuple(each for each in index.rows.get(place, ()) if each != key)
        if rest:
            index.put(place, rest)
        else:
            index.drop(place)

    def _keep_bounds(self) -> None:
        """The floor rises only as far as it must: facts below it have to be gathered again."""
        if len(self._order) > ENTRIES_MAX:
            self.raise_floor(self._order.entries[ENTRIES_MAX // 100][0])

    def _forget(self, upto: int) -> None:
        for _, kind, key in self._order.take_before((upto + 1,)):
            if kind == CHANGE:
                change = self.changes[key]
                for place in _places_of(change.key):
                    self._strike(self._by_value, place, key)
                self._count_beginnings(change.key, -1)
                self.changes.drop(key)
            else:
                attempt = self.attempts[key]
                for trait in _indexed(attempt):
                    self._strike(self._by_trait, trait, key)
                self.attempts.drop(key)

    def _count_beginnings(self, key: SuppressionKey, more: int) -> None:
        if key.scope != WILDCARD:
            return
        for beginning in prefixes_of(key.value):
            count = self._beginnings.rows.get(beginning, 0) + more
            if count:
                self._beginnings.put(beginning, count)
            else:
                self._beginnings.drop(beginning)

    # What it says of a call

    def changes_about(
        self, number: str, subject: Subject | None, campaign_id: str, seller: str
    ) -> Iterator[SuppressionChange]:
        """The entries that cover such a call, and those that did and were removed."""
        if not len(self.changes):
            return
        rows = self._by_value.rows
        values = values_about(number, subject)
        if len(self._beginnings):
            values += patterns_about(number, self._beginnings.rows)
        for key in dict.fromkeys(key for value in values for key in rows.get(value, ())):
            change = self.changes[key]
            if covers(change.key, number, subject, campaign_id, seller):
                yield change

    def beside(self, key: SuppressionKey) -> list[SuppressionChange]:
        """The entries for people that stand, or stood, beside this one for a number."""
        near = [self.changes[each] for each in self._by_value.rows.get(key.value, ())]
        return [change for change in near if change.key == key.with_person(change.key.value)]

    def attempts_about(self, number: str, subject: Subject | None) -> list[Attempt]:
        """Those that have a number, a person, a household, a lead or a debt in common with such a call, or are about
        another number of the person's, each once."""
        rows = self._by_trait.rows
        if not rows:
            return []
        others = [f"number {other}" for other in subject.other_numbers] if subject else []
        wanted = (*traits_of(number, subject), *others)
        found = dict.fromkeys(key for trait in wanted for key in rows.get(trait, ()))
        return [self.attempts[key] for key in found]

    def attempts_of(self, contact_id: str) -> list[Attempt]:
        """The calls that were made for this contact, or its own."""
        return [self.attempts[key] for key in self._by_trait.rows.get(f"contact {contact_id}", ())]

    def with_numbers(self, number: str, subject: Subject | None) -> Subject | None:
        """The subject with the numbers at which this person, or this lead, was called since the facts were gathered."""
        rows = self._by_trait.rows
        if not rows or subject is None:
            return subject
        named = [trait for trait in traits_of("", subject) if trait.startswith(("person ", "lead "))]
        numbers = [self.attempts[key].number for trait in named for key in rows.get(trait, ())]
        newer = [each for each in dict.fromkeys(numbers) if each not in ("", number, *subject.other_numbers)]
        return changed(subject, other_numbers=(*subject.other_numbers, *newer)) if newer else subject

    def live_with(self, number: str, subject: Subject | None) -> Attempt | None:
        """A call that may still come to something with the same number, person or lead."""
        if not len(self.live):
            return None
        for each in self.attempts_about(number, subject):
            fact = attempt_fact(each, number, subject, "", "") if each.live else None
            if fact and not ONE_PERSON.isdisjoint(fact.same):
                return each
        return None


def _places_of(key: SuppressionKey) -> tuple[str, ...]:
    """Where an entry is looked for: a person also by the number that it stands beside."""
    return (key.value, key.beside) if key.beside not in ("", key.value) else (key.value,)


ONE_PERSON = frozenset(("number", "person", "lead"))
"""The traits of which nobody is rung twice at once."""


def traits_of(number: str, subject: Subject | None) -> list[str]:
    """What a call may have in common with others."""
    traits = [f"number {number}"] if number else []
    if subject:
        named = (
            ("person", subject.person_id),
            ("household", subject.household_id),
            ("lead", subject.lead_id),
            ("debt", subject.debt_id),
            *(("person", name) for name in subject.known_as if name != subject.person_id),
        )
        traits += [f"{name} {value}" for name, value in named if value]
    return traits


def _indexed(attempt: Attempt) -> list[str]:
    contact = [f"contact {attempt.contact_id}"] if attempt.contact_id else []
    return [*traits_of(attempt.number, attempt.subject), *contact]


CLEAR = ("conversations", "machines", "abandoned")
NOBODY = Subject()
ALL = ("number", "person", "household", "lead", "debt", "seller", "campaign")


def attempt_fact(
    attempt: Attempt, number: str, subject: Subject | None, campaign_id: str, seller: str
) -> AttemptFact | None:
    """The attempt as a call with this number and subject sees it; None when they have nothing in common. A lead is one
    person, whose numbers are all theirs, and the same person is called about the same debt, unless both calls name
    theirs. What a conversation was about when they called us nobody knows: it may have been about anything."""
    ours, theirs = traits_of(number, subject), traits_of(attempt.number, attempt.subject)
    common = list(dict.fromkeys(trait.partition(" ")[0] for trait in theirs if trait in ours))
    one_lead = "lead" in common  # and not only supposed
    if _may_be_theirs(attempt, number, subject or NOBODY, common):
        common += [word for word in _supposed(attempt.subject or NOBODY, subject or NOBODY) if word not in common]
    if not common:
        return None
    if one_lead and "person" not in common:
        common.append("person")
    if "person" in common and "debt" not in common and not _name_both("debt", attempt.subject, subject):
        common.append("debt")
    if attempt.called or attempt.campaign_id:
        common += ["seller"] if seller and attempt.seller == seller else []
        common += ["campaign"] if campaign_id and attempt.campaign_id == campaign_id else []
        same = tuple(common)
    else:
        same = ALL
    return AttemptFact(
        at=attempt.at, same=same, told=told_as_fact(attempt), called=attempt.called, attempt_id=attempt.attempt_id
    )


def _may_be_theirs(attempt: Attempt, number: str, subject: Subject, common: list[str]) -> bool:
    """It rang the same number; or another of the person's, and not for somebody else."""
    if not attempt.number or attempt.number == number:
        return bool(attempt.number)
    is_other = "person" not in common and _name_both("person", attempt.subject, subject)
    return attempt.number in subject.other_numbers and not is_other


def told_as_fact(attempt: Attempt) -> tuple[str, ...]:
    """What came of it; and, of what was answered, if nobody has said by whom or what."""
    is_unclear = "answers" in attempt.told and not any(word in attempt.told for word in CLEAR)
    return (*attempt.told, UNCLEAR) if is_unclear else attempt.told


def _supposed(one: Subject, other: Subject) -> list[str]:
    """Whoever answers the same number, or another of the person's, is the same person, about the same debt, unless both
    calls say for whom they are: what is not known is no reason to call more often."""
    return [word for word in ("person", "household", "lead", "debt") if not _name_both(word, one, other)]


def _name_both(word: str, one: Subject | None, other: Subject | None) -> bool:
    return all(_id_of(word, each or NOBODY) for each in (one, other))


def _id_of(word: str, subject: Subject) -> str:
    found: str = getattr(subject, f"{word}_id")
    return found


def laid_over(overlay: Overlay, listed: tuple[Listing, ...], about: "About", as_of_seq: int) -> tuple[Listing, ...]:
    """The lists that a number is on, with what changed after record `as_of_seq`."""
    changes = [each for each in overlay.changes_about(*about) if each.seq > as_of_seq]
    if not changes:
        return listed
    changes.sort(key=lambda each: (each.seq, each.key.text))  # found in another order after a restart
    gone = [entry_id for change in changes for entry_id in change.removed]
    kept = [each for each in listed if each.list_id not in gone]
    known = [each.list_id for each in kept]
    added = [
        Listing(list_id=change.entry_id, scope=change.key.scope, since=change.at)
        for change in changes
        if change.entry_id and change.entry_id not in known
    ]
    return (*kept, *added)


About = tuple[str, Subject | None, str, str]
"""A call: its number, whom it is for, its campaign and its seller."""


def attempts_laid_over(overlay: Overlay, attempts: tuple[AttemptFact, ...], about: About) -> tuple[AttemptFact, ...]:
    """Earlier calls, with what was heard of them since: what is known here is newer."""
    number, subject, campaign_id, seller = about
    newer = overlay.attempts_about(number, subject)
    if not newer:
        return attempts
    facts = [attempt_fact(each, number, subject, campaign_id, seller) for each in newer]
    known = [each.attempt_id for each in newer]
    every = [*(each for each in attempts if each.attempt_id not in known), *(each for each in facts if each)]
    return tuple(sorted(every, key=lambda each: (each.at, each.attempt_id)))


def told_of(attempt: Attempt, word: str, seq: int) -> Attempt:
    """The attempt, of which this was heard in record `seq`."""
    told = attempt.told if word in attempt.told else (*attempt.told, word)
    return changed(attempt, told=told, seq=seq)

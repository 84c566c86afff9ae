"""Walks the proofs of the calling rules' verdicts and finds whatever is not as it was given."""

from collections.abc import AsyncIterator, Callable

import msgspec

from cti.core.calling import Block, CallFacts, Clearance, rules_version
from cti.core.codec import decode
from cti.core.events import DialCleared, DialRefused
from cti.core.ports import Journal
from cti.dialer.calling.judge import judge
from cti.dialer.calling.rulebook import Rulebook
from cti.store.clearance_chain import FIRST_HASH, ClearanceRow, digest_of, row_hash
from cti.store.clearance_names import FORGOTTEN, Said, unnamed
from cti.store.clearances import Clearances, Forgotten, Proof
from cti.store.clearances_projector import RulebookContent

PROGRESS = 500

_blocks = msgspec.json.Decoder(tuple[Block, ...])
_facts = msgspec.json.Decoder(CallFacts)


class Finding(msgspec.Struct, frozen=True, kw_only=True):
    """Something that is not as it was: at which position, when (ms), about which number (empty: no longer known)."""

    position: int
    at: int
    number: str
    dial_id: str
    what: str


class Report(msgspec.Struct, kw_only=True):
    """How many proofs there are, the hash of the last one, and what is wrong. `since_head` is how many were added since
    the hash that was given; None when it is not among theirs. `waiting` is how many the journal has that a running
    server may still take in."""

    count: int = 0
    head: str = FIRST_HASH
    findings: list[Finding] = msgspec.field(default_factory=list)
    since_head: int | None = None
    waiting: int = 0


class Verdict(msgspec.Struct, frozen=True, kw_only=True):
    """A verdict as the journal has it."""

    seq: int
    at: int
    dial_id: str
    number: str
    clearance: Clearance


async def verdicts(journal: Journal, after: int, upto: int) -> AsyncIterator[Verdict]:
    """Those of the journal, in order. Records without one are not even read."""
    async for row in journal.read(after, upto):
        if '"clearance"' not in row.body:
            continue
        record = decode(row)
        for event in record.events:
            if isinstance(event, DialCleared | DialRefused) and event.clearance:
                yield Verdict(
                    seq=record.seq,
                    at=record.at,
                    dial_id=event.dial_id,
                    number=event.number,
                    clearance=event.clearance,
                )


class Recorded:
    """The journal's verdicts beside the proofs. `told` is the one that comes next."""

    def __init__(self, journal: Journal) -> None:
        self._journal = journal
        self._upto = 0
        self._rest: AsyncIterator[Verdict] | None = None
        self.told: Verdict | None = None

    async def step(self) -> None:
        """To the next one."""
        self.told = await anext(self._rest, None) if self._rest else None

    async def before(self, seq: int) -> AsyncIterator[Verdict]:
        """Those before this record. The journal may have grown since, and is always ahead of the proofs."""
        while True:
            while self.told and self.told.seq < seq:
                yield self.told
                await self.step()
            if self.told or seq <= self._upto or not await self.read_on():
                return

    async def read_on(self) -> bool:
        """As far as the journal goes by now, once all is used up. False when there is nothing new."""
        after, self._upto = self._upto, (await self._journal.tail()).seq
        self._rest = verdicts(self._journal, after, self._upto)
        await self.step()
        return self._upto > after


class Audit:
    """One walk. With a `journal` each verdict is also compared with what the journal has. `running` says whether a
    server is there, which may still take in what the journal has beyond the proofs."""

    def __init__(
        self,
        clearances: Clearances,
        journal: Journal | None,
        head: str = "",
        running: Callable[[], bool] = lambda: False,
    ) -> None:
        self._clearances = clearances
        self._recorded = Recorded(journal) if journal else None
        self._running = running
        self._wanted_head = head
        self._books: dict[str, Rulebook | str] = {}
        self.report = Report()

    async def run(self, progress: Callable[[int], None] = lambda position: None) -> Report:
        """To the end, whatever is found on the way."""
        report, recorded = self.report, self._recorded
        taken_in, forgotten = await self._clearances.upto(), await self._clearances.forgotten()
        if recorded:
            await recorded.read_on()
        last: Proof | None = None
        if self._wanted_head == FIRST_HASH:
            report.since_head = 0
        async for proof in self._clearances.in_order():
            row = proof.row
            found = (
                *_chain(row, last.row if last else None),
                *_number(proof, forgotten),
                *await self._judged_again(row),
            )
            for what in found:
                self._find(proof, what)
            if recorded:
                await self._compare(proof, recorded)
            last = proof
            self._count(row)
            if report.count % PROGRESS == 0:
                progress(report.count)
        if last and last.row.seq > (upto := await self._clearances.upto()):
            self._find(last, f"the store says that it has taken in the journal to record {upto} only")
        if recorded:
            await self._rest(recorded, max(taken_in, last.row.seq if last else 0))
        progress(report.count)
        return report

    async def _compare(self, proof: Proof, recorded: Recorded) -> None:
        async for told in recorded.before(proof.row.seq):
            self._missing(told)
        told_now = recorded.told
        if told_now and (told_now.seq, told_now.dial_id) == (proof.row.seq, proof.row.dial_id):
            for what in _journal_says(proof, told_now):
                self._find(proof, what)
            await recorded.step()
        else:
            self._find(proof, "the journal knows of no such verdict in its record")

    async def _rest(self, recorded: Recorded, taken_in: int) -> None:
        """What the journal has beyond the last proof. It may be on its way, as long as a server is there to take it
        in, and the store did not say that it had."""
        running = recorded.told is not None and self._running()
        while told := recorded.told:
            if running and told.seq > taken_in:
                self.report.waiting += 1
            else:
                self._missing(told)
            await recorded.step()

    def _count(self, row: ClearanceRow) -> None:
        report = self.report
        report.count += 1
        report.head = row.hash
        if report.since_head is not None:
            report.since_head += 1
        if row.hash == self._wanted_head:
            report.since_head = 0

    def _find(self, proof: Proof, what: str) -> None:
        row = proof.row
        self.report.findings.append(
            Finding(position=row.position, at=row.at, number=proof.number, dial_id=row.dial_id, what=what)
        )

    def _missing(self, told: Verdict) -> None:
        what = f"the journal's record {told.seq} has a verdict that is missing here"
        self.report.findings.append(
            Finding(position=0, at=told.at, number=told.number, dial_id=told.dial_id, what=what)
        )

    async def _judged_again(self, row: ClearanceRow) -> list[str]:
        book = await self._book(row.rules_version)
        if isinstance(book, str):
            return [book]
        try:
            facts, blocks = _facts.decode(row.facts), _blocks.decode(row.blocks)
        except msgspec.MsgspecError as error:
            return [f"the facts or the verdict cannot be read: {error}"]
        campaign = book.config.campaigns.get(facts.campaign_id)
        if campaign is None:
            return [f"its rules have no campaign {facts.campaign_id}"]
        again = judge(book, facts, campaign, row.at)
        if _decided(again) == _decided(blocks):
            return []
        until = " until another time" if _words(again) == _words(blocks) else ""
        return [f"judged again it is {_words(again)}{until}, and it says {_words(blocks)}"]

    async def _book(self, name: str) -> Rulebook | str:
        if name not in self._books:
            self._books[name] = await self._read_book(name)
        return self._books[name]

    async def _read_book(self, name: str) -> Rulebook | str:
        content = await self._clearances.rulebook(name)
        if content is None:
            return f"its rules {name} are missing"
        try:
            book = msgspec.json.decode(content, type=RulebookContent)
        except msgspec.MsgspecError as error:
            return f"its rules {name} cannot be read: {error}"
        if rules_version(book.calling, book.zones) != name:
            return f"its rules {name} are not what they were"
        return Rulebook(book.calling, book.zones)


def _decided(blocks: tuple[Block, ...]) -> list[tuple[str, int]]:
    """What was decided. In which words it was said may differ from one release to the next."""
    return [(block.rule, block.until) for block in blocks]


def _words(blocks: tuple[Block, ...]) -> str:
    return f"refused by {', '.join(block.rule for block in blocks)}" if blocks else "allowed"


def _chain(row: ClearanceRow, last: ClearanceRow | None) -> list[str]:
    found = []
    position = last.position + 1 if last else 1
    if row.position != position:
        missing = f"{position}" if row.position == position + 1 else f"{position} to {row.position - 1}"
        found.append(f"before it {missing} are missing" if "to" in missing else f"before it {missing} is missing")
    elif row.previous_hash != (last.hash if last else FIRST_HASH):
        found.append("it does not follow the one before: one of them was changed, or put elsewhere")
    if row_hash(row) != row.hash:
        found.append("it is not what was written: its hash is another")
    if last and (row.seq < last.seq or row.at < last.at):
        found.append("it is older than the one before")
    return found


def _number(proof: Proof, forgotten: Forgotten) -> list[str]:
    """One that was forgotten in its time is no finding; one that is missing without is."""
    row = proof.row
    if not proof.kept_at:
        if row.position > forgotten.position:
            return ["its number is missing, and was not forgotten in its time"]
        if row.at >= forgotten.before_at:
            return ["its number is missing, and its time to be forgotten had not come"]
        return []
    found = []
    if digest_of(proof.number, proof.salt) != row.number_digest:
        found.append("it is about another number than was judged")
    if proof.kept_at != row.at:
        found.append("its number is kept as that of another time")
    return found


def _differ(proof: Proof, told: Clearance) -> tuple[bool, bool]:
    """Whether the journal has other facts, and whether another verdict. It names entries of our own lists, and the
    proof has digests of them; once their salt is gone nobody can tell which entry it was."""
    try:
        kept = Said(_facts.decode(proof.row.facts), _blocks.decode(proof.row.blocks))
    except msgspec.MsgspecError:
        return True, True
    if not proof.salt:
        kept = unnamed(Clearance(facts=kept.facts, rules_version=told.rules_version, blocks=kept.blocks), FORGOTTEN)
    expected = unnamed(told, proof.salt)
    return kept.facts != expected.facts, kept.blocks != expected.blocks


def _journal_says(proof: Proof, told: Verdict) -> list[str]:
    row, found = proof.row, []
    if row.at != told.at:
        found.append("the journal has it at another time")
    if row.rules_version != told.clearance.rules_version:
        found.append("the journal has it by other rules")
    facts_differ, blocks_differ = _differ(proof, told.clearance)
    if facts_differ:
        found.append("the journal has other facts")
    if blocks_differ:
        found.append("the journal has another verdict")
    if told.number and proof.kept_at and told.number != proof.number:
        found.append("the journal has it about another number")
    return found

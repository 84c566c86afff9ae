"""What a proof says of the entries of our own lists that a number is on.

An entry's id, or its instant, leads to the entry, and the entry has the number, for good. So a proof has a digest in
its place, salted as that of the number is: once the salt is deleted, nobody finds the entry by the proof.
"""

import re
from typing import NamedTuple

from cti.core.base import changed
from cti.core.calling import Block, CallFacts, Clearance, Listing
from cti.core.suppression import SCOPES
from cti.store.clearance_chain import digest_of

DIGITS = 16
FORGOTTEN = ""


class Said(NamedTuple):
    """The facts and the verdict of a clearance, as a proof has them."""

    facts: CallFacts
    blocks: tuple[Block, ...]


def unnamed(clearance: Clearance, salt: str) -> Said:
    """With digests in place of our own entries' ids. Without a salt with nothing there."""
    names = {entry_id: _digest(entry_id, salt) for entry_id in entries_of(clearance)}
    return Said(
        changed(clearance.facts, listed=tuple(_listing(each, names) for each in clearance.facts.listed)),
        tuple(_block(block, names) for block in clearance.blocks),
    )


def entries_of(clearance: Clearance) -> list[str]:
    """The entries of our own lists that it names."""
    return [each.list_id for each in clearance.facts.listed if each.scope in SCOPES and each.list_id]


def _digest(entry_id: str, salt: str) -> str:
    return digest_of(entry_id, salt)[:DIGITS] if salt else FORGOTTEN


def _listing(listing: Listing, names: dict[str, str]) -> Listing:
    return changed(listing, list_id=names.get(listing.list_id, ""), since=0) if listing.scope in SCOPES else listing


def _block(block: Block, names: dict[str, str]) -> Block:
    if not block.rule.startswith("DNC-") or not names:
        return block
    entry = re.compile(rf"\b({'|'.join(map(re.escape, names))})\b")
    return changed(block, detail=entry.sub(lambda found: names[found[0]], block.detail))

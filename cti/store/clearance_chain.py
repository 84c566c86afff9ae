"""The chain of clearances: each row's hash is over what it says and the hash of the row before.

The number is in it as a digest with a random salt. Both stand apart, so that they can be deleted: then nobody can tell
whose number it was, and the chain still verifies.
"""

from hashlib import sha256

import msgspec

FIRST_HASH = "0" * 64


class ClearanceRow(msgspec.Struct, frozen=True, kw_only=True):
    """A clearance as it is stored. `facts` and `blocks` are JSON; `position` counts from 1."""

    position: int
    seq: int
    dial_id: str
    at: int
    rules_version: str
    facts: str
    blocks: str
    number_digest: str
    previous_hash: str = FIRST_HASH
    hash: str = ""


def row_hash(row: ClearanceRow) -> str:
    """The hash (hex SHA-256) of a row and, through the one before, of all that came earlier."""
    told = (
        row.previous_hash,
        row.position,
        row.seq,
        row.dial_id,
        row.at,
        row.rules_version,
        row.number_digest,
        row.blocks,
        row.facts,
    )
    return sha256(msgspec.json.encode(told)).hexdigest()


def chained(row: ClearanceRow, previous_hash: str) -> ClearanceRow:
    """The row, at the end of a chain that ends with this hash."""
    following = msgspec.structs.replace(row, previous_hash=previous_hash)
    return msgspec.structs.replace(following, hash=row_hash(following))


def digest_of(number: str, salt: str) -> str:
    """What stands for a number in the chain."""
    return sha256(f"{salt}|{number}".encode()).hexdigest()

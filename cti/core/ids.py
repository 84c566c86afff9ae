"""Ids come from the sequence number of the turn that made the thing, so replay makes the same ones.

`main-c17` is the contact made by record 17 of site `main`; a second one of the same turn is `main-c17.1`.
"""

CONTACT = "c"
LEG = "l"
CALL = "r"  # a call is a room at the carrier
OFFER = "o"
PARTY = "p"
DIAL = "d"
CLAIM = "q"  # of leads, by a campaign
SUPPRESSION = "s"
LEAD = "w"  # who is to be called; named by the projection, from the record that posted it
REFUSAL = "f"
RESULT = "u"  # of a call, to be sent; named by the projection, from the record after which nothing more comes of it
RECORDING = "a"  # audio; named by the projection, from the record that asked for it


def make_id(site: str, kind: str, seq: int, ordinal: int) -> str:
    """`ordinal` counts the things of this kind made earlier in the same turn."""
    return f"{site}-{kind}{seq}" if ordinal == 0 else f"{site}-{kind}{seq}.{ordinal}"


def command_id(seq: int, ordinal: int) -> str:
    """A command is known by the record that asked for it and its place there."""
    return f"{seq}.{ordinal}"

"""Something that must never happen has happened."""

WORDS = {
    "C": "a call was lost or fell silent",
    "B": "a caller was bridged twice",
    "A": "an agent had too much at once",
    "O": "more were left alone than the ceiling allows, or not counted",
    "N": "something was dialled that must not be",
    "P": "something was heard or recorded that must not be",
    "E": "a desktop was told wrong",
    "J": "the journal does not tell it",
    "R": "a rule raised an error",
    "S": "something is stuck",
    "L": "something does not come to its end",
}
"""The checks by letter."""


class Violation(Exception):
    """`about` is the contact, leg or line it is about, if it is about one."""

    def __init__(self, letter: str, what: str, about: str = "") -> None:
        super().__init__(f"{letter}: {what}")
        self.letter = letter
        self.what = what
        self.about = about

"""Whom somebody wanted to call, and what the carrier did about it: every leg, with its number and its instants."""

import msgspec


class Asked(msgspec.Struct, frozen=True, kw_only=True):
    """What was said when the call was asked for: at which number, where the person may be, whom it is for, and why.
    What is empty was not said."""

    number: str
    zones: tuple[str, ...]
    campaign_id: str
    seller: str = ""
    person_id: str = ""
    household_id: str = ""
    lead_id: str = ""
    debt_id: str = ""
    consent: str = ""


class Ring(msgspec.Struct, kw_only=True):
    """One leg at the carrier; instants are ms, 0 for what did not happen. Its request left us at `left_at`, the last
    time that it did; the telephone rang from `rings_at` on, until it was answered or given up. We knew the carrier's
    name for it from `known_at`, and asked for its end at `released_at`. `answer_keys` names the reports that tell
    us of the answer. `troubles` is how many the server had had when the request left."""

    leg_id: str
    asked: Asked
    left_at: int
    rings_at: int = 0
    answered_at: int = 0
    over_at: int = 0
    known_at: int = 0
    released_at: int = 0
    answer_keys: list[str] = []
    troubles: int = 0

    @property
    def silent_at(self) -> int:
        """When it rings no longer; 0: it still does, or never did."""
        return self.answered_at or self.over_at


def same_person(one: Asked, other: Asked) -> bool:
    """One person, as far as anybody can tell: of one name, or of one lead, or at one number unless both have names."""
    if one.person_id and one.person_id == other.person_id:
        return True
    if one.lead_id and one.lead_id == other.lead_id:
        return True
    return one.number == other.number and not (one.person_id and other.person_id)


def same_debt(one: Asked, other: Asked) -> bool:
    """One debt, as far as anybody can tell."""
    if one.debt_id and other.debt_id:
        return one.debt_id == other.debt_id
    return one.number == other.number or same_person(one, other)


def one_line(one: Asked, other: Asked) -> bool:
    """Whether both lines would be to one person: of which there must never be two."""
    if one.number == other.number:
        return True
    return any(a and a == b for a, b in ((one.person_id, other.person_id), (one.lead_id, other.lead_id)))

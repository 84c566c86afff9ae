"""How numbers of one country are written in plain digits, so that most lines of a registry are read at a glance.

What this takes, the numbers' library would read the same way: a number is taken only if the country's plan has it as it
stands, and nothing in the plan would have its beginning cut off or changed. Everything else is the library's to read.
"""

import re
from functools import lru_cache

import phonenumbers
from phonenumbers import PhoneMetadata


class Country:
    """`plain` finds, in lines of digits, the part of each number that follows the country's `code`; `changed` does so
    where a sign before the number may have been its own plus, so it takes the code for one wherever it can be."""

    def __init__(self, code: int, plan: PhoneMetadata, pattern: str, lengths: set[int]) -> None:
        self.code = str(code)
        # What the library takes off a number's beginning; it may be more than what people dial there.
        cut_off = re.sub(r"\((?!\?)", "(?:", plan.national_prefix_for_parsing or "")
        digits = "|".join(f"[0-9]{{{length}}}" for length in sorted(lengths))
        number = f"((?!0){f'(?!{cut_off})' if cut_off else ''}(?=(?:{pattern})$)(?:{digits}))"
        # Where a number is whole without what looks like the code, as in Germany, it is none.
        with_code = f"(?!(?:{pattern})$){self.code}"
        with_trunk = f"(?!{self.code})(?>{cut_off})|" if cut_off else ""
        abroad = plan.international_prefix
        self.plain = _line(rf"(?:\+{self.code}|(?!{abroad})(?:{with_code}|{with_trunk})){number}")
        self.changed = _line(rf"(?:\+?{self.code}|(?!{abroad})(?:{with_trunk})){number}")


@lru_cache
def country(region: str) -> Country | None:
    """How numbers of the region are read at a glance; None where the library must read all of them, since it changes
    some, or where no region is given."""
    plan = PhoneMetadata.metadata_for_region(region) if region else None
    if plan is None or plan.country_code is None or plan.national_prefix_transform_rule:
        return None
    main = PhoneMetadata.metadata_for_region(phonenumbers.region_code_for_country_code(plan.country_code))
    if main is None or plan.general_desc is None or main.general_desc is None:
        return None
    lengths = set(plan.general_desc.possible_length) & set(main.general_desc.possible_length)
    pattern = plan.general_desc.national_number_pattern
    return Country(plan.country_code, plan, pattern, lengths) if pattern and lengths else None


def _line(pattern: str) -> re.Pattern[str]:
    return re.compile(f"^{pattern}$", re.ASCII | re.MULTILINE)

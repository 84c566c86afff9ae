"""Numbers that regulators keep free for films, books and examples. Nobody has one; tests and examples use them."""

import re

# Country code and digits, where x is any digit: 555-01xx of every area code in North America; the numbers that Ofcom,
# Arcep, ACMA, the Bundesnetzagentur and PTS name for drama.
PATTERNS = """
1xxx55501xx
441134960xxx 441144960xxx 441154960xxx 441164960xxx 441174960xxx 441184960xxx 441214960xxx 441314960xxx 441414960xxx
441514960xxx 441614960xxx 441632960xxx 441914980xxx 442079460xxx 442896496xxx 442920180xxx 447700900xxx
3319900xxxx 3326191xxxx 3335301xxxx 3346571xxxx 3353649xxxx 3363998xxxx
6125550xxxx 6127010xxxx 6135550xxxx 6137010xxxx 6175550xxxx 6177010xxxx 6185550xxxx 6187010xxxx
61491570006 61491570110 61491570156 61491570157 61491570158 61491570159
493023125xxx 496990009xxx 494066969xxx 492214710xxx 498999998xxx 4917139200xx
463139006xx 464062804xx 468465004xx 467017406xx
"""

FICTION = re.compile("|".join(pattern.replace("x", "[0-9]") for pattern in PATTERNS.split()))


def is_fiction(number: str) -> bool:
    """Whether the number, in E.164, is one of them."""
    return FICTION.fullmatch(number, 1) is not None

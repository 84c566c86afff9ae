"""A small good tree, written file by file, for tests that make one thing wrong in it."""

from pathlib import Path

from cti.configuration.load import check

GOOD = {
    "site.yaml": "name: Corner Shop\nzone: Europe/London\nhold_music: {play: music-20s.mp3}\n",
    "hours.yaml": "shop:\n  open: {mon-fri: 08:00-17:30}\n",
    "queues.yaml": "sales:\n  name: Sales\nsupport:\n  name: Support\n",
    "agents.yaml": (
        "anna:\n  name: Anna\n  queues: [sales, support: 2]\n  skills: {english: 5}\n"
        "ben:\n  name: Ben\n  queues: [support]\n  skills: {english: 2, spanish: 4}\n"
    ),
    "entry_points.yaml": '"+12025550100":\n  flow: main\n',
    "flows/main.yaml": (
        "start: open\n"
        "steps:\n"
        "  open: {hours: shop, open: menu, closed: end}\n"
        "  menu:\n"
        "    menu: For sales press 1.\n"
        "    choices:\n"
        '      "1": sales\n'
        "    otherwise: end\n"
        "  sales: {enqueue: sales, full: end}\n"
        "  end: {hang_up: Good bye.}\n"
    ),
}

CALLING = {
    "calling_rules/gb": (
        "GB-HOURS:\n"
        "  jurisdiction: GB\n"
        "  title: Calls to Britain between 8 and 21 o'clock\n"
        "  hours: {mon-fri: 08:00-21:00, sat: 09:00-21:00}\n"
        "  closed_on: [GB]\n"
        "  source: A guide\n"
        "  read_on: 2026-11-22\n"
        "  confidence: one_source\n"
        "GB-RING:\n"
        "  jurisdiction: GB\n"
        "  title: Every call rings for 15 seconds\n"
        "  conduct: {ring_at_least: 15s}\n"
        "  source: A policy\n"
        "  confidence: two_sources\n"
        "GB-TPS:\n"
        "  jurisdiction: GB\n"
        "  title: Nobody on the list\n"
        "  purposes: [sales]\n"
        "  unless_consent: express\n"
        "  registry: {list: gb_tps, within: 28d}\n"
        "  source: PECR regulation 21\n"
        "  confidence: statute\n"
    ),
    "calling_rules/calendars/gb": (
        "GB:\n  name: Bank holidays\n  source: An act\n  moves: {sat: mon, sun: mon}\n"
        "  days:\n    - {date: 12-25, name: Christmas Day}\n"
    ),
    "do_not_call": "gb_tps: {name: Telephone Preference Service, jurisdiction: GB}\n",
    "calling_rules/numbering/nanp": (
        'source: A plan\nread_on: 2026-11-22\noverlays: ["305 786"]\n'
        'areas:\n  "305": {states: [US-FL], zones: [America/New_York]}\n'
        '  "786": {states: [US-FL], zones: [America/New_York]}\n'
    ),
    "calling_rules/numbering/us_postcodes": (
        'source: A list\nread_on: 2026-11-22\npostcodes:\n  "330-334": {states: [US-FL], zones: [America/New_York]}\n'
    ),
    "calling_rules/numbering/zones": (
        "source: A table\nread_on: 2026-11-22\n"
        "states:\n  US-FL: {zones: [America/New_York, America/Chicago]}\n"
        "countries:\n  GB: {zones: [Europe/London]}\n"
        'prefixes:\n  "441481": {zones: [Europe/Guernsey]}\n'
        "canadian_postcodes:\n  K: {states: [CA-ON], zones: [America/Toronto]}\n"
    ),
    "campaigns/uk-sales": "name: Spring sale\nseller: Corner Shop\npurpose: sales\ncountries: [GB]\n",
}
"""Calling rules that are right, too, for who makes calls: `write(directory, **CALLING)`."""


def write(directory: Path, **changed: str | bytes | None) -> Path:
    """The good tree as `directory/config`, with some files changed: `queues` is queues.yaml, `flows_main` or
    `flows/main` the flow's. None leaves a file out."""
    config = directory / "config"
    named = {name.replace("flows_", "flows/") + ".yaml": text for name, text in changed.items()}
    for name, text in {**GOOD, **named}.items():
        path = config / name
        path.parent.mkdir(parents=True, exist_ok=True)
        if text is not None:
            path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return config


def mistakes(directory: Path, **changed: str | bytes | None) -> list[str]:
    """What is wrong with the tree, as lines, once the files are changed."""
    return [str(mistake) for mistake in check(write(directory, **changed))]

"""Who says so: the names under which people put a registry in force, so that two names are two people."""

import unicodedata

from cti.core.config import SiteConfig


def operator_of(config: SiteConfig, written: str) -> str:
    """Who is meant: the id of an agent or a supervisor, by id or by name. Where the site has none, the name itself."""
    folded = fold(written)
    for operator_id, names in _people(config).items():
        if folded in names:
            return operator_id
    return folded


def wrong_name(config: SiteConfig, written: str) -> str:
    """Why nobody is named by this, and what to write; empty when somebody is."""
    scripts = sorted(_scripts(fold(written)))
    if len(scripts) > 1:
        return f"The name has letters that only look alike, {' and '.join(scripts)}: write it in one script."
    people = _people(config)
    if people and not any(fold(written) in names for names in people.values()):
        return "Nobody is called so here: write the id or the name of an agent or a supervisor of this site."
    return ""


def fold(name: str) -> str:
    """The same for names that differ in capitals, blanks, or forms of the same letters."""
    return " ".join(unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", name).casefold()).split())


def _people(config: SiteConfig) -> dict[str, set[str]]:
    """By id, what each is called; an agent who is a supervisor as well is one person."""
    found: dict[str, set[str]] = {}
    everybody = [(each.agent_id, each.name) for each in config.agents.values()]
    everybody += [(each.supervisor_id, each.name) for each in config.supervisors.values()]
    for operator_id, name in sorted(everybody):
        found.setdefault(fold(operator_id), set()).update((fold(operator_id), fold(name)))
    return found


def _scripts(name: str) -> set[str]:
    """The first words of its letters' names: LATIN, CYRILLIC, GREEK."""
    return {unicodedata.name(letter, "unknown").partition(" ")[0] for letter in name if letter.isalpha()}

"""The site's configuration in force, without a server: from the journal, or from `config/` where the site is empty.

Everything is opened for reading only, so that a running server is not in the way, nor we in its.
"""

from typing import NamedTuple

from sqlalchemy.engine import make_url

from cti.core.config import SiteConfig
from cti.core.errors import CtiError, JournalError, JournalMissing
from cti.core.state import State
from cti.journal.sql import SqlJournal
from cti.runtime.recovery import standing
from cti.runtime.snapshots import Snapshots
from cti.settings import Settings


class Site(NamedTuple):
    """`source` says where the configuration is from. `state` is what the journal tells; None where there is none."""

    config: SiteConfig
    source: str
    state: State | None


async def read_site(settings: Settings) -> Site:
    """Raises `CtiError` where neither has a configuration, or the journal cannot be read."""
    return _site(settings, await _state(settings))


def _site(settings: Settings, state: State | None) -> Site:
    if state and state.config_hash:
        return Site(state.config, f"the site's journal, record {state.last.seq}", state)
    from cti.configuration.load import load

    try:
        return Site(load(settings.config_dir), f"{settings.config_dir}, as the site has no configuration yet", state)
    except CtiError as error:
        raise CtiError(f"The site has no configuration yet, and {settings.config_dir} holds none:\n{error}") from error


async def read_started_site(settings: Settings) -> Site:
    """The same, where only a site that there is has an answer: without one, nobody was ever added to a list. Raises
    `CtiError` where there is none."""
    state = await _state(settings)
    if state is None or not state.last.seq:
        raise CtiError(f"There is no site {_where(settings)}.")
    return _site(settings, state)


async def config_in_force(settings: Settings) -> SiteConfig:
    """What the journal says, and nothing else: an empty configuration where a server was given none. Raises `CtiError`
    where the journal cannot be read, or there is none."""
    state = await _state(settings)
    if state is None:
        raise CtiError(f"There is no site {_where(settings)}.")
    return state.config


async def differing(settings: Settings, tree: SiteConfig) -> list[str]:
    """In what the configuration of the site that was started differs from this one; nothing where no site was."""
    state = await _state(settings)
    return differs(state, tree) if state else []


def differs(state: State, tree: SiteConfig) -> list[str]:
    """The same, of a state: the files, each with the keys in it."""
    from cti.configuration.difference import differences

    return differences(state.config, tree) if state.config_hash else []


def read_from(settings: Settings, site: Site) -> str:
    """For people: which journal was read, and how far."""
    database = make_url(settings.journal_url)
    in_file = database.get_backend_name() == "sqlite"
    return f"{site.source}, {settings.data_dir / 'journal.db' if in_file else database.render_as_string()}"


def _where(settings: Settings) -> str:
    database = make_url(settings.journal_url)
    if database.get_backend_name() != "sqlite":
        return f"{settings.site} in {database.render_as_string()}; CTI_SITE and CTI_DATABASE_URL name it"
    if not settings.data_dir.is_dir():
        return f"in {settings.data_dir}, which is no folder; CTI_DATA_DIR names it"
    if _is_file(settings):
        return f"{settings.site} in {settings.data_dir}; CTI_SITE and CTI_DATA_DIR name it"
    return f"in {settings.data_dir}; CTI_DATA_DIR names it"


async def _state(settings: Settings) -> State | None:
    database = make_url(settings.journal_url)
    if database.get_backend_name() == "sqlite" and not _is_file(settings):
        return None
    try:
        journal = await SqlJournal.open(settings.journal_url, settings.site, read_only=True)
    except JournalMissing:
        return None
    except JournalError as error:
        raise CtiError(f"The journal cannot be opened: {error}.") from error
    try:
        return await standing(settings.site, journal, Snapshots(settings.data_dir / "snapshots"))
    finally:
        await journal.close()


def _is_file(settings: Settings) -> bool:
    return (settings.data_dir / "journal.db").exists()

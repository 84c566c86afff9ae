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
    state = await _state(settings)
    if state and state.config_hash:
        return Site(state.config, f"the site's journal, record {state.last.seq}", state)
    from cti.configuration.load import load

    try:
        return Site(load(settings.config_dir), f"{settings.config_dir}, as the site has no configuration yet", state)
    except CtiError as error:
        raise CtiError(f"The site has no configuration yet, and {settings.config_dir} holds none:\n{error}") from error


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

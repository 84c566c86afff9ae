"""The configuration that the files hold: a new site begins with it; later it is compared with the one in force."""

import asyncio
from collections.abc import Callable
from typing import NamedTuple

import structlog

from cti.core.config import SiteConfig
from cti.core.errors import ConfigError
from cti.core.events import ConfigApplied, ConfigDiffers
from cti.runtime.driver import Driver

log = structlog.get_logger()

ANOTHER_RELEASE = "nothing by its name: another release wrote it"
DIFFERS_REMEDY = (
    "the journal's stays in force: changes cannot be applied yet. A new CTI_DATA_DIR starts with the tree, but without "
    "our own do-not-call entries, registries, earlier calls and tokens of this one: docs/howto/change-a-started-site.md"
)


class Tree(NamedTuple):
    """How the files are read (raises `ConfigError`), what a configuration is called, and in what two of them differ."""

    load: Callable[[], SiteConfig]
    digest: Callable[[SiteConfig], str]
    differences: Callable[[SiteConfig, SiteConfig], list[str]]

    async def seed(self, driver: Driver) -> None:
        """Put the configuration of a new site in force."""
        config = await self._loaded("callers hear an apology")
        if config:
            event = ConfigApplied(config_hash=self.digest(config), config=config)
            await driver.post(event, key=f"config:{event.config_hash}", actor="server")

    async def compare(self, driver: Driver, config_hash: str, epoch: int) -> None:
        """Tell where the files differ from the configuration called `config_hash`. Takes its time: many rules are read
        slowly, so nobody waits for it."""
        config = await self._loaded("the journal's stays in force")
        if config and self.digest(config) != config_hash:
            differs = self.differences(driver.decider.state.config, config) or [ANOTHER_RELEASE]
            log.warning("configuration_differs", differs=differs, remedy=DIFFERS_REMEDY)
            driver.tell(ConfigDiffers(config_hash=self.digest(config)), key=f"differs:{epoch}", actor="server")

    async def _loaded(self, effect: str) -> SiteConfig | None:
        """None, and a word about it, where the files hold mistakes."""
        try:
            return await asyncio.to_thread(self.load)
        except ConfigError as error:
            log.error("configuration_unusable", mistakes=str(error), effect=effect, remedy="run `cti check`")
            return None

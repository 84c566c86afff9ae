"""A case as it is written: a number, an instant, what is known; and what a reader of the law expects."""

from functools import lru_cache
from pathlib import Path
from typing import Any

import msgspec
from ruamel.yaml import YAML

from cti.configuration import document
from cti.configuration.calling import WrittenCalling, resolve
from cti.configuration.load import load
from cti.configuration.written.campaigns import CampaignWritten
from cti.core.calling import AttemptFact, CallFacts, CampaignConfig, Listing, RegistryFact
from cti.core.config import SiteConfig
from cti.core.numbering import Address
from cti.core.overlay import ALL, Attempt, told_as_fact
from cti.dialer.calling.facts import call_facts
from cti.dialer.calling.judge import SCOPES
from cti.dialer.numbering.locate import locate
from tests.dialer.calling.books import ms
from tests.house.sources import ROOT

FOLDER = Path(__file__).parent / "cases"


class Written(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Unknown keys are mistakes."""


class Earlier(Written):
    """`told` is what was heard of it. The facts are made of it as the server makes them, so that none describes what
    cannot be."""

    at: str
    same: tuple[str, ...] = ()
    told: tuple[str, ...] = ()
    called: bool = True

    def __post_init__(self) -> None:
        if self.called != bool(self.same) or not (self.called or self.told == ("conversations",)):
            raise ValueError("say what a call has in common; of who called us it is known only that we talked")

    def fact(self) -> AttemptFact:
        at = ms(self.at)
        told = told_as_fact(Attempt(attempt_id="", seq=0, at=at, told=self.told))
        return AttemptFact(at=at, same=self.same if self.called else ALL, told=told, called=self.called)


class Expected(Written):
    """`next` is an instant, or `never`; both it and the rules only where it is not allowed."""

    allowed: bool
    rules: tuple[str, ...] = ()
    next: str = ""

    def __post_init__(self) -> None:
        if self.allowed == bool(self.rules) or self.allowed == bool(self.next):
            raise ValueError("say rules and next where it is not allowed, and neither where it is")


class Case(Written):
    name: str
    why: str
    number: str
    campaign: str
    at: str
    expect: Expected
    address: dict[str, str | bool] = {}
    consent: str = ""
    customer_at: str = ""
    opted_in: bool | None = None
    guaranteed: bool = False
    mode: str = ""
    listed: tuple[str, ...] = ()
    registries: dict[str, str] = {}
    history: tuple[Earlier, ...] = ()

    def campaign_of(self, config: SiteConfig) -> CampaignConfig:
        campaign = config.calling.campaigns[self.campaign]
        fields: dict[str, Any] = {"mode": self.mode} if self.mode else {}
        fields |= {} if self.opted_in is None else {"opted_in": self.opted_in}
        return msgspec.structs.replace(campaign, **fields)

    def facts(self, config: SiteConfig) -> CallFacts:
        place = locate(self.number, msgspec.convert(self.address, Address), config.calling.numbering)
        return call_facts(
            self.campaign_of(config),
            place,
            consent=self.consent,
            customer_at=ms(self.customer_at) if self.customer_at else 0,
            guaranteed=self.guaranteed,
            listed=tuple(self._listing(each, config) for each in self.listed),
            registries=tuple(self._registries(config)),
            attempts=tuple(each.fact() for each in self.history),
        )

    def _listing(self, name: str, config: SiteConfig) -> Listing:
        if name in SCOPES:
            return Listing(list_id="", scope=name)
        assert name in config.calling.registries, f"{name} is neither a registry nor a scope"
        return Listing(list_id=name, scope="registry")

    def _registries(self, config: SiteConfig) -> list[RegistryFact]:
        assert set(self.registries) <= set(config.calling.registries)
        return [
            RegistryFact(registry_id=each, version="1", as_of=ms(self.registries[each]))
            if each in self.registries
            else RegistryFact(registry_id=each, version="example", as_of=0, example=True)
            for each in config.calling.registries
        ]


@lru_cache(maxsize=1)
def site() -> SiteConfig:
    """The example centre, with the campaigns that only cases need."""
    config = load(ROOT / "config")
    read = YAML(typ="safe").load((FOLDER.parent / "campaigns.yaml").read_text("utf-8"))
    written = {key: CampaignWritten.model_validate(fields) for key, fields in read.items()}
    more = resolve(
        WrittenCalling(rules={}, calendars={}, registries={}, campaigns=written, numbering=config.calling.numbering)
    ).campaigns
    calling = msgspec.structs.replace(config.calling, campaigns={**config.calling.campaigns, **more})
    return msgspec.structs.replace(config, calling=calling)


def cases() -> list[tuple[str, Case]]:
    """Every case, with the name of its file."""
    found = []
    for path in sorted(FOLDER.glob("*.yaml")):
        root, mistakes = document.parse(path.read_text("utf-8"), path.name)
        assert root, mistakes
        assert not mistakes, mistakes
        for written in root.plain():
            try:
                found.append((path.stem, msgspec.convert(written, Case)))
            except (msgspec.ValidationError, ValueError) as error:
                raise AssertionError(f"{path.name}: {written.get('name')}: {error}") from error
    return found

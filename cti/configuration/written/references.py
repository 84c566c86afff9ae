"""Names of things that another part of the configuration defines."""

from typing import Annotated

import phonenumbers
from pydantic import AfterValidator, ValidationInfo

from cti.configuration.mistake import printable, suggest
from cti.configuration.names import Names
from cti.configuration.written.base import known, wrong
from cti.configuration.written.numbering import STATES
from cti.configuration.written.values import country_meant

EVERYWHERE = "*"


def _exists(value: str, complaint: str, names: Names, remedy: str) -> str:
    if names is None or value in names:
        return value
    raise wrong(f'{complaint} "{printable(value)}"', suggest(value, names, remedy))


def _check_queue(value: str, info: ValidationInfo) -> str:
    return _exists(value, "there is no queue", known(info).queues, "add it to queues.yaml")


def _check_flow(value: str, info: ValidationInfo) -> str:
    return _exists(value, "there is no flow", known(info).flows, f"write it into flows/{printable(value)}.yaml")


def _check_hours(value: str, info: ValidationInfo) -> str:
    return _exists(value, "there are no opening hours", known(info).hours, "add them to hours.yaml")


def _check_step(value: str, info: ValidationInfo) -> str:
    return _exists(value, "there is no step", known(info).steps, "add it to the steps of this flow")


def _check_skill(value: str, info: ValidationInfo) -> str:
    return _exists(value, "no agent has the skill", known(info).skills, "give it to an agent in agents.yaml")


def _check_calendar(value: str, info: ValidationInfo) -> str:
    remedy = "add it to a file of calling_rules/calendars"
    return _exists(value, "there is no calendar", known(info).calendars, remedy)


def _check_registry(value: str, info: ValidationInfo) -> str:
    return _exists(value, "there is no registry", known(info).registries, "add it to do_not_call.yaml")


def _check_jurisdiction(value: str, info: ValidationInfo) -> str:
    country, dash, _ = value.partition("-")
    if value == EVERYWHERE or value in STATES or value in phonenumbers.SUPPORTED_REGIONS:
        return value
    if country in phonenumbers.SUPPORTED_REGIONS and dash:
        remedy = suggest(value, STATES, f"write the rule for {country}")
        raise wrong(f'no number and no address is known to be in "{printable(value)}"', remedy)
    remedy = 'write a country such as US, a state such as US-FL, or "*" for everywhere'
    raise wrong(f'there is no jurisdiction "{printable(value)}"', remedy if dash else country_meant(value, remedy))


QueueName = Annotated[str, AfterValidator(_check_queue)]
FlowName = Annotated[str, AfterValidator(_check_flow)]
HoursName = Annotated[str, AfterValidator(_check_hours)]
StepName = Annotated[str, AfterValidator(_check_step)]
SkillName = Annotated[str, AfterValidator(_check_skill)]
CalendarName = Annotated[str, AfterValidator(_check_calendar)]
RegistryName = Annotated[str, AfterValidator(_check_registry)]
Jurisdiction = Annotated[str, AfterValidator(_check_jurisdiction)]

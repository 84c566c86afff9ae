"""Names of things that another part of the configuration defines."""

from typing import Annotated

from pydantic import AfterValidator, ValidationInfo

from cti.configuration.mistake import printable, suggest
from cti.configuration.names import Names
from cti.configuration.written.base import known, wrong


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


QueueName = Annotated[str, AfterValidator(_check_queue)]
FlowName = Annotated[str, AfterValidator(_check_flow)]
HoursName = Annotated[str, AfterValidator(_check_hours)]
StepName = Annotated[str, AfterValidator(_check_step)]
SkillName = Annotated[str, AfterValidator(_check_skill)]

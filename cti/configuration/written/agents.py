"""agents.yaml: who takes calls, where, for which queues, and how well."""

import re
from typing import Annotated, Any, Self

from pydantic import AfterValidator, Discriminator, Field, Tag, ValidationInfo, model_validator

from cti.configuration.mistake import printable
from cti.configuration.written.base import Omissible, Written, known, wrong, wrong_inside
from cti.configuration.written.references import QueueName
from cti.configuration.written.values import Id, Level, Name, check_number

CLIENT = re.compile(r"client:[A-Za-z0-9_]{1,100}")
SIP = re.compile(r"sips?:[A-Za-z0-9._%+~-]+@[A-Za-z0-9](?:[A-Za-z0-9.-]*[A-Za-z0-9])?(?::[0-9]{1,5})?(?:;[!-:<-~]+)*")
ENDPOINT_CHARACTERS_MAX = 200


def _check_unshared(value: str, info: ValidationInfo) -> str:
    sharing = known(info).clients.get(value, ())
    if len(sharing) > 1:  # they would take each other's calls; a desk phone may well serve two shifts
        agents = " and ".join(printable(agent_id) for agent_id in sharing[:3])
        raise wrong(f"the softphone {printable(value)} belongs to {agents}", "give each agent one of its own")
    return value


def _check_endpoint(value: str) -> str:
    scheme, colon, rest = value.partition(":")
    if scheme == "tel" and colon:
        check_number(rest)
        return value
    if len(value) <= ENDPOINT_CHARACTERS_MAX and (CLIENT.fullmatch(value) or SIP.fullmatch(value)):
        return value
    if value.startswith("+"):
        raise wrong(f'"{printable(value)}" does not say what kind of address it is', "write tel: before a number")
    remedy = 'write client:anna, "tel:+12025550100" or sip:anna@example.com'
    raise wrong(f'"{printable(value)}" is not an address of an agent', remedy)


Endpoint = Annotated[str, AfterValidator(_check_endpoint)]


def _kind(value: Any) -> str | None:
    if isinstance(value, dict):
        return "<ranked>"
    return "<queue>" if isinstance(value, str) else None


def _check_queues(queues: "list[str | dict[str, int]]") -> "list[str | dict[str, int]]":
    seen: set[str] = set()
    for position, item in enumerate(queues):
        name = item if isinstance(item, str) else next(iter(item))
        if name in seen:
            raise wrong_inside([((position,), wrong(f"{name} is in the list twice", "keep one of them"))], queues)
        seen.add(name)
    return queues


Ranked = Annotated[dict[QueueName, Annotated[int, Field(ge=1, le=100)]], Field(min_length=1, max_length=1)]
Queue = Annotated[
    Annotated[QueueName, Tag("<queue>")] | Annotated[Ranked, Tag("<ranked>")],
    Discriminator(
        _kind,
        custom_error_type="membership",
        custom_error_message="this is not a queue",
    ),
]


class AgentWritten(Written):
    """An entry of agents.yaml. The endpoint is by default the softphone `client:<agent id>`."""

    name: Name
    endpoint: Omissible[Annotated[Endpoint, AfterValidator(_check_unshared)]] = None
    nailed_up: bool = False
    desk: Omissible[bool] = None
    queues: Annotated[list[Queue], Field(max_length=500), AfterValidator(_check_queues)] = []
    skills: Annotated[dict[Id, Level], Field(max_length=100)] = {}

    @model_validator(mode="after")
    def _check_desk(self) -> Self:
        """A softphone is a part of the desk."""
        if self.desk is False and (self.endpoint is None or self.endpoint.startswith("client:")):
            error = wrong("a softphone rings at a desk", "take the key out, or write a telephone as the endpoint")
            raise wrong_inside([(("desk",), error)], self)
        return self

"""The carrier's published specification of its REST interface, as a judge of requests.

It comes from the carrier's own npm package, locked in `openapi/`; `make test` fetches it. Stricter than the carrier, it
also refuses parameters that the specification does not know, since the carrier passes over a misspelt name in silence.
"""

import json
import os
import re
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest

SPEC = Path(__file__).parent / "openapi/node_modules/@twilio/cli-core/src/services/twilio-api/twilio_api_v2010.json"
FORM_TYPE = "application/x-www-form-urlencoded"

Pairs = list[tuple[str, str]]


@dataclass(frozen=True)
class Operation:
    """What may be asked at one address by one method."""

    name: str
    path: re.Pattern[str]
    details: dict[str, Any]
    schemas: dict[str, Any]

    def offences(self, path: str, query: Pairs, form: Pairs) -> list[str]:
        """What the specification has against a request."""
        parameters = self.details.get("parameters", [])
        placed = self.path.fullmatch(path)
        assert placed
        segments = list(placed.groupdict().items())
        return [
            *self._judge("path", segments, {one["name"]: one["schema"] for one in parameters if one["in"] == "path"}),
            *self._judge("query", query, {one["name"]: one["schema"] for one in parameters if one["in"] == "query"}),
            *self._judge("form", form, self._body().get("properties", {})),
            *[f"form: {name} is missing" for name in self._body().get("required", []) if name not in dict(form)],
        ]

    def example(self) -> tuple[int, dict[str, Any]]:
        """An answer out of the specification, of several the one that says most."""
        status, response = next(item for item in self.details["responses"].items() if item[0].startswith("2"))
        examples = response["content"]["application/json"]["examples"]
        return int(status), max((one["value"] for one in examples.values()), key=lambda value: len(str(value)))

    def _body(self) -> dict[str, Any]:
        return self.details.get("requestBody", {}).get("content", {}).get(FORM_TYPE, {}).get("schema", {})

    def _judge(self, place: str, pairs: Pairs, schemas: dict[str, Any]) -> list[str]:
        found = []
        for name in dict(pairs):
            values = [value for other, value in pairs if other == name]
            if name not in schemas:
                found.append(f"{place}: {name} is unknown")
            else:
                found += [f"{place}: {name} {why}" for why in self._mistakes(self._resolved(schemas[name]), values)]
        return found

    def _resolved(self, schema: dict[str, Any]) -> dict[str, Any]:
        name = schema.get("$ref", "").removeprefix("#/components/schemas/")
        return self._resolved(self.schemas[name]) if name else schema

    def _mistakes(self, schema: dict[str, Any], values: list[str]) -> list[str]:
        if schema.get("type") == "array":  # a form repeats the name
            each = self._resolved(schema["items"])
            spaced = [f"joins its values: {value!r}" for value in values if " " in value]
            return spaced + [why for value in values for why in self._mistakes(each, [value])]
        if len(values) != 1:
            return ["is given more than once"]
        return [why for why in [mistake(schema, values[0])] if why]


def mistake(schema: dict[str, Any], value: str) -> str:
    """Why a value does not fit; empty when it does."""
    if "enum" in schema and value not in schema["enum"]:
        return f"is {value!r}, not one of {schema['enum']}"
    if "pattern" in schema and not re.search(schema["pattern"], value):
        return f"is {value!r}, which is not like {schema['pattern']}"
    length_min, length_max = schema.get("minLength", 0), schema.get("maxLength", len(value))
    if not length_min <= len(value) <= length_max:
        return f"is {value!r}, of the wrong length"
    if schema.get("type") == "boolean" and value not in ("true", "false"):
        return f"is {value!r}, not true or false"
    if schema.get("type") == "integer" and not re.fullmatch(r"-?[0-9]+", value):
        return f"is {value!r}, no integer"
    is_address = bool(urlsplit(value).scheme and urlsplit(value).netloc)
    if schema.get("format") == "uri" and value and not is_address:  # empty: none, where there is one by default
        return f"is {value!r}, no address"
    return ""


@cache
def operations() -> list[tuple[str, Operation]]:
    """Every operation with its method. Skips the test where the specification was not fetched."""
    if not SPEC.exists():
        stop = pytest.fail if os.environ.get("CI") == "true" else pytest.skip
        stop("The carrier's specification is not there. Please run: cd tests/telephony/openapi && npm ci")
    spec = json.loads(SPEC.read_text())
    found = []
    for template, item in spec["paths"].items():
        path = re.compile(re.sub(r"\\{(\w+)\\}", r"(?P<\1>[^/]+)", re.escape(template)))
        for method in item.keys() & {"get", "post", "delete"}:
            name = (
                f"{method.upper()} {template.removeprefix('/2010-04-01/Accounts/{AccountSid}').removesuffix('.json')}"
            )
            found.append((method.upper(), Operation(name, path, item[method], spec["components"]["schemas"])))
    return found


def operation(method: str, path: str) -> Operation | None:
    """What is asked for. Of several that fit the one that leaves least open counts."""
    fitting = [one for verb, one in operations() if verb == method and one.path.fullmatch(path)]
    return min(fitting, key=lambda one: one.path.groups, default=None)

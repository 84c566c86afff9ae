"""The document of the sockets is the one that the types make, and it names everything that is said."""

import importlib.util
import json
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
spec = importlib.util.spec_from_file_location("make_asyncapi", ROOT / "tools" / "make_asyncapi.py")
maker = importlib.util.module_from_spec(spec)
spec.loader.exec_module(maker)

DOCUMENT = json.loads(maker.TARGET.read_text(encoding="utf-8"))
SAID = [*maker.AGENT_FRAMES, *maker.REQUESTS, *maker.BOARD_FRAMES, *maker.BOARD_REQUESTS]


def test_the_file_is_up_to_date():
    assert maker.TARGET.read_text(encoding="utf-8") == maker.rendered(), "run python tools/make_asyncapi.py"


@pytest.mark.parametrize("kind", SAID, ids=[kind.__name__ for kind in SAID])
def test_everything_that_is_said_is_in_it(kind):
    message = DOCUMENT["components"]["messages"][kind.__name__]
    schema = DOCUMENT["components"]["schemas"][kind.__name__]
    assert message["name"] == kind.__struct_config__.tag == schema["properties"]["type"]["enum"][0]
    assert set(schema["properties"]) == {"type", *kind.__struct_encode_fields__}
    assert message["summary"]
    in_channels = [name for channel in DOCUMENT["channels"].values() for name in channel["messages"]]
    assert kind.__name__ in in_channels


def test_nothing_else_is_in_it():
    assert set(DOCUMENT["components"]["messages"]) == {kind.__name__ for kind in SAID}


def test_every_reference_leads_somewhere():
    references = re.findall(r'"\$ref": "#/([^"]+)"', maker.TARGET.read_text(encoding="utf-8"))
    assert len(references) > 100
    for reference in references:
        place = DOCUMENT
        for step in reference.split("/"):
            place = place[step]


def test_answers_are_the_replies_to_requests():
    for who, answers in (("Agent", ["Done", "Refused"]), ("Supervisor", ["BoardDone", "BoardRefused"])):
        reply = DOCUMENT["operations"][f"askAs{who}"]["reply"]
        assert [reference["$ref"].rpartition("/")[2] for reference in reply["messages"]] == answers


def test_the_addresses_are_those_of_the_routes():
    assert {channel["address"] for channel in DOCUMENT["channels"].values()} == {
        "/api/v1/agent/socket",
        "/api/v1/supervisor/socket",
    }


def test_the_sockets_are_described_for_people_as_well():
    text = (ROOT / "docs" / "reference" / "sockets.md").read_text(encoding="utf-8")
    for kind in SAID:
        assert f"`{kind.__struct_config__.tag}`" in text, f"docs/reference/sockets.md does not mention {kind.__name__}"

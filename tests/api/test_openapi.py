"""The document of what is asked over HTTP is the one that the types make, and it has every route."""

import importlib.util
import json
import re
from pathlib import Path

from aiohttp import web

from cti.api.recordings import Shelf, shown
from cti.api.routes import api_routes
from cti.store.recordings import RecordingRecord
from tests.views.watching import pop_of

ROOT = Path(__file__).resolve().parents[2]
spec = importlib.util.spec_from_file_location("make_openapi", ROOT / "tools" / "make_openapi.py")
maker = importlib.util.module_from_spec(spec)
spec.loader.exec_module(maker)

DOCUMENT = json.loads(maker.TARGET.read_text(encoding="utf-8"))


def test_the_file_is_up_to_date():
    assert maker.TARGET.read_text(encoding="utf-8") == maker.rendered(), "run python tools/make_openapi.py"


def test_it_has_every_route_but_the_sockets(house):
    parts = (house.gate, house.fanout, house.board, house.sockets)
    routes = api_routes(*parts, pop_of=pop_of, version="test", recordings=Shelf(None, None))
    assert all(isinstance(route, web.RouteDef) for route in routes)
    described = [route for route in routes if not route.path.endswith(("/socket", "{rest:.*}"))]
    served = {(route.method.lower(), route.path) for route in described}
    assert {(method, path) for path, item in DOCUMENT["paths"].items() for method in item} == served


def test_a_recording_is_answered_with_the_fields_that_it_says():
    row = RecordingRecord(recording_id="main-a1", seq=1, kind="voicemail", contact_id="", leg_id="main-l1", asked_at=1)
    schema = DOCUMENT["components"]["schemas"]["Recording"]
    assert sorted(shown(row)) == sorted(schema["properties"]) == schema["required"]


def test_every_reference_leads_somewhere():
    for reference in re.findall(r'"\$ref": "#/([^"]+)"', maker.TARGET.read_text(encoding="utf-8")):
        place = DOCUMENT
        for step in reference.split("/"):
            place = place[step]


def test_it_is_described_for_people_as_well():
    text = (ROOT / "docs" / "reference" / "recordings.md").read_text(encoding="utf-8")
    for path in (path for path in DOCUMENT["paths"] if "recordings" in path):
        assert f"`GET {path}`" in text

"""The directory over HTTP, against a service that does whatever it can to be in the way."""

import asyncio
import gzip
import json
import socket
import ssl
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from itertools import product

import pytest
from aiohttp import web
from aiohttp.abc import AbstractResolver
from aiohttp.test_utils import TestServer
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from cti.core.errors import SettingsError
from cti.core.events import Customer
from cti.core.ports import Directory
from cti.directory.errors import DirectoryUnavailable
from cti.directory.http import HttpDirectory
from cti.directory.service import Service
from tests.directory.crm import Crm, raw, said
from tests.directory.made import ANN, NUMBER, Clock
from tests.patience import PATIENCE_S
from tests.servers import free_port

FOUND = [{"customer_id": "1", "segment": "gold", "name": "Ann", "account": "A1"}]


def number(place):
    """One number after the other, so that none is remembered."""
    return f"+4930{100_000 + place}"


@pytest.fixture
async def crm():
    service = Crm()
    service.answer = said(FOUND)
    async with TestServer(service.app) as server:
        service.port = server.port
        yield service
        service.stopping.set()


@pytest.fixture
def clock():
    return Clock()


@pytest.fixture
async def open_directory(crm, clock):
    """Opens a directory over the service, with what it says of it."""
    opened = []

    def open_it(path="/find?number={number}", resolver=None, **told):
        host = f"127.0.0.1:{crm.port}"
        service = Service(**{"url": f"http://{host}{path}", "allowed_hosts": (host,)} | told)
        opened.append(HttpDirectory(service, region="DE", clock=clock, resolver=resolver))
        return opened[-1]

    yield open_it
    for directory in opened:
        await directory.close()


@pytest.fixture
async def directory(open_directory) -> Directory:
    return open_directory()


async def test_the_number_goes_encoded_and_the_customers_come_back(directory, crm):
    assert await directory.find("030 123456") == (ANN,)
    assert crm.asked[0].raw_path == "/find?number=%2B4930123456"
    assert crm.asked[0].method == "GET"
    assert await directory.find(NUMBER) == (ANN,)
    assert len(crm.asked) == 1


async def test_the_number_may_stand_in_the_path_and_headers_go_along(open_directory, crm):
    directory = open_directory("/by-number/{number}/", headers={"Authorization": "Bearer secret"})
    await directory.find(NUMBER)
    assert crm.asked[0].raw_path == "/by-number/%2B4930123456/"
    assert crm.asked[0].headers["Authorization"] == "Bearer secret"
    assert "Cookie" not in crm.asked[0].headers


async def test_fields_are_found_by_their_names(open_directory, crm):
    crm.answer = said(
        {"data": {"hits": [{"key": 17, "props": {"tier": "gold", "full": "  Ann\n\tB\u202eöll "}, "accounts": ["A1"]}]}}
    )
    fields = {"customer_id": "key", "segment": "props.tier", "name": "props.full", "account": "accounts"}
    directory = open_directory(customers="data.hits", fields=fields)
    assert await directory.find(NUMBER) == (Customer(customer_id="17", segment="gold", name="Ann Böll", account=""),)


@pytest.mark.parametrize(
    "answer",
    [
        said([]),
        said({}),
        said(None),
        raw(status=204),
        raw(b"no such customer", status=404),
    ],
    ids=["list", "object", "null", "no_content", "not_found"],
)
async def test_nobody_is_an_answer_and_is_remembered(directory, crm, answer):
    crm.answer = answer
    assert await directory.find(NUMBER) == ()
    assert await directory.find(NUMBER) == ()
    assert len(crm.asked) == 1


async def test_one_customer_may_come_without_a_list(directory, crm):
    crm.answer = said(FOUND[0])
    assert await directory.find(NUMBER) == (ANN,)


async def test_of_many_customers_ten_are_taken_and_long_texts_are_cut(directory, crm):
    crm.answer = said([{"customer_id": str(place), "name": "x" * 10_000} for place in range(100)])
    found = await directory.find(NUMBER)
    assert [customer.customer_id for customer in found] == [str(place) for place in range(10)]
    assert {len(customer.name) for customer in found} == {200}


@pytest.mark.parametrize(
    ("answer", "what"),
    [
        (raw(b""), "not JSON"),
        (raw(b"<html>Please log in</html>"), "not JSON"),
        (raw(b'[{"customer_id": "1"'), "not JSON"),
        (raw(b"\xff\xfe\x00"), "not JSON"),
        (raw(b"[" * 100_000), "not JSON"),
        (raw(b"1" * 5_000), "not JSON"),
        (raw(b"17"), "no customers at"),
        (raw(b'"text"'), "no customers at"),
        (raw(b"true"), "no customers at"),
        (raw(b"[1, 2]"), "without 'customer_id'"),
        (raw(b'[{"name": "Ann"}]'), "without 'customer_id'"),
        (raw(b'[{"customer_id": {}}]'), "without 'customer_id'"),
        (raw(b'{"error": "no licence"}'), "without 'customer_id'"),
        (raw(b"[]" + b" " * 1_048_576), "more than 1048576 bytes"),
        (raw(gzip.compress(json.dumps(FOUND).encode()), Content_Encoding="gzip"), "packed its answer"),
        (raw(json.dumps(FOUND).encode(), status=500), "status 500"),
        (raw(status=503), "status 503"),
        (raw(status=401), "status 401"),
        (raw(status=429), "status 429"),
        (raw(json.dumps(FOUND).encode(), status=206), "status 206"),
    ],
)
async def test_a_wrong_answer_makes_the_directory_unavailable(directory, crm, answer, what):
    crm.answer = answer
    with pytest.raises(DirectoryUnavailable, match=what):
        await directory.find(NUMBER)
    crm.answer = said(FOUND)
    assert await directory.find(NUMBER) == (ANN,)  # what went wrong is not remembered


@pytest.mark.parametrize("behaviour", ["never", "endless", "dripping", "cut"])
async def test_a_service_that_does_not_finish_is_left_soon(directory, crm, behaviour):
    crm.answer = getattr(crm, behaviour)
    async with asyncio.timeout(PATIENCE_S):
        with pytest.raises(DirectoryUnavailable) as caught:
            await directory.find(NUMBER)
    assert "30123456" not in str(caught.value)
    crm.answer = said(FOUND)
    assert await directory.find(NUMBER) == (ANN,)


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
@pytest.mark.parametrize(
    "location",
    [
        "/elsewhere",
        "http://127.0.0.1:{port}/elsewhere",
        "http://169.254.169.254/latest/meta-data/",
        "file:///etc/passwd",
    ],
)
async def test_a_redirect_is_not_followed(directory, crm, status, location):
    crm.answer = raw(status=status, Location=location.format(port=crm.port))
    with pytest.raises(DirectoryUnavailable, match=f"status {status}"):
        await directory.find(NUMBER)
    assert [request.path for request in crm.asked] == ["/find"]


async def test_cookies_are_not_kept(directory, crm):
    crm.answer = raw(b"[]", Set_Cookie="session=1")
    for place in range(2):
        await directory.find(number(place))
    assert ["Cookie" in request.headers for request in crm.asked] == [False, False]


async def test_after_five_failures_the_service_is_left_alone_then_tried_once(directory, crm, clock):
    crm.answer = raw(status=500)
    for place in range(5):
        with pytest.raises(DirectoryUnavailable, match="status 500"):
            await directory.find(number(place))
    clock.now += 9.9
    for place in range(5, 10):
        with pytest.raises(DirectoryUnavailable, match="left alone"):
            await directory.find(number(place))
    assert len(crm.asked) == 5
    clock.now += 0.1
    asked = await asyncio.gather(*(directory.find(number(place)) for place in range(10, 20)), return_exceptions=True)
    assert sorted(str(error)[:33] for error in asked) == sorted(
        ["the service answered with status ", *["the service failed 5 times in a r"] * 9]
    )
    assert len(crm.asked) == 6
    clock.now += 10
    crm.answer = said(FOUND)
    assert await directory.find(number(20)) == (ANN,)
    assert await asyncio.gather(*(directory.find(number(place)) for place in range(21, 41))) == [(ANN,)] * 20


async def test_a_success_between_failures_keeps_the_service_in_use(directory, crm):
    for place in range(20):
        crm.answer = said(FOUND) if place % 5 == 4 else raw(status=500)
        await asyncio.gather(directory.find(number(place)), return_exceptions=True)
    assert len(crm.asked) == 20


async def test_numbers_that_are_remembered_are_answered_while_the_service_is_left_alone(directory, crm):
    await directory.find(NUMBER)
    crm.answer = raw(status=500)
    await asyncio.gather(*(directory.find(number(place)) for place in range(5)), return_exceptions=True)
    assert await directory.find(NUMBER) == (ANN,)


async def test_no_more_than_twenty_questions_are_open_at_once(directory, crm):
    release = asyncio.Event()

    async def wait(request):
        if len(crm.asked) == 20:
            release.set()
        await release.wait()
        return web.json_response(FOUND)

    crm.answer = wait
    assert await asyncio.gather(*(directory.find(number(place)) for place in range(50))) == [(ANN,)] * 50


class Names(AbstractResolver):
    """Every name is at these addresses, or unknown when there are none."""

    def __init__(self, *addresses):
        self.addresses = addresses

    async def resolve(self, host, port=0, family=socket.AF_INET):
        if not self.addresses:
            raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")
        return [
            {
                "hostname": host,
                "host": address,
                "port": port,
                "family": socket.AF_INET6 if ":" in address else socket.AF_INET,
                "proto": 0,
                "flags": 0,
            }
            for address in self.addresses
        ]

    async def close(self):
        pass


@pytest.mark.parametrize(
    ("address", "allow_private"),
    [
        *product(
            ["127.0.0.1", "::1", "::ffff:127.0.0.1", "0.0.0.0", "169.254.169.254", "fd00:ec2::254"], [False, True]
        ),
        ("10.0.0.1", False),
        ("192.168.1.1", False),
    ],
)
async def test_a_name_that_resolves_to_an_inner_address_is_not_connected_to(
    open_directory, crm, address, allow_private
):
    directory = open_directory(
        url=f"https://crm.example.com:{crm.port}/{{number}}",
        allowed_hosts=(f"crm.example.com:{crm.port}",),
        allow_private=allow_private,
        resolver=Names(address),
    )
    with pytest.raises(DirectoryUnavailable, match=f"its address {address} is not one where it may be"):
        await directory.find(NUMBER)
    assert crm.asked == []


async def test_localhost_must_be_this_machine(open_directory, crm):
    host = f"localhost:{crm.port}"
    told = {"url": f"http://{host}/{{number}}", "allowed_hosts": (host,)}
    with pytest.raises(DirectoryUnavailable, match=r"its address 93\.184\.215\.14 is not one"):
        await open_directory(**told, resolver=Names("93.184.215.14")).find(NUMBER)
    assert await open_directory(**told, resolver=Names("93.184.215.14", "127.0.0.1")).find(NUMBER) == (ANN,)


async def test_a_service_whose_certificate_nobody_vouches_for_is_not_asked(open_directory, tmp_path):
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(self_signed_certificate(tmp_path / "certificate.pem"))
    stranger = Crm()
    server = TestServer(stranger.app, scheme="https")
    await server.start_server(ssl=context)
    host = f"127.0.0.1:{server.port}"
    directory = open_directory(url=f"https://{host}/{{number}}", allowed_hosts=(host,))
    with pytest.raises(DirectoryUnavailable, match="certificate"):
        await directory.find(NUMBER)
    assert stranger.asked == []
    await server.close()


def self_signed_certificate(path):
    """A file with a certificate for 127.0.0.1 and its key."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "127.0.0.1")])
    now = datetime.now(UTC)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ip_address("127.0.0.1"))]), critical=False)
        .sign(key, hashes.SHA256())
    )
    pem = serialization.Encoding.PEM
    plain = serialization.NoEncryption()
    path.write_bytes(key.private_bytes(pem, serialization.PrivateFormat.PKCS8, plain) + certificate.public_bytes(pem))
    return path


async def test_a_service_that_is_not_there_makes_the_directory_unavailable(open_directory):
    host = f"127.0.0.1:{free_port()}"
    with pytest.raises(DirectoryUnavailable, match="cannot be reached"):
        await open_directory(url=f"http://{host}/{{number}}", allowed_hosts=(host,)).find(NUMBER)


async def test_a_name_that_nobody_knows_makes_the_directory_unavailable(open_directory):
    with pytest.raises(DirectoryUnavailable):
        await open_directory(url="https://crm.invalid/{number}", allowed_hosts=("crm.invalid",), resolver=Names()).find(
            NUMBER
        )


@pytest.mark.parametrize(
    ("told", "what"),
    [
        ({"url": "http://crm.example.com/{number}"}, "only https is safe"),
        ({"url": "ftp://crm.example.com/{number}"}, "only https is safe"),
        ({"url": "/find/{number}"}, "only https is safe"),
        ({"url": "https://other.example.com/{number}"}, "'other.example.com' is not among the allowed hosts"),
        ({"url": "https://crm.example.com:8443/{number}"}, "'crm.example.com:8443' is not among the allowed hosts"),
        ({"url": "https://crm.example.com@evil.example/{number}"}, "'evil.example' is not among the allowed hosts"),
        ({"url": "https://user:password@crm.example.com/{number}"}, "put them into a header"),
        ({"url": "https://crm.example.com/{number}#fragment"}, "no address has"),
        ({"url": "https://crm.example.com/ {number}"}, "no address has"),
        ({"url": "https://crm.example.com\\@evil.example/{number}"}, "is no address"),
        ({"url": "https://crm.example.com/\\{number}"}, "no address has"),
        ({"url": "https://crm.example.com/"}, "once"),
        ({"url": "https://crm.example.com/{number}/{number}"}, "once"),
        ({"url": "https://{number}.example.com/"}, "once"),
        ({"url": "https://crm.example.com:port/{number}"}, "no address"),
        ({"headers": {"Authorization": "Bearer secret\r\nHost: evil.example"}}, "line breaks"),
        ({"fields": {"name": "name"}}, "customer_id is missing"),
        ({"fields": {"customer_id": "id", "shoe_size": "size"}}, "shoe_size are not known"),
    ],
)
def test_a_service_that_cannot_be_right_is_refused_at_start(told, what):
    service = Service(**{"url": "https://crm.example.com/{number}", "allowed_hosts": ("crm.example.com",)} | told)
    assert any(what in mistake for mistake in service.mistakes()), service.mistakes()
    with pytest.raises(SettingsError):
        HttpDirectory(service)


def test_all_mistakes_are_told_at_once():
    service = Service(url="http://a.example/", allowed_hosts=(), fields={})
    assert len(service.mistakes()) == 4


@pytest.mark.parametrize(
    "url",
    [
        "https://crm.example.com/{number}",
        "https://CRM.example.com:443/find?q={number}&exact=1",
        "http://127.0.0.1/{number}",
        "http://[::1]/{number}",
        "http://localhost/%7Bfind%7D?n={number}",
    ],
)
def test_a_service_that_can_be_right_is_taken(url):
    allowed = ("crm.example.com", "127.0.0.1", "[::1]", "localhost")
    assert Service(url=url, allowed_hosts=allowed).mistakes() == []

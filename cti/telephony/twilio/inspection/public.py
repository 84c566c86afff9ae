"""Our own address, as the carrier calls it: can it be reached, and is it us who answer there?"""

import asyncio
import socket
from collections.abc import Iterator, Sequence
from ipaddress import ip_address
from urllib.parse import urlsplit

import aiohttp
import msgspec

from cti.telephony.twilio.inspection.finding import Finding, mistake, shown, warning

WHERE = "CTI_PUBLIC_URL"
HEALTH = "/api/v1/health"
RESOLVE_S = 5.0
ANSWER_S = 8.0
ANSWER_BYTES_MAX = 65_536
START = (
    "start the server, and see that its proxy passes every path on (where a network does not let its own machines in "
    "by their public address, this cannot be seen from here)"
)
CERTIFICATE = "give the proxy a certificate for this name from a known authority"
FOR_EXAMPLE = "give the address that the world reaches, such as https://calls.example.com"


class Health(msgspec.Struct, frozen=True):
    """What our server says of itself."""

    status: str
    seq: int
    version: str
    why: str = ""


async def public_findings(public_url: str, api_url: str) -> list[Finding]:
    """What is wrong with our address, when the carrier is at `api_url`. On this machine they may meet by loopback."""
    is_here = _is_loopback(urlsplit(api_url).hostname or "")
    found = list(_written(public_url, is_here=is_here))
    if found:
        return found
    host = urlsplit(public_url).hostname or ""
    try:
        addresses = await asyncio.wait_for(_resolve(host), RESOLVE_S)
    except TimeoutError:
        return [mistake("public_unresolved", WHERE, f"{host} was not resolved within {RESOLVE_S:g} s", "check its DNS")]
    except OSError as error:
        return [mistake("public_unresolved", WHERE, f"{host} does not resolve ({error.strerror})", "check its DNS")]
    return [*resolved_findings(host, addresses, is_here=is_here), *await _answer_findings(public_url)]


def _written(public_url: str, *, is_here: bool) -> Iterator[Finding]:
    """What can be said without asking anybody."""
    parts = urlsplit(public_url)
    host = parts.hostname or ""
    if is_here and _is_loopback(host):
        return
    if parts.scheme != "https":
        what = f"{public_url} is not https, so that everybody on the way hears and can change what we say"
        yield mistake("public_http", WHERE, what, FOR_EXAMPLE)
    if _is_loopback(host):
        yield mistake(
            "public_private", WHERE, f"{public_url} is this machine itself, where no carrier comes", FOR_EXAMPLE
        )
    elif _is_private(host):
        yield mistake("public_private", WHERE, f"{host} is an address of a private network", FOR_EXAMPLE)
    if "_" in host:
        what = f"the carrier takes no host name with an underscore, such as {host}"
        yield mistake("public_name", WHERE, what, "give the server a name without one")


def resolved_findings(host: str, addresses: Sequence[str], *, is_here: bool = False) -> Iterator[Finding]:
    """What is wrong with the addresses of a name. Inside a network they may well be others than outside."""
    private = sorted({address for address in addresses if _is_private(address)})
    if private and host not in addresses and not is_here:
        what = f"{host} is {', '.join(private)} from here, in a private network"
        yield warning("public_private", WHERE, what, "see that the world's DNS has its public address")


async def _resolve(host: str) -> list[str]:
    found = await asyncio.get_running_loop().getaddrinfo(host, None, type=socket.SOCK_STREAM)
    return [str(address[0]) for *_, address in found]


async def _answer_findings(public_url: str) -> list[Finding]:
    url = f"{public_url}{HEALTH}"
    timeout = aiohttp.ClientTimeout(total=ANSWER_S)
    try:
        async with (
            aiohttp.ClientSession(timeout=timeout, cookie_jar=aiohttp.DummyCookieJar()) as session,
            session.get(url, allow_redirects=False) as response,
        ):
            body = await response.content.read(ANSWER_BYTES_MAX)
            return list(_judged(url, response.status, response.headers.get("Location", ""), body))
    except aiohttp.ClientConnectorCertificateError as error:
        why = getattr(error.certificate_error, "verify_message", "") or str(error.certificate_error)
        what = f"its certificate does not hold ({shown(why)}), so that the carrier does not ask there"
        return [mistake("public_tls", WHERE, what, CERTIFICATE)]
    except aiohttp.ClientSSLError as error:
        what = f"no https is spoken there ({shown(str(error.os_error))})"
        return [mistake("public_tls", WHERE, what, CERTIFICATE)]
    except TimeoutError:
        return [warning("public_silent", WHERE, f"nobody answered at {url} within {ANSWER_S:g} s", START)]
    except aiohttp.ClientConnectorError as error:
        return [warning("public_silent", WHERE, f"nobody answers at {url} ({shown(str(error.strerror))})", START)]
    except aiohttp.ClientError as error:
        return [warning("public_silent", WHERE, f"nobody answers at {url} ({shown(str(error))})", START)]


def _judged(url: str, status: int, location: str, body: bytes) -> Iterator[Finding]:
    try:
        health = msgspec.json.decode(body, type=Health)
    except msgspec.DecodeError:
        health = None
    if health is not None:
        if health.status != "ready":
            what = f"the server there is {shown(health.status)} ({shown(health.why) or 'no reason given'})"
            yield warning("public_holding", WHERE, what, "see its log")
    elif 300 <= status < 400:
        what = (
            f"{url} redirects to {shown(location) or 'nowhere'}, where a call comes without what the carrier says of it"
        )
        yield mistake("public_redirect", WHERE, what, "give the address that answers itself")
    elif status in (502, 503, 504):
        yield warning("public_silent", WHERE, f"what answers at {url} does not reach a server (HTTP {status})", START)
    else:
        what = f"something else than this server answers at {url} (HTTP {status})"
        yield mistake("public_other", WHERE, what, "see that the proxy passes every path on, unchanged")


def _is_loopback(host: str) -> bool:
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost" or host.endswith(".localhost")


def _is_private(host: str) -> bool:
    """An address that is not one of the world's; False for names."""
    try:
        return not ip_address(host.partition("%")[0]).is_global
    except ValueError:
        return False

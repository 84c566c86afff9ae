"""Where results may go: whoever runs the server says which hosts, whatever the configuration names."""

from urllib.parse import urlsplit

from cti.core.addresses import is_loopback

USUAL_PORTS = {"http": 80, "https": 443}


def written_host(url: str) -> str:
    """As the list of allowed hosts has it: `host`, or `host:port` where the port is not the usual one."""
    parts = urlsplit(url)
    host = parts.hostname or ""
    written = f"[{host}]" if ":" in host else host
    return written if parts.port in (None, USUAL_PORTS.get(parts.scheme)) else f"{written}:{parts.port}"


def why_not(url: str, allowed: tuple[str, ...]) -> str:
    """Why nothing may be sent there, and what to do; empty where it may."""
    host = written_host(url)
    if host in allowed:
        return ""
    return f"{host} is not among the hosts that results may be sent to: add it to CTI_RESULTS_HOSTS if it is meant"


def is_here(url: str) -> bool:
    """Whether it is this machine, by how it is written."""
    return is_loopback(urlsplit(url).hostname or "")

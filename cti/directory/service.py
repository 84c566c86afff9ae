"""A customer system that answers over HTTP: where it is, and what its answers look like."""

import re
from typing import Self
from urllib.parse import quote

import msgspec
from yarl import URL

from cti.core.addresses import is_loopback
from cti.core.events import Customer

PLACE = "{number}"
# Printable, and no backslash: some programs take it for a slash.
ADDRESS = re.compile(r"[!-\[\]-~]+")


class Service(msgspec.Struct, frozen=True, kw_only=True):
    """`url` has `{number}` where the number goes, in its path or query. `allowed_hosts` are written `host` or, where
    the port is not the usual one, `host:port`. `headers` go with each question, such as `Authorization`. `customers`
    and `fields` say where in the answer the customers are and what is what: see `customers_in`. `allow_private` lets
    the service be in a private network."""

    url: str
    allowed_hosts: tuple[str, ...]
    headers: dict[str, str] = {}
    customers: str = ""
    fields: dict[str, str] = msgspec.field(default_factory=lambda: {name: name for name in Customer.__struct_fields__})
    allow_private: bool = False

    @classmethod
    def at(cls, url: str, *, token: str = "", allow_private: bool = False) -> Self:
        """The service at an address that whoever runs the server chose, so its host is allowed. A token goes with each
        question as `Authorization: Bearer`."""
        headers = {"Authorization": f"Bearer {token}"} if token else {}
        service = cls(url=url, allowed_hosts=(), headers=headers, allow_private=allow_private)
        return msgspec.structs.replace(service, allowed_hosts=(written_host(service.address("+1")),))

    def address(self, number: str) -> URL:
        """Where to ask for a number."""
        return URL(self.url.replace(PLACE, quote(number, safe="")), encoded=True)

    def mistakes(self) -> list[str]:
        """What is wrong with this, and what would be right."""
        try:
            url = self.address("+1")
            host = url.host or ""
            written = written_host(url)
        except ValueError:
            return [f"directory url: {self.url!r} is no address; write it like https://crm.example.com/find?n={PLACE}"]
        found = []
        if url.scheme != "https" and not (url.scheme == "http" and is_loopback(host)):
            found.append("directory url: only https is safe, except on this machine; begin it with https://")
        if written not in self.allowed_hosts:
            found.append(f"directory url: {written!r} is not among the allowed hosts; add it there if it is meant")
        if url.raw_user is not None or url.raw_password is not None:
            found.append("directory url: it holds a user or password; put them into a header")
        if url.raw_fragment or not ADDRESS.fullmatch(self.url):
            found.append("directory url: it holds characters that no address has; percent-encode them")
        if self.url.count(PLACE) != 1 or url.raw_path_qs.count(quote("+1")) != 1:
            found.append(f"directory url: write {PLACE} once, in its path or query, where the number goes")
        if any(not (text.isascii() and text.isprintable()) for pair in self.headers.items() for text in pair):
            found.append("directory headers: they hold line breaks or letters that no header has; remove them")
        if unknown := sorted(set(self.fields) - set(Customer.__struct_fields__)):
            known = ", ".join(Customer.__struct_fields__)
            found.append(f"directory fields: {', '.join(unknown)} are not known; use {known}")
        if not self.fields.get("customer_id"):
            found.append("directory fields: customer_id is missing; say which field of the answer is the customer's id")
        return found


def written_host(url: URL) -> str:
    """As `allowed_hosts` has it. Raises `ValueError` for a port that is none."""
    host = url.host or ""
    written = f"[{host}]" if ":" in host else host
    return written if url.is_default_port() else f"{written}:{url.port}"

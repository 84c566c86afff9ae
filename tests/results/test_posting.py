"""Where results are sent, and where never: by the address that is connected to, whatever a name said before."""

import socket

import pytest
from aiohttp.abc import AbstractResolver

from cti.results.destination import why_not
from cti.results.posting import Poster, Unreachable


class Says(AbstractResolver):
    """Every host is at this address."""

    def __init__(self, address):
        self._address = address

    async def resolve(self, host, port=0, family=socket.AF_INET):
        family = socket.AF_INET6 if ":" in self._address else socket.AF_INET
        found = {"hostname": host, "host": self._address, "port": port, "family": family, "proto": 0, "flags": 0}
        return [found]

    async def close(self):
        pass


@pytest.mark.parametrize(
    ("address", "private"),
    [
        ("127.0.0.1", False),
        ("127.0.0.1", True),
        ("10.0.0.7", False),
        ("192.168.1.7", False),
        ("169.254.169.254", True),
        ("fd00:ec2::254", True),
        ("::ffff:127.0.0.1", True),
    ],
)
async def test_a_name_that_leads_where_nothing_may_go_is_not_connected_to(address, private, receiver):
    poster = Poster(private=private, resolver=Says(address))
    with pytest.raises(Unreachable, match="is not one where it may be"):
        await poster.post(f"http://crm.example.com:{receiver.port}/hooks/calls", b"{}", {})
    await poster.close()
    assert receiver.taken == []


async def test_an_endless_answer_is_read_no_further_than_its_first_words(receiver):
    """And control characters in it are none of a terminal's business."""
    receiver.answer = lambda said: (400, "\x1b[2J" + "x" * 1_000_000)
    receiver.checks = False
    poster = Poster(private=False)
    answer = await poster.post(receiver.url, b"{}", {})
    await poster.close()
    assert (answer.status, len(answer.words)) == (400, 199)
    assert answer.words.isprintable()


@pytest.mark.parametrize(
    ("url", "allowed"),
    [
        ("https://crm.example.com/a", True),
        ("https://CRM.example.com:443/a", True),
        ("https://hooks.example.com:8443/a", True),
        ("https://hooks.example.com/a", False),
        ("https://crm.example.com:8443/a", False),
        ("https://crm.example.com.evil.example/a", False),
    ],
)
def test_only_hosts_that_are_named_are_sent_to(url, allowed):
    assert (why_not(url, ("crm.example.com", "hooks.example.com:8443")) == "") is allowed

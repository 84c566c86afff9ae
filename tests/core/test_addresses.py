"""Which addresses a service may be at."""

import pytest

from cti.core.addresses import is_permitted

PUBLIC = ["93.184.215.14", "8.8.8.8", "2606:4700::1111", "64:ff9b::5db8:d70e"]
PRIVATE = [
    "10.1.2.3",
    "172.16.0.1",
    "172.31.255.255",
    "192.168.0.1",
    "fd12:3456::1",
    "::ffff:10.1.2.3",
    "64:ff9b::a01:203",
]
LOOPBACK = ["127.0.0.1", "127.9.9.9", "::1", "::ffff:127.0.0.1", "64:ff9b::7f00:1", "2002:7f00:1::"]
NEVER = [
    "0.0.0.0",
    "::",
    "169.254.169.254",
    "::ffff:169.254.169.254",
    "64:ff9b::a9fe:a9fe",
    "2002:a9fe:a9fe::",
    "fd00:ec2::254",
    "fe80::1",
    "fe80::1%eth0",
    "100.100.100.200",
    "192.0.2.1",
    "224.0.0.1",
    "ff02::1",
    "255.255.255.255",
    "240.0.0.1",
    "::127.0.0.1",
    "198.18.0.1",
]


def permitted(addresses, **rule):
    return [address for address in addresses if is_permitted(address, **{"loopback": False, "private": False} | rule)]


def test_by_default_only_public_addresses():
    assert permitted(PUBLIC + PRIVATE + LOOPBACK + NEVER) == PUBLIC


def test_private_networks_when_they_are_allowed():
    assert permitted(PUBLIC + PRIVATE + LOOPBACK + NEVER, private=True) == PUBLIC + PRIVATE


@pytest.mark.parametrize("private", [False, True])
def test_only_this_machine_for_a_service_on_it(private):
    assert permitted(PUBLIC + PRIVATE + LOOPBACK + NEVER, loopback=True, private=private) == LOOPBACK

"""Which addresses somebody else's service may be at. Asked for the very address that is connected to, so that a name
which resolves to something else the second time gains nothing."""

from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network

Address = IPv4Address | IPv6Address

PRIVATE = tuple(ip_network(text) for text in ("10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "fc00::/7"))
# Where a cloud tells its machines their credentials, within a range that is otherwise private.
METADATA = (ip_address("fd00:ec2::254"),)
# An IPv4 address inside an IPv6 one, where a network translates between them.
TRANSLATED = ip_network("64:ff9b::/96")


def is_loopback(host: str) -> bool:
    """Whether a host, as written, is this machine."""
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def is_permitted(text: str, *, loopback: bool, private: bool) -> bool:
    """Whether to connect to this address. With `loopback` only to this machine; else to public addresses and, with
    `private`, to those of private networks, but never to this machine or to a cloud's metadata service."""
    address = _inner(ip_address(text.partition("%")[0]))
    if loopback:
        return address.is_loopback
    if _is_public(address):
        return True
    return private and address not in METADATA and any(address in network for network in PRIVATE)


def _is_public(address: Address) -> bool:
    return address.is_global and not (address.is_multicast or address.is_reserved)


def _inner(address: Address) -> Address:
    """The IPv4 address at which packets to this address end up, if it hides one."""
    if isinstance(address, IPv4Address):
        return address
    if address in TRANSLATED:
        return IPv4Address(int(address) & 0xFFFFFFFF)
    return address.ipv4_mapped or address.sixtofour or (address.teredo[1] if address.teredo else address)

"""One name for a configuration: trees that mean the same have it, whatever their spelling and order."""

import hashlib

import msgspec

from cti.core.config import SiteConfig

_canonical = msgspec.json.Encoder(order="deterministic")


def digest(config: SiteConfig) -> str:
    """SHA-256 over the canonical JSON of the resolved configuration, as 64 hexadecimal digits."""
    return hashlib.sha256(_canonical.encode(config)).hexdigest()

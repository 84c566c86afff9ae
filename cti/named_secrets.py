"""Secrets that a configuration names, `secret:CRM`: from the environment or a file, never from the journal."""

import os
from base64 import b64decode
from binascii import Error
from collections.abc import Mapping
from pathlib import Path

from cti.core.errors import CtiError
from cti.settings import NAMED_SECRET

FOLDER = "CTI_SECRETS_DIR"
PREFIX = "whsec_"
KEY_BYTES = range(24, 65)
FILE_BYTES_MAX = 4_096


class NoSecret(CtiError):
    """There is none of this name, or it cannot be one. The text says what to do, and nothing of what was found."""


class NamedSecrets:
    """Looked up whenever they are needed, so that a file may be replaced while the server runs."""

    def __init__(self, environment: Mapping[str, str] = os.environ) -> None:
        self._environment = environment

    def signing_keys(self, name: str) -> tuple[bytes, ...]:
        """The keys of a webhook, as Standard Webhooks writes them: `whsec_` and base64; two, apart by a space, while
        one takes the other's place. Raises `NoSecret`."""
        return tuple(_key(name, written) for written in self._written(name).split())

    def _written(self, name: str) -> str:
        variable = f"{NAMED_SECRET}{name}"
        found = self._environment.get(variable, "").strip() or self._in_file(name)
        if not found:
            raise NoSecret(f"there is no secret {name}: set {variable}, or put it into the file {name} of {FOLDER}")
        return found

    def _in_file(self, name: str) -> str:
        folder = self._environment.get(FOLDER, "")
        if not folder:
            return ""
        try:
            with (Path(folder) / name).open("rb") as file:
                return file.read(FILE_BYTES_MAX).decode("ascii", "replace").strip()
        except FileNotFoundError:
            return ""
        except OSError as error:
            raise NoSecret(f"the secret {name} cannot be read in {FOLDER}: {error.strerror}") from None


def _key(name: str, written: str) -> bytes:
    try:
        key = b64decode(written.removeprefix(PREFIX), validate=True) if written.startswith(PREFIX) else b""
    except (Error, ValueError):
        key = b""
    if len(key) not in KEY_BYTES:
        raise NoSecret(
            f"the secret {name} is none that signs: it is {PREFIX} and the base64 of 24 to 64 random bytes, such as "
            f'"{PREFIX}$(openssl rand -base64 32)"'
        )
    return key

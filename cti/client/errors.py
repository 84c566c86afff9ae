"""What can go wrong for a program that talks to the server.

ClientError
 +-- Refused        the server did not do what was asked; `code` is stable
 +-- TokenRefused   the token is not, or no longer, in force: connecting again would not help
 +-- Closed         the client was closed while something waited
"""


class ClientError(Exception):
    """Root of the client's errors."""


class Refused(ClientError):
    """The server did not do what was asked. `code` is for programs, `detail` tells people what to do instead. Where a
    rule says no, `next_allowed_at` (ms) is when it would not; -1: never."""

    def __init__(self, code: str, detail: str, next_allowed_at: int = 0) -> None:
        super().__init__(f"{code}: {detail}")
        self.code = code
        self.detail = detail
        self.next_allowed_at = next_allowed_at


class TokenRefused(ClientError):
    """The server does not accept the token, for the reason that it gives."""


class Closed(ClientError):
    """The client was closed."""

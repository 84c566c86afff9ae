"""Refusals of the REST interface, in the carrier's words and form."""

import msgspec

MESSAGES = {
    20001: "Unknown parameters",
    20003: "Authenticate",
    20004: "Method not allowed",
    20009: "Cannot delete this resource before it is complete",
    20404: "The requested resource was not found",
    20429: "Too Many Requests",
    20500: "An internal server error has occurred",
}


class Refusal(Exception):
    """The request is not carried out: an HTTP status, the carrier's code and a message."""

    def __init__(self, status: int, code: int, message: str | None = None) -> None:
        self.status = status
        self.code = code
        self.message = message if message is not None else MESSAGES[code]
        super().__init__(f"{status}/{code}: {self.message}")

    def body(self) -> bytes:
        """The JSON that says so."""
        return msgspec.json.encode(
            {
                "code": self.code,
                "message": self.message,
                "more_info": f"https://www.twilio.com/docs/errors/{self.code}",
                "status": self.status,
            }
        )


def not_found(path: str) -> Refusal:
    """404: nothing is there."""
    return Refusal(404, 20404, f"The requested resource {path} was not found")

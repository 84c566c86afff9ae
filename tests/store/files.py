"""Files of customers, and what can be done to them."""

import io


def csv(text: str, encoding: str = "utf-8") -> io.BytesIO:
    """A file that holds this text."""
    return io.BytesIO(text.encode(encoding))


class Dribble:
    """A file that gives a byte at a time, whatever it is asked for."""

    def __init__(self, content: bytes) -> None:
        self._file = io.BytesIO(content)

    def read(self, size: int, /) -> bytes:
        return self._file.read(min(size, 1))

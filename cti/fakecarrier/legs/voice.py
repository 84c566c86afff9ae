"""What a party says: whoever listens is told when it begins to speak and when it has spoken."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Protocol

from cti.fakecarrier.clock import Clock

CHARACTER_S = 0.06
"""A person and a machine speak equally fast."""


class Hearer(Protocol):
    """Whatever listens to a party's voice while it is attached."""

    def speech_began(self) -> None:
        """The party opens its mouth."""
        ...

    def speech_ended(self, words: str) -> None:
        """These were the words."""
        ...


class Voice:
    """A leg's voice. Words spoken while nothing listens are lost."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._hearers: list[Hearer] = []
        self._speaking = False

    @contextmanager
    def heard_by(self, hearer: Hearer) -> Iterator[None]:
        """Let it listen for as long as the block runs; speech that is under way counts from its first moment."""
        self.attach(hearer)
        try:
            yield
        finally:
            self.detach(hearer)

    def attach(self, hearer: Hearer) -> None:
        """Let it listen from now on."""
        self._hearers.append(hearer)
        if self._speaking:
            hearer.speech_began()

    def detach(self, hearer: Hearer) -> None:
        """Let it listen no more."""
        if hearer in self._hearers:
            self._hearers.remove(hearer)

    async def say(self, words: str, seconds: float) -> None:
        """Speak; returns when it is said."""
        self._speaking = True
        for hearer in list(self._hearers):
            hearer.speech_began()
        try:
            await self._clock.sleep(seconds)
        finally:
            self._speaking = False
            for hearer in list(self._hearers):
                hearer.speech_ended(words)

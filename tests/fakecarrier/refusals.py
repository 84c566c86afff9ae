"""Refusals by the REST interface, as the official client raises them."""

from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from twilio.base.exceptions import TwilioRestException


@contextmanager
def refused(status: int, code: int) -> Iterator[None]:
    """Expect exactly this status and code."""
    with pytest.raises(TwilioRestException) as caught:
        yield
    assert (caught.value.status, caught.value.code) == (status, code), caught.value

"""A store with a desk to work at."""

import pytest

from tests.store.conftest import KINDS, reader, store, store_url  # noqa: F401 - fixtures
from tests.store.leads.leads_made import Desk


@pytest.fixture
async def desk(store):  # noqa: F811
    return Desk(store)

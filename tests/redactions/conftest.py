"""Who takes words out in these tests."""

import pytest

from innovation.core.permissions import Person
from tests.conftest import Unit
from tests.real.people import person


@pytest.fixture
def moderator(writing: Unit) -> Person:
    """Somebody who may take words out."""
    with writing():
        return person("moderator")

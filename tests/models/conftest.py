"""The model that these tests ask, where they do not have one of their own."""

from collections.abc import Iterator

import pytest

from .scripted import ScriptedModel, scripted_model


@pytest.fixture
def model() -> Iterator[ScriptedModel]:
    """One whose answers the test scripts."""
    with scripted_model() as served:
        yield served

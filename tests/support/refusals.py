"""What a contract has to say no with."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from tests.support.anvil_chain import Refused


@contextmanager
def refuses(error: str, **values: object) -> Iterator[None]:
    """The custom error with all of its arguments."""
    with pytest.raises(Refused) as caught:
        yield
    assert (caught.value.name, dict(caught.value.values)) == (error, values)

"""Storage whose answers are lost."""

import errno
from collections.abc import Callable
from typing import Any

import pytest

from meterlake.storage import Warehouse
from meterlake.tables import Table


@pytest.fixture
def answers_lost(monkeypatch: pytest.MonkeyPatch) -> set[str]:
    """The first commit to each of these tables lands, and then the connection breaks before anybody hears of it."""
    names: set[str] = set()

    def losing(verb: Callable[..., Any]) -> Callable[..., Any]:
        def write(self: Warehouse, what: object, table: Table, tag: str) -> Any:
            answer = verb(self, what, table, tag)
            if table.full_name in names:
                names.remove(table.full_name)
                raise ConnectionResetError(errno.ECONNRESET, f"{table.full_name}: Connection reset by peer")
            return answer

        return write

    for verb in ("append", "replace", "apply"):
        monkeypatch.setattr(Warehouse, verb, losing(getattr(Warehouse, verb)))
    return names

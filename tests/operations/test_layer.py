"""What is around a layer's run, without Spark."""

import errno
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from meterlake import lock
from meterlake.config import Config
from meterlake.operations import retry
from meterlake.operations.layer import layer

NO_SPARK: Any = None
FULL = OSError(errno.ENOSPC, "No space left on device")


def test_a_layer_holds_the_lock_and_is_tried_again(make_config: Callable[..., Config]) -> None:
    config = make_config("retry.wait_seconds=[0]")
    holders: list[str] = []

    @layer("build_silver")
    def run(spark: Any, config: Config, days: int = 0) -> int:
        """Silver."""
        holders.append(json.loads((Path(config.storage.warehouse) / lock.NAME).read_text())["job"])
        if len(holders) == 1:
            raise FULL
        return days

    assert run(NO_SPARK, config, days=3) == 3
    assert holders == ["build_silver"] * 2
    assert (run.__name__, run.__doc__) == ("run", "Silver.")
    assert not Path(config.storage.warehouse).exists()


def test_a_layer_within_a_step_is_not_tried_twice_as_often(make_config: Callable[..., Config]) -> None:
    config = make_config("retry.wait_seconds=[0,0,0]")
    tried: list[int] = []

    @layer("build_silver")
    def run(spark: Any, config: Config) -> None:
        tried.append(1)
        raise OSError(errno.ENOSPC, "No space left on device")

    with pytest.raises(OSError, match="No space left") as raised:
        retry.passing("maintain", lambda: run(NO_SPARK, config), config)
    assert len(tried) == 4
    assert retry.attempts_of(raised.value) == ("build_silver", 4)

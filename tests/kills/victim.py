"""A run that kills itself and its JVM with SIGKILL: `python -m tests.kills.victim PAGE POINT DELAY_MS [rebuild]`.

POINT counts the commits of a run: 1.0 is just before the first, 1.5 just after it; with a DELAY_MS above 0 the blow
falls that long after the point, in the middle of whatever is under way then. PAGE is a YAML page of settings.
"""

import os
import signal
import sys
import threading
import time

from meterlake.bronze import pipeline as bronze
from meterlake.config import load
from meterlake.gold import pipeline as gold
from meterlake.session import start
from meterlake.silver import pipeline as silver
from meterlake.silver.request import Request
from meterlake.storage import Warehouse

ENDED = "ended after"


class Blow:
    """Counts commits and strikes at the point."""

    def __init__(self, point: float, delay_ms: int) -> None:
        self.point, self.delay_ms, self.passed = point, delay_ms, 0.0

    def at(self, point: float) -> None:
        if point != self.point:
            return
        if self.delay_ms:
            threading.Thread(target=self._later, daemon=True).start()
        else:
            _kill()

    def _later(self) -> None:
        time.sleep(self.delay_ms / 1000)
        _kill()


def watched(blow: Blow, verb: str) -> None:
    """Tells the blow before and after each call of a verb of the warehouse."""
    work = getattr(Warehouse, verb)

    def counted(self, *args, **kwargs):
        blow.passed += 1
        number = blow.passed
        blow.at(number)
        result = work(self, *args, **kwargs)
        blow.at(number + 0.5)
        return result

    setattr(Warehouse, verb, counted)


def _kill() -> None:
    os.killpg(os.getpgid(0), signal.SIGKILL)  # the JVM is in the same group


def main(page: str, point: float, delay_ms: int, rebuild: bool) -> None:
    blow = Blow(point, delay_ms)
    for verb in ("_write", "_merge", "remove"):
        watched(blow, verb)
    config = load([page])
    spark = start(config, "a run to be killed")
    bronze.run(spark, config)
    silver.run(spark, config, Request(rebuild=rebuild))
    gold.run(spark, config, rebuild)
    print(f"{ENDED} {blow.passed:.0f} commits", flush=True)


if __name__ == "__main__":
    os.setpgid(0, 0)
    main(sys.argv[1], float(sys.argv[2]), int(sys.argv[3]), sys.argv[4:] == ["rebuild"])

"""F01, F02 and F03: runs of standing readings (section 5, fine print 17) of one meter."""

from collections.abc import Callable, Hashable, Iterable, Iterator
from dataclasses import dataclass

from .clock import HOUR, hours
from .exact import MILLION, round_ratio
from .reference import Meter, Period
from .rows import Row
from .settings import Settings

ACTIONS = {
    "F01": "maintenance",
    "F02": "field_service_ticket",
    "F03": "critical_alert",
    "F04": "schedule_calibration",
    "F05": "statistical_review",
}


@dataclass(frozen=True)
class Episode:
    """A fault with its start and end (of the last interval); evidence in millionths."""

    meter_id: str
    fault: str
    started_at: int
    ended_at: int
    evidence: int

    def holds(self, ns: int) -> bool:
        """Whether a row with that read_at carries the fault."""
        return self.started_at <= ns < self.ended_at


def runs(
    standing: Iterable[Row], interval: int, settings: Settings, same: Callable[[Row], Hashable | None]
) -> Iterator[list[Row]]:
    """Runs of standing readings for which `same` gives one answer (None: in no run), unbroken by a hole of 4 h."""
    bridge = hours(settings.bridge_below_hours)
    run: list[Row] = []
    for row in standing:
        is_unbroken = run and row.read_at - run[-1].read_at - interval < bridge
        if not (is_unbroken and same(row) == same(run[-1])):
            if run:
                yield run
            run = []
        if same(row) is not None:
            run.append(row)
    if run:
        yield run


def run_faults(meter: Meter, standing: list[Row], vacancies: list[Period], settings: Settings) -> list[Episode]:
    """All episodes of F01, F02 and F03 of one meter."""

    def zero(row: Row) -> int | None:
        is_vacant = any(vacancy.holds(row.read_at) for vacancy in vacancies)
        return 0 if row.kw == 0 and not is_vacant else None

    def stuck(row: Row) -> int | None:
        return row.kw or None

    def over(row: Row) -> bool | None:
        return True if row.kw > meter.limits[1] else None

    found: list[Episode] = []
    for fault, same, least in (("F01", zero, settings.zero_min_hours), ("F02", stuck, settings.stuck_min_hours)):
        for run in runs(standing, meter.interval, settings, same):
            duration = run[-1].read_at - run[0].read_at + meter.interval
            if duration >= hours(least):
                found.append(_episode(meter, fault, run, round_ratio(duration * MILLION, HOUR)))
    for run in runs(standing, meter.interval, settings, over):
        if len(run) >= settings.overload_min_readings:
            found.append(_episode(meter, "F03", run, len(run) * MILLION))
    return found


def _episode(meter: Meter, fault: str, run: list[Row], evidence: int) -> Episode:
    return Episode(meter.meter_id, fault, run[0].read_at, run[-1].read_at + meter.interval, evidence)


def flag(rows: Iterable[Row], episodes: list[Episode]) -> None:
    """The whole episode: every row of a registered meter with read_at inside it carries the fault."""
    for row in rows:
        if row.read_at is not None:
            row.faults |= {episode.fault for episode in episodes if episode.holds(row.read_at)}

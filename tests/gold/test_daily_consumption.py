"""gold.daily_consumption: energy, peak, shares of what was expected, scores."""

from pyspark.sql import SparkSession

from meterlake.gold.daily_consumption import daily_consumption
from tests.cases import Case, beside, frame, wrong


def usable(meter_id: str, read_date: str, *rows: tuple[str, str, str, int]) -> list[Case]:
    """Rows as kw, energy_kwh, origin, score."""
    names = ("kw", "energy_kwh", "origin", "quality_score")
    return [{"meter_id": meter_id, "read_date": read_date} | dict(zip(names, row, strict=True)) for row in rows]


def test_a_day_of_a_meter(spark: SparkSession) -> None:
    """In Berlin: 24 hours on March 10, 23 on March 29; B is active for its last twelve hours, C reports quarters."""
    rows = [
        *usable(
            "A",
            "2026-03-10",
            ("1", "1", "observed", 100),
            ("2.5", "2.5", "observed", 95),
            ("2", "2", "interpolated", 90),
        ),
        *usable("A", "2026-03-29", ("-1", "-1", "observed", 100)),
        *usable("B", "2026-03-10", *[("2", "2", "observed", 100)] * 2, ("1", "1", "observed", 95)),
        *usable("C", "2026-03-10", *[("4", "1", "observed", 70)] * 24),
    ]
    meters = [
        {"meter_id": "A"},
        {"meter_id": "B", "active_from_us": "2026-03-10T11:00"},
        {"meter_id": "C", "interval_minutes": 15},
        {"meter_id": "D"},
    ]

    def day(
        case: str, key: str, energy: str, peak: str, shares: tuple[float, float, float], mean: str, low: int
    ) -> Case:
        meter_id, local_date = key.split()
        names = (
            "energy_kwh",
            "peak_kw",
            "share_observed",
            "share_interpolated",
            "share_missing",
            "mean_score",
            "lowest_score",
        )
        values = dict(zip(names, (energy, peak, *shares, mean, low), strict=True))
        return {"case": case, "meter_id": meter_id, "local_date": local_date} | {
            f"expected_{n}": v for n, v in values.items()
        }

    cases = [
        day("observed and interpolated", "A 2026-03-10", "5.5", "2.5", (2 / 24, 1 / 24, 21 / 24), "95", 90),
        day("a short day", "A 2026-03-29", "-1", "-1", (1 / 23, 0.0, 22 / 23), "100", 100),
        day("half a day active", "B 2026-03-10", "5", "2", (3 / 12, 0.0, 9 / 12), "98.333333", 95),
        day("quarters", "C 2026-03-10", "24", "4", (24 / 96, 0.0, 72 / 96), "70", 70),
    ]
    registry = frame(spark, meters, interval_minutes=60, active_from_us=None, active_to_us=None)
    found = daily_consumption(frame(spark, rows), registry, "Europe/Berlin", 60)
    columns = [name.removeprefix("expected_") for name in cases[0] if name.startswith("expected_")]
    assert wrong(beside(frame(spark, cases), found, "local_date", "meter_id"), *columns) == []

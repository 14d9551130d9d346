"""The reference tables of the sample: meters.csv, vacancies.csv, weather.csv and grid_maintenance.csv."""

import csv
import io
from collections.abc import Iterable, Sequence
from datetime import timedelta

from meterlake.sample.feed import Feed
from meterlake.sample.period import FIRST_DAY, Period

REGION = "CA"
METERS_HEADER = (
    "meter_id",
    "meter_type",
    "interval_minutes",
    "neighbourhood_id",
    "max_kw",
    "min_kw",
    "active_from",
    "active_to",
)


def meters_csv(feeds: Iterable[Feed]) -> bytes:
    """The registry. A period that begins at a local midnight is written as a mere date, any other in UTC."""
    rows = []
    for feed in feeds:
        meter = feed.meter
        limits = ["" if limit is None else limit for limit in (meter.max_kw, meter.min_kw)]
        active = [_moment(feed.period, minute) for minute in (meter.active_from, meter.active_to)]
        rows.append(
            [meter.meter_id, meter.meter_type, meter.interval_minutes, meter.neighbourhood_id, *limits, *active]
        )
    return _csv(METERS_HEADER, rows)


def vacancies_csv(period: Period, vacancies: Iterable[tuple[str, int, int | None]]) -> bytes:
    """Who is away from when to when; the last one is open."""
    rows = [(meter_id, _moment(period, begin), _moment(period, end)) for meter_id, begin, end in vacancies]
    return _csv(("meter_id", "from", "to"), rows)


def weather_csv(hours: Iterable[tuple[str, str]]) -> bytes:
    """The outdoor temperature of the region by the hour."""
    return _csv(("region", "hour", "temperature_c"), [(REGION, hour, degrees) for hour, degrees in hours])


def grid_maintenance_csv(period: Period) -> bytes:
    """Work on the grid: in an evening here, everywhere in a night, and elsewhere, which leaves no hour out."""
    evening, night, elsewhere = (period.midnight(day) for day in (10, 15, 12))
    rows = [
        (period.text(evening + 17 * 60), period.text(evening + 19 * 60 + 30), REGION),
        (period.text(night + 60), period.text(night + 4 * 60), ""),
        (period.text(elsewhere + 18 * 60), period.text(elsewhere + 20 * 60), "NV"),
    ]
    return _csv(("from", "to", "region"), rows)


def _moment(period: Period, minute: int | None) -> str:
    if minute is None:
        return ""
    midnights = {period.midnight(day): day for day in range(period.days + 1)}
    return str(FIRST_DAY + timedelta(days=midnights[minute])) if minute in midnights else period.text(minute)


def _csv(header: Sequence[str], rows: Iterable[Sequence[object]]) -> bytes:
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(header)
    writer.writerows(rows)
    return text.getvalue().encode()

"""How old is too old: the instants and days before which data is moved, removed or deleted.

Ages are counted from the data: what was delivered until the newest landing hour, what ran until the newest run. So the
same data gives the same result whenever upkeep runs, and where nothing comes nothing ages. The machine's clock is only
a bound: a landing folder of the year 2999 must not make everything old.
"""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from meterlake.config import RetentionConfig


@dataclass(frozen=True)
class Before:
    """Whatever lies before these is too old. None: nothing is, since nothing has come."""

    raw: datetime | None
    archive: datetime | None
    silver: date | None
    errors: datetime | None
    audit: datetime | None

    @staticmethod
    def of(
        rule: RetentionConfig, newest_landing: datetime | None, newest_run: datetime | None, now: datetime, zone: str
    ) -> "Before":
        landing = None if newest_landing is None else min(newest_landing, now)
        run = None if newest_run is None else min(newest_run, now)
        day = None if landing is None else local_day(landing, zone)
        return Before(
            raw=landing and landing - timedelta(days=rule.raw_days),
            archive=landing and years_before(landing, rule.archive_years),
            silver=day and day - timedelta(days=rule.silver_days),
            errors=run and years_before(run, rule.errors_years),
            audit=run and years_before(run, rule.audit_years),
        )


def years_before(at: datetime, years: int) -> datetime:
    """The same moment of the year, or 28 February where that year has no 29th."""
    try:
        return at.replace(year=at.year - years)
    except ValueError:
        return at.replace(year=at.year - years, day=28)


def local_day(at: datetime, time_zone: str) -> date:
    """The local date of an instant."""
    return at.astimezone(ZoneInfo(time_zone)).date()

"""F04 and F05 where some days have changed: from stored sums of days, those of the changed ones made anew."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from pyspark.sql import DataFrame
from pyspark.sql import functions as F

from meterlake.config import Config
from meterlake.silver import content
from meterlake.silver.day_sets import is_in, widened
from meterlake.silver.kept import keep
from meterlake.silver.meter_days import accepted_days
from meterlake.silver.neighbourhood import neighbour_days
from meterlake.silver.rulebook import find_flagged_days
from meterlake.tables import Table, silver

_KEYS = ("neighbourhood_key", "meter_key", "meter_id", "interval_minutes")
_CELL, _METER_DAY = ["neighbourhood_key", "day"], ["meter_id", "day"]
_FLAG = ["meter_id", "local_date"]


@dataclass(frozen=True)
class Changed:
    """What has changed: ``days`` of meters (neighbourhood_key, meter_key, meter_id, interval_minutes, day), ``cells``
    of neighbourhoods (neighbourhood_key, day) with their local dates, and the judged readings of both.
    """

    days: DataFrame
    cells: DataFrame
    dates: set[date]
    by_meter: DataFrame
    meter_days: DataFrame


@dataclass(frozen=True)
class Weekly:
    """Rows to write and the stored ones they replace, by table; and all flagged days of the meters as they are now."""

    made: dict[Table, DataFrame]
    replaced: dict[Table, DataFrame]
    flagged: DataFrame


def weekly(changed: Changed, was: Mapping[Table, DataFrame], meters: DataFrame, config: Config) -> Weekly:
    """Tests each week again that holds a changed day; all other flagged days stand."""
    faults, cells = config.faults, F.broadcast(changed.cells)
    reach = max(faults.low_variance.days, faults.neighbourhood.days) - 1
    around = widened(changed.dates, reach, reach)
    sums = neighbour_days(changed.by_meter, faults.neighbourhood, config.time_zone, config.grid_offset())
    named = sums.join(cells, _CELL, "left_semi").join(F.broadcast(meters.select("meter_key", "meter_id")), "meter_key")
    new_sums = keep(named)
    stored_sums = was[silver.NEIGHBOUR_DAYS].where(is_in("local_date", around))
    old_sums = content.as_neighbour_days(stored_sums, meters)
    sums_now = old_sums.join(cells, _CELL, "left_anti").unionByName(new_sums)
    days = changed.days.join(cells, _CELL, "left_semi").select(*_METER_DAY)
    # Where an hour can lie across midnight, a day's sums may hang on the readings of the next day alone.
    tested = keep(_weeks_of(days.unionByName(new_sums.select(*_METER_DAY)), reach))
    own = keep(changed.days.select("meter_id").distinct())
    days_now = _days_now(changed, was, meters, own, around)
    days_tested = days_now.join(F.broadcast(tested), _METER_DAY, "left_semi")
    new_flags = keep(find_flagged_days(days_tested, days_now, sums_now, config))
    stored_flags = was[silver.FLAGGED_DAYS].join(F.broadcast(own), "meter_id", "left_semi")
    is_tested = F.broadcast(tested.select("meter_id", F.col("day").alias("local_date")))
    standing = content.as_flagged_days(stored_flags.join(is_tested, _FLAG, "left_anti"), meters)
    return Weekly(
        {
            silver.NEIGHBOUR_DAYS: content.neighbour_day_rows(new_sums),
            silver.FLAGGED_DAYS: content.flagged_day_rows(new_flags),
        },
        {
            silver.NEIGHBOUR_DAYS: content.neighbour_day_rows(old_sums.join(cells, _CELL, "left_semi")),
            silver.FLAGGED_DAYS: stored_flags.join(is_tested, _FLAG, "left_semi"),
        },
        standing.unionByName(new_flags),
    )


def _days_now(
    changed: Changed, was: Mapping[Table, DataFrame], meters: DataFrame, own: DataFrame, around: set[date]
) -> DataFrame:
    """The accepted days of the meters around the changed ones: as judged now, else as stored."""
    names = [*_KEYS, "day", "n", "sum_x", "sum_xx"]
    judged = changed.meter_days.select(*_METER_DAY, "n", "sum_x", "sum_xx")
    stored = content.as_meter_days(was[silver.METER_DAYS].where(is_in("read_date", around)), meters)
    others = stored.join(F.broadcast(judged.select(*_METER_DAY)), _METER_DAY, "left_anti")
    theirs = others.join(F.broadcast(own), "meter_id", "left_semi")
    keyed = judged.join(F.broadcast(meters.select(*_KEYS)), "meter_id")
    return accepted_days(theirs.select(*names).unionByName(keyed.select(*names)))


def _weeks_of(days: DataFrame, reach: int) -> DataFrame:
    return days.select("meter_id", F.explode(F.sequence("day", F.date_add("day", reach))).alias("day")).distinct()

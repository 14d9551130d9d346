"""A time as text to an exact instant: µs since 1970-01-01T00:00Z and the nanoseconds that a µs does not hold.

``YYYY-MM-DD[T or space]hh:mm[:ss[.f]][Z|±hh[:mm]|±hhmm]`` with 1 to 9 digits of fraction, offsets to ±18:59 and
years 1 to 9999 in UTC. Everything else is no time: a date alone, 24:00, an epoch number.
"""

from pyspark.sql import Column
from pyspark.sql import functions as F

from meterlake.grid import HOUR_US, MINUTE_US, YEAR_1_US, YEAR_10000_US

_DAY_US = 86_400_000_000
_TIME = (
    r"^\d{4}-\d{2}-\d{2}[T ]([01]\d|2[0-3]):[0-5]\d(:[0-5]\d(\.\d{1,9})?)?"
    r"(Z|[+-](0\d|1[0-8])(:?[0-5]\d)?)?\z"
)
_USUAL = r"^(?!0000)\d{4}-\d{2}-\d{2}[T ]\d{2}:\d{2}:\d{2}Z\z"
_OFFSET = r"[+-]\d\d(:?\d\d)?\z"


def trimmed(text: Column) -> Column:
    """Spaces and tabs around a field are not part of it; a missing field is an empty one."""
    return F.btrim(F.coalesce(text, F.lit("")), F.lit(" \t"))


def instant(text: Column, time_zone: str | None) -> Column:
    """STRUCT<us BIGINT, nanos INT, is_local BOOLEAN>; us is null where the text is no time or that local time does not
    exist.

    A stamp without an offset is UTC, or local where the source names a zone; of two instants with the same local
    stamp it is the earlier one. ``is_local`` says that the zone was used.
    """
    stamp = trimmed(text)
    usual = usual_us(stamp)
    return F.struct(*instant_columns(usual, F.when(usual.isNull(), unusual_instant(stamp, time_zone))))


def instant_columns(usual: Column, unusual: Column) -> list[Column]:
    """us, nanos and is_local of what usual_us and unusual_instant found."""
    return [
        F.coalesce(usual, unusual["us"]).alias("us"),
        F.coalesce(unusual["nanos"], F.lit(0)).alias("nanos"),
        F.coalesce(unusual["is_local"], F.lit(False)).alias("is_local"),
    ]


def usual_us(stamp: Column) -> Column:
    """µs of a trimmed stamp that looks as nearly all do, to the second and in UTC; null for all others."""
    return F.when(stamp.rlike(_USUAL), F.unix_micros(stamp.try_cast("timestamp")))


def unusual_instant(stamp: Column, time_zone: str | None) -> Column:
    """STRUCT<us, nanos, is_local> of a trimmed stamp of any form, the long way; null where it is no time."""
    # Bound in a lambda, which Spark evaluates for the rows that need it and keeps out of the generated code of all
    # others.
    parsed = F.transform(F.array(stamp), lambda text_of_stamp: _any_form(text_of_stamp, time_zone))
    return F.when(stamp != "", F.get(parsed, 0))


def _any_form(stamp: Column, time_zone: str | None) -> Column:
    days = F.unix_date(F.substring(stamp, 1, 10).try_cast("date"))
    wall_us = (
        days.cast("long") * F.lit(_DAY_US)
        + _number(stamp, 12) * F.lit(HOUR_US)
        + _number(stamp, 15) * F.lit(MINUTE_US)
        + F.when(F.substring(stamp, 17, 1) == ":", _number(stamp, 18)).otherwise(0) * F.lit(1_000_000)
    )
    nanos = F.when(
        F.substring(stamp, 20, 1) == ".",
        F.rpad(F.regexp_extract(F.substring(stamp, 21, 9), r"^\d+", 0), 9, "0").cast("long"),
    ).otherwise(F.lit(0).cast("long"))
    is_utc = F.endswith(stamp, F.lit("Z"))
    offset = F.when(is_utc, F.lit("")).otherwise(F.regexp_extract(stamp, _OFFSET, 0))
    has_offset = is_utc | (offset != "")
    wall_us = wall_us + F.floor(nanos / F.lit(1000)).cast("long")
    instant_us = F.when(has_offset, wall_us - _offset_us(offset)).otherwise(_from_wall_clock(wall_us, time_zone))
    parsed = F.struct(
        instant_us.alias("us"),
        (nanos % F.lit(1000)).cast("int").alias("nanos"),
        (F.lit(time_zone is not None) & ~has_offset).alias("is_local"),
    )
    return F.when(stamp.rlike(_TIME) & days.isNotNull() & _is_in_range(instant_us), parsed)


def _is_in_range(instant_us: Column) -> Column:
    return (instant_us >= F.lit(YEAR_1_US)) & (instant_us < F.lit(YEAR_10000_US))


def wall_clock(instant_us: Column, time_zone: str) -> Column:
    """What the clock on the wall shows at an instant, as the µs of that reading taken for UTC."""
    return F.unix_micros(F.from_utc_timestamp(F.timestamp_micros(instant_us), time_zone))


def _number(stamp: Column, position: int) -> Column:
    return F.substring(stamp, position, 2).try_cast("long")


def _offset_us(offset: Column) -> Column:
    minutes = F.when(F.length(offset) > 3, F.substring(offset, -2, 2).try_cast("long")).otherwise(0)
    size = F.substring(offset, 2, 2).try_cast("long") * F.lit(HOUR_US) + minutes * F.lit(MINUTE_US)
    return F.when(offset == "", F.lit(0).cast("long")).when(F.startswith(offset, F.lit("-")), -size).otherwise(size)


def _from_wall_clock(wall_us: Column, time_zone: str | None) -> Column:
    """The instant of a local time: the earlier of two, null where the clock skips it."""
    if time_zone is None:
        return wall_us
    shifted = F.unix_micros(F.to_utc_timestamp(F.timestamp_micros(wall_us), time_zone))
    return F.when(wall_clock(shifted, time_zone) == wall_us, shifted)

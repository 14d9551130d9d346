"""The kinds of values a setting can have. Imports no pyspark: configuration is checked before Spark starts."""

import difflib
import os
import re
from collections.abc import Mapping
from datetime import UTC, datetime
from decimal import Decimal, InvalidOperation
from functools import cache
from typing import Annotated, Any
from zoneinfo import ZoneInfo, available_timezones

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field
from pydantic_core import PydanticCustomError

LOCAL_TIME_ZONES = {"Factory", "localtime"}  # names in the database that mean nothing on another machine
GLOB_OR_CONTROL = re.compile(r"[*?\[\]{}\\\x00-\x1f]")
OFFSET = re.compile(r"[+-]((0\d|1[0-7]):[0-5]\d|18:00)")  # as far as Java goes
STAMP = re.compile(r"\d{4}-\d\d-\d\d[T ]\d\d:\d\d(:\d\d(\.\d{1,6})?)?(Z|[+-]\d\d(:?\d\d)?)?")
URI = re.compile(r"[A-Za-z][A-Za-z0-9+.-]+:/")


class Settings(BaseModel):
    """A frozen group of settings that refuses unknown keys and never converts a type in silence."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)


def broken(limit: str, next_step: str = "", field: str = "", value: Any = None) -> PydanticCustomError:
    """The error of a broken limit ("must be ..."); `field` is relative to the model that raises it."""
    return PydanticCustomError("limit", "{limit}", {"limit": limit, "next": next_step, "field": field, "value": value})


def _exact(value: object) -> Decimal:
    """A number as the exact decimal its text says (0.1 is 0.1), written the same way however it was typed."""
    if isinstance(value, bool) or not isinstance(value, int | float | Decimal):
        raise broken("must be a number", "write a plain number such as 0.5")
    try:
        number = Decimal(repr(value) if isinstance(value, float) else value)
        plain = format(number.normalize(), "f")
    except InvalidOperation:
        plain = "NaN"
    if not number.is_finite() or len(plain) > 30:
        raise broken("must be a finite number of at most 28 digits", "write fewer digits")
    return Decimal(plain)


def _no_nulls(value: object) -> object:
    """A later layer takes an entry out of a mapping by setting it to null."""
    return {k: v for k, v in value.items() if v is not None} if isinstance(value, dict) else value


def _text(value: object) -> object:
    if isinstance(value, bool):
        return str(value).lower()
    return str(value) if isinstance(value, int | float | Decimal) else value


def _tuple(value: object) -> object:
    return tuple(value) if isinstance(value, list) else value


def _path(value: str) -> str:
    """An absolute local path, or a URI as it is."""
    if not value.strip():
        raise broken("must name a folder", "write a path or a URI such as s3a://bucket/folder")
    if found := GLOB_OR_CONTROL.search(value):
        raise broken(f"must not contain {found.group()!r}", "file systems read it as a pattern; rename the folder")
    if URI.match(value):
        return value.rstrip("/") if value.count("/") > 3 else value
    if ":" in value.split("/")[0]:
        raise broken("must be a path or a URI such as s3a://bucket/folder", "put ./ before a folder name with a colon")
    return os.path.abspath(os.path.expanduser(value))


def _time_zone(value: str) -> str:
    if value in _zones():
        return value
    raise broken("must be an IANA time zone", _meant(value) or "write a name such as Europe/Berlin or UTC")


def _time_zone_or_offset(value: str) -> str:
    if OFFSET.fullmatch(value) or value in _zones():
        return value
    raise broken("must be an IANA time zone or an offset", _meant(value) or "write Europe/Berlin or +05:30")


@cache
def _zones() -> frozenset[str]:
    return frozenset(available_timezones() - LOCAL_TIME_ZONES)


def _meant(zone: str) -> str:
    names = {name.lower(): name for name in _zones()}
    close = difflib.get_close_matches(zone.lower(), names, n=1, cutoff=0.75)
    return f"did you mean {names[close[0]]}?" if close else ""


def _instant(value: object) -> datetime:
    """An ISO 8601 time; without an offset it is UTC."""
    try:
        if isinstance(value, datetime):
            stamp = value
        elif isinstance(value, str) and STAMP.fullmatch(value):
            stamp = datetime.fromisoformat(value)
        else:
            raise ValueError
        return (stamp if stamp.tzinfo else stamp.replace(tzinfo=UTC)).astimezone(UTC)
    except (ValueError, OverflowError):
        raise broken("must be an ISO 8601 time", "write it as 2024-03-15T14:00:00Z") from None


def offset_minutes(zone: str, at: datetime) -> int:
    """A zone's distance from UTC at an instant in whole minutes, rounded down."""
    offset = at.astimezone(ZoneInfo(zone)).utcoffset()
    assert offset is not None  # a ZoneInfo always knows
    return int(offset.total_seconds() // 60)


Number = Annotated[Decimal, BeforeValidator(_exact)]
Positive = Annotated[Number, Field(gt=0)]
NotNegative = Annotated[Number, Field(ge=0)]
Share = Annotated[Number, Field(ge=0, le=1)]
Points = Annotated[Number, Field(ge=0, le=100)]
Hours = Annotated[Number, Field(gt=0, le=24 * 366)]
Kilowatts = Annotated[Number, Field(ge=-(10**12), le=10**12)]
Celsius = Annotated[Number, Field(ge=-100, le=100)]
Name = Annotated[str, Field(pattern=r"^[A-Za-z_][A-Za-z0-9_]*$")]
Days = Annotated[int, Field(ge=1, le=36500)]
Text = Annotated[str, BeforeValidator(_text)]
Folder = Annotated[str, AfterValidator(_path)]
TimeZone = Annotated[str, AfterValidator(_time_zone)]
TimeZoneOrOffset = Annotated[str, AfterValidator(_time_zone_or_offset)]
Instant = Annotated[datetime, BeforeValidator(_instant)]
Factors = Annotated[Mapping[str, Positive], BeforeValidator(_no_nulls)]
Strings = Annotated[tuple[str, ...], BeforeValidator(_tuple)]
Months = Annotated[tuple[Annotated[int, Field(ge=1, le=12)], ...], BeforeValidator(_tuple)]
Waits = Annotated[tuple[Annotated[Number, Field(ge=0, le=3600)], ...], BeforeValidator(_tuple)]
without_nulls = BeforeValidator(_no_nulls)

"""The settings that the rules name, with the defaults of conf/base.yaml, and how they are read from such a page."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, fields
from fnmatch import fnmatchcase
from fractions import Fraction
from typing import Any

DEFAULT_COLUMNS: Mapping[str, str] = {
    "meter_id": "meter_id",
    "read_at": "timestamp",
    "value": "value",
    "unit": "unit",
    "received_at": "received_at",
    "quality_code": "quality_code",
}
OPTIONAL_COLUMNS = ("received_at", "quality_code")

# Where each setting stands in a page of the configuration.
PATHS = {
    "time_zone": "time_zone",
    "as_of": "as_of",
    "grid_offset_minutes": "grid_offset_minutes",
    "units.no_unit_is_kw_below": "no_unit_is_kw_below",
    "units.no_unit_is_w_above": "no_unit_is_w_above",
    "validation.check_arrival": "check_arrival",
    "validation.value_limit": "value_limit",
    "validation.future_tolerance_hours": "future_tolerance_hours",
    "validation.late_tolerance_hours": "late_tolerance_hours",
    "validation.oldest_days": "oldest_days",
    "validation.grid_tolerance_share": "grid_tolerance_share",
    "validation.min_kw": "min_kw",
    "validation.max_kw": "max_kw",
    "validation.default_interval_minutes": "default_interval_minutes",
    "rate_of_change.previous_within_hours": "previous_within_hours",
    "rate_of_change.spike_factor": "spike_factor",
    "rate_of_change.spike_floor_kw": "spike_floor_kw",
    "rate_of_change.drop_share": "drop_share",
    "rate_of_change.drop_floor_kw": "drop_floor_kw",
    "gaps.interpolate_below_hours": "interpolate_below_hours",
    "gaps.materialise_below_hours": "materialise_below_hours",
    "faults.bridge_below_hours": "bridge_below_hours",
    "faults.zero_value.min_hours": "zero_min_hours",
    "faults.zero_value.excludes": "zero_excludes",
    "faults.stuck_value.min_hours": "stuck_min_hours",
    "faults.stuck_value.excludes": "stuck_excludes",
    "faults.overload.min_readings": "overload_min_readings",
    "faults.overload.excludes": "overload_excludes",
    "faults.low_variance.days": "low_variance_days",
    "faults.low_variance.ratio_below": "low_variance_ratio_below",
    "faults.low_variance.min_intervals_share": "low_variance_min_share",
    "faults.low_variance.excludes": "low_variance_excludes",
    "faults.neighbourhood.days": "neighbourhood_days",
    "faults.neighbourhood.correlation_below": "neighbourhood_correlation_below",
    "faults.neighbourhood.min_hours": "neighbourhood_min_hours",
    "faults.neighbourhood.min_neighbours": "neighbourhood_min_neighbours",
    "faults.neighbourhood.excludes": "neighbourhood_excludes",
    "quality.unit_converted_points": "unit_converted_points",
    "quality.hole_points_per_hour": "hole_points_per_hour",
    "quality.backdated_points": "backdated_points",
    "quality.rate_of_change_points": "rate_of_change_points",
    "quality.fault_points": "fault_points",
    "quality.premium_from": "premium_from",
    "quality.standard_from": "standard_from",
    "peaks.ranks": "peak_ranks",
    "peaks.holiday_region": "holiday_region",
    "peaks.weather_region": "weather_region",
    "peaks.heat_above_c": "heat_above_c",
    "peaks.cold_below_c": "cold_below_c",
    "peaks.summer.months": "summer_months",
    "peaks.summer.base_temperature_c": "summer_base_c",
    "peaks.winter.months": "winter_months",
    "peaks.winter.base_temperature_c": "winter_base_c",
    "peaks.min_hours": "peak_min_hours",
    "peaks.history_days": "history_days",
}


@dataclass(frozen=True)
class Source:
    """How the files of one head-end are read: their names (a glob), columns, time zone and what a stamp marks."""

    files: str = "*"
    columns: Mapping[str, str] = field(default_factory=lambda: DEFAULT_COLUMNS)
    time_zone: str = "UTC"
    stamps: str = "start"


@dataclass(frozen=True)
class Settings:
    """Every threshold of the rules. Numbers are exact; None means what the rules say when nothing is configured."""

    time_zone: str = "UTC"
    as_of: str | None = None
    grid_offset_minutes: int | None = None
    sources: tuple[Source, ...] = ()

    no_unit_is_kw_below: Fraction = Fraction(10)
    no_unit_is_w_above: Fraction = Fraction(1000)

    check_arrival: bool = True
    value_limit: Fraction = Fraction(10**12)
    future_tolerance_hours: Fraction = Fraction(1)
    late_tolerance_hours: Fraction = Fraction(1)
    oldest_days: Fraction = Fraction(730)
    grid_tolerance_share: Fraction = Fraction(1, 20)
    min_kw: Fraction = Fraction(0)
    max_kw: Fraction = Fraction(20)
    max_kw_by_meter_type: Mapping[str, Fraction] = field(default_factory=dict)
    default_interval_minutes: int = 60

    previous_within_hours: Fraction = Fraction(4)
    spike_factor: Fraction = Fraction(6)
    spike_floor_kw: Fraction = Fraction(1, 10)
    drop_share: Fraction = Fraction(1, 10)
    drop_floor_kw: Fraction = Fraction(1, 10)

    interpolate_below_hours: Fraction = Fraction(4)
    materialise_below_hours: Fraction = Fraction(24)

    bridge_below_hours: Fraction = Fraction(4)
    zero_min_hours: Fraction = Fraction(48)
    zero_excludes: bool = True
    stuck_min_hours: Fraction = Fraction(24)
    stuck_excludes: bool = True
    overload_min_readings: int = 6
    overload_excludes: bool = True
    low_variance_days: int = 7
    low_variance_ratio_below: Fraction = Fraction(1, 100)
    low_variance_min_share: Fraction = Fraction(4, 5)
    low_variance_excludes: bool = True
    neighbourhood_days: int = 7
    neighbourhood_correlation_below: Fraction = Fraction(3, 10)
    neighbourhood_min_hours: int = 72
    neighbourhood_min_neighbours: int = 3
    neighbourhood_excludes: bool = False

    unit_converted_points: Fraction = Fraction(5)
    hole_points_per_hour: Fraction = Fraction(10)
    backdated_points: Fraction = Fraction(15)
    rate_of_change_points: Fraction = Fraction(20)
    fault_points: Fraction = Fraction(30)
    premium_from: int = 90
    standard_from: int = 70

    peak_ranks: int = 3
    holiday_region: str | None = None
    weather_region: str | None = None
    heat_above_c: Fraction = Fraction(35)
    cold_below_c: Fraction = Fraction(-10)
    summer_months: tuple[int, ...] = (6, 7, 8)
    summer_base_c: Fraction = Fraction(22)
    winter_months: tuple[int, ...] = (12, 1, 2)
    winter_base_c: Fraction = Fraction(15)
    peak_min_hours: int = 72
    history_days: int = 365

    def source_of(self, file_name: str) -> Source:
        """The first configured source whose glob takes the file's name, else the default one."""
        return next((source for source in self.sources if fnmatchcase(file_name, source.files)), Source())

    def excludes(self, fault: str) -> bool:
        """Whether a fault takes its readings out of all analytics."""
        return {
            "F01": self.zero_excludes,
            "F02": self.stuck_excludes,
            "F03": self.overload_excludes,
            "F04": self.low_variance_excludes,
            "F05": self.neighbourhood_excludes,
        }[fault]

    @classmethod
    def from_config(cls, config: Mapping[str, Any]) -> "Settings":
        """Settings from (a part of) a page shaped like conf/base.yaml; what it does not name keeps its default."""
        types = {one.name: one.type for one in fields(cls)}
        given = {PATHS[path]: value for path, value in _flat(config) if path in PATHS}
        values = {name: _typed(types[name], value) for name, value in given.items()}
        limits = config.get("validation", {}).get("max_kw_by_meter_type", {})
        values["max_kw_by_meter_type"] = {name: Fraction(str(limit)) for name, limit in limits.items()}
        values["sources"] = tuple(_source(source) for source in config.get("sources", {}).values())
        return cls(**values)


def _source(given: Mapping[str, Any]) -> Source:
    """A source of the configuration."""
    known = {name: given[name] for name in ("files", "columns", "time_zone", "stamps") if name in given}
    return Source(**known)


def _flat(config: Mapping[str, Any], prefix: str = "") -> Iterator[tuple[str, Any]]:
    """Every leaf of a nested configuration with its dotted path."""
    for name, value in config.items():
        if isinstance(value, Mapping):
            yield from _flat(value, f"{prefix}{name}.")
        else:
            yield prefix + name, value


def _typed(declared: Any, value: Any) -> Any:
    """A value of the page as the type that the field declares: numbers exact, lists as tuples."""
    if declared is Fraction and value is not None:
        return Fraction(str(value))
    return tuple(value) if isinstance(value, list) else value

"""The settings of the rules for readings: units, validation, rates of change, gaps, faults, quality."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Annotated, Literal, Self

from pydantic import Field, field_validator, model_validator

from meterlake.config.values import (
    Days,
    Factors,
    Hours,
    Kilowatts,
    Name,
    NotNegative,
    Number,
    Points,
    Settings,
    Share,
    Strings,
    broken,
    without_nulls,
)

INTERVAL_MINUTES = (1, 2, 3, 5, 6, 10, 12, 15, 20, 30, 60)
SMALLEST_FACTOR, LARGEST_FACTOR = Decimal("1e-9"), Decimal(10**9)


class UnitsConfig(Settings):
    """What a unit is worth, by its name in lower case, and how a value without a unit is read."""

    power_kw: Factors
    energy_kwh: Factors
    unknown_as_written: Strings
    no_unit_is_kw_below: NotNegative
    no_unit_is_w_above: NotNegative

    @field_validator("power_kw", "energy_kwh")
    @classmethod
    def _names_in_lower_case(cls, factors: Mapping[str, Number]) -> Mapping[str, Number]:
        named = {name.strip().lower(): factor for name, factor in factors.items()}
        if len(named) < len(factors):
            raise broken("must name each unit once", "case and surrounding blanks are ignored: keep one spelling")
        if "" in named:
            raise broken("must not name a blank unit", "no_unit_is_kw_below and no_unit_is_w_above settle those")
        if any(not SMALLEST_FACTOR <= factor <= LARGEST_FACTOR for factor in named.values()):
            raise broken("must have factors between 10^-9 and 10^9", "check the unit's factor")
        return named

    @model_validator(mode="after")
    def _no_contradiction(self) -> Self:
        if twice := sorted(set(self.power_kw) & set(self.energy_kwh)):
            raise broken(
                f"must not name {twice[0]!r}, which power_kw names too",
                "keep it in one of the two",
                "energy_kwh",
                twice[0],
            )
        if self.no_unit_is_kw_below > self.no_unit_is_w_above:
            raise broken(
                f"must be at most no_unit_is_w_above ({self.no_unit_is_w_above})",
                "leave a span between the two for values nobody can tell",
                "no_unit_is_kw_below",
            )
        return self


class ValidationConfig(Settings):
    """V01 and V06 to V10, V14: what a single reading may be."""

    check_arrival: bool
    value_limit: Annotated[Number, Field(gt=0, le=10**12)]
    future_tolerance_hours: NotNegative
    late_tolerance_hours: NotNegative
    oldest_days: Days
    grid_tolerance_share: Annotated[Share, Field(lt=0.5)]
    min_kw: Kilowatts
    max_kw: Kilowatts
    max_kw_by_meter_type: Annotated[Mapping[str, Kilowatts], without_nulls]
    default_interval_minutes: Annotated[int, Field(ge=1, le=60)]

    @field_validator("default_interval_minutes")
    @classmethod
    def _divides_an_hour(cls, minutes: int) -> int:
        if minutes not in INTERVAL_MINUTES:
            raise broken(
                f"must be one of {', '.join(map(str, INTERVAL_MINUTES))}", "choose a length that fills an hour"
            )
        return minutes

    @model_validator(mode="after")
    def _limits_leave_room(self) -> Self:
        if self.min_kw >= self.max_kw:
            raise broken(f"must be below max_kw ({self.max_kw})", "lower min_kw or raise max_kw", "min_kw")
        for meter_type, max_kw in self.max_kw_by_meter_type.items():
            if max_kw <= self.min_kw:
                raise broken(f"must be above min_kw ({self.min_kw})", "raise it", f"max_kw_by_meter_type.{meter_type}")
        return self


class RateOfChangeConfig(Settings):
    """V11 and V12: how far a reading may be from the one before it."""

    previous_within_hours: Hours
    spike_factor: Annotated[Number, Field(ge=1, le=10**6)]
    spike_floor_kw: Annotated[Kilowatts, Field(ge=0)]
    drop_share: Share
    drop_floor_kw: Annotated[Kilowatts, Field(ge=0)]


class GapsConfig(Settings):
    """The classes of holes by their length."""

    interpolate_below_hours: Annotated[Number, Field(ge=0, le=24 * 366)]
    materialise_below_hours: Hours

    @model_validator(mode="after")
    def _classes_in_order(self) -> Self:
        if self.interpolate_below_hours >= self.materialise_below_hours:
            raise broken(
                f"must be below materialise_below_hours ({self.materialise_below_hours})",
                "lower interpolate_below_hours or raise materialise_below_hours",
                "interpolate_below_hours",
            )
        return self


class ZeroValueConfig(Settings):
    """F01: zero for a long time."""

    min_hours: Hours
    excludes: bool
    action: Name


class StuckValueConfig(Settings):
    """F02: the same value, not zero, for a long time."""

    min_hours: Hours
    excludes: bool
    action: Name


class OverloadConfig(Settings):
    """F03: above the meter's limit many times in a row."""

    min_readings: Annotated[int, Field(ge=1, le=100000)]
    excludes: bool
    action: Name


class LowVarianceConfig(Settings):
    """F04: a curve too flat over local days."""

    days: Annotated[int, Field(ge=1, le=31)]
    ratio_below: Annotated[Number, Field(gt=0, le=100)]
    min_intervals_share: Annotated[Share, Field(gt=0)]
    excludes: bool
    action: Name


class NeighbourhoodConfig(Settings):
    """F05: a curve unlike the neighbours' over local days."""

    days: Annotated[int, Field(ge=1, le=31)]
    correlation_below: Annotated[Number, Field(ge=-1, le=1)]
    min_hours: Annotated[int, Field(ge=2)]
    min_neighbours: Annotated[int, Field(ge=1)]
    excludes: bool
    action: Name

    @model_validator(mode="after")
    def _can_be_reached(self) -> Self:
        if self.min_hours > 24 * self.days:
            raise broken(f"must be at most the hours of days ({24 * self.days})", "lower it or raise days", "min_hours")
        return self


FaultId = Literal["F01", "F02", "F03", "F04", "F05"]


class FaultsConfig(Settings):
    """F01 to F05."""

    bridge_below_hours: Hours
    zero_value: ZeroValueConfig
    stuck_value: StuckValueConfig
    overload: OverloadConfig
    low_variance: LowVarianceConfig
    neighbourhood: NeighbourhoodConfig

    @property
    def excluding(self) -> tuple[FaultId, ...]:
        """The ids of the faults whose readings are out of all analytics, in their order."""
        excludes: dict[FaultId, bool] = {
            "F01": self.zero_value.excludes,
            "F02": self.stuck_value.excludes,
            "F03": self.overload.excludes,
            "F04": self.low_variance.excludes,
            "F05": self.neighbourhood.excludes,
        }
        return tuple(fault for fault, out in excludes.items() if out)


class QualityConfig(Settings):
    """What the score loses for what, and the scores at which the tiers begin."""

    unit_converted_points: Points
    hole_points_per_hour: Points
    backdated_points: Points
    rate_of_change_points: Points
    fault_points: Points
    premium_from: Points
    standard_from: Points

    @model_validator(mode="after")
    def _tiers_in_order(self) -> Self:
        if self.standard_from >= self.premium_from:
            raise broken(f"must be below premium_from ({self.premium_from})", "lower it", "standard_from")
        return self

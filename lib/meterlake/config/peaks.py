"""The settings of the daily peaks and their seasonal adjustment."""

import re
from typing import Annotated, Self

import holidays
from pydantic import Field, field_validator, model_validator

from meterlake.config.values import Celsius, Days, Months, Settings, broken

COUNTRY_AND_SUBDIVISION = re.compile(r"([A-Z]{2})(?:-(.+))?")


class SeasonConfig(Settings):
    """The months of a season and the temperature at which heating or cooling begins."""

    months: Months
    base_temperature_c: Celsius

    @field_validator("months")
    @classmethod
    def _each_month_once(cls, months: tuple[int, ...]) -> tuple[int, ...]:
        if len(set(months)) < len(months):
            raise broken("must name each month once", "take the repeated month out")
        return months


class PeaksConfig(Settings):
    """Ranks, left-out hours and seasons of gold.peak_periods."""

    ranks: Annotated[int, Field(ge=1, le=24)]
    holiday_region: str | None
    weather_region: Annotated[str, Field(min_length=1)] | None
    heat_above_c: Celsius
    cold_below_c: Celsius
    summer: SeasonConfig
    winter: SeasonConfig
    min_hours: Annotated[int, Field(ge=2)]
    history_days: Days

    @field_validator("holiday_region")
    @classmethod
    def _known_to_the_holidays_package(cls, region: str | None) -> str | None:
        if region is None:
            return None
        parts = COUNTRY_AND_SUBDIVISION.fullmatch(region)
        if parts is None:
            raise broken("must be a country or a country and its part", 'write "DE" or "DE-BY"')
        try:
            holidays.country_holidays(parts[1], subdiv=parts[2])
        except NotImplementedError:
            raise broken(
                f"must be a region of the holidays package ({holidays.__version__})", 'write "DE" or "DE-BY"'
            ) from None
        return region

    @model_validator(mode="after")
    def _no_contradiction(self) -> Self:
        if self.cold_below_c >= self.heat_above_c:
            raise broken(f"must be above cold_below_c ({self.cold_below_c})", "raise it", "heat_above_c")
        if both := sorted(set(self.summer.months) & set(self.winter.months)):
            raise broken(
                f"must not name month {both[0]}, which is in summer", "a month has one season", "winter.months"
            )
        return self

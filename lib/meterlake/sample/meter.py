"""A meter as the registry knows it."""

from dataclasses import dataclass

# validation.max_kw of conf/base.yaml, for meters whose registry row names no limit
DEFAULT_MAX_KW = 20
SHARE_OF_LIMIT = 0.9


@dataclass
class Meter:
    """A row of the registry; active_from and active_to are minutes of the period."""

    meter_id: str
    meter_type: str
    interval_minutes: int
    neighbourhood_id: str
    max_kw: int | None = None
    min_kw: int | None = None
    active_from: int | None = None
    active_to: int | None = None

    @property
    def number(self) -> int:
        return int(self.meter_id.removeprefix("MTR-"))

    @property
    def habit(self) -> int:
        """A number that decides how the meter's head-end sends; neighbours have different ones."""
        return self.number // 7

    @property
    def comes_an_hour_later(self) -> bool:
        """Its readings land in the hour after their own, which is still in time for an hourly meter."""
        return self.interval_minutes == 60 and self.habit % 5 == 0

    @property
    def exports(self) -> bool:
        return self.min_kw is not None and self.min_kw < 0

    @property
    def limit_watts(self) -> int:
        """More than this is V10."""
        return 1000 * (DEFAULT_MAX_KW if self.max_kw is None else self.max_kw)

    @property
    def cap_watts(self) -> int:
        """A clean curve stays below this."""
        return int(SHARE_OF_LIMIT * self.limit_watts)

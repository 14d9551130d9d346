"""Configuration: every threshold of Meterlake, validated before Spark starts.

`load(files, overrides)` reads conf/base.yaml, then the files in their order, then the `key=value` overrides.
"""

import hashlib
import json
from collections.abc import Collection, Sequence
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from typing import Annotated, Any, Self

import holidays
from pydantic import Field, ValidationError, model_validator

from meterlake.config.layers import base_file, merged, read_file, read_override
from meterlake.config.messages import as_error
from meterlake.config.peaks import PeaksConfig, SeasonConfig
from meterlake.config.platform import (
    AlertConfig,
    AlertsConfig,
    CompactionConfig,
    GoalsConfig,
    IngestConfig,
    RetentionConfig,
    RetryConfig,
    RunsConfig,
    SourceColumns,
    SourceConfig,
    Sources,
    SparkConfig,
    StorageConfig,
    local_folder,
)
from meterlake.config.rules import (
    FaultsConfig,
    GapsConfig,
    LowVarianceConfig,
    NeighbourhoodConfig,
    OverloadConfig,
    QualityConfig,
    RateOfChangeConfig,
    StuckValueConfig,
    UnitsConfig,
    ValidationConfig,
    ZeroValueConfig,
)
from meterlake.config.values import Instant, Settings, TimeZone, broken, offset_minutes

__all__ = [
    "AlertConfig",
    "AlertsConfig",
    "CompactionConfig",
    "Config",
    "FaultsConfig",
    "GapsConfig",
    "GoalsConfig",
    "IngestConfig",
    "LowVarianceConfig",
    "NeighbourhoodConfig",
    "OverloadConfig",
    "PeaksConfig",
    "QualityConfig",
    "RateOfChangeConfig",
    "RetentionConfig",
    "RetryConfig",
    "RunsConfig",
    "SeasonConfig",
    "SourceColumns",
    "SourceConfig",
    "SparkConfig",
    "StorageConfig",
    "StuckValueConfig",
    "UnitsConfig",
    "ValidationConfig",
    "ZeroValueConfig",
    "load",
    "local_folder",
]

# Standard time is the smaller of the two: one of them is in summer time wherever there is one.
STANDARD_TIME_INSTANTS = (datetime(2024, 1, 1, tzinfo=UTC), datetime(2024, 7, 1, tzinfo=UTC))
# as_of is a moment and no rule: a run brings what hangs on it up to date.
WITHOUT_INFLUENCE_ON_CONTENT = {
    *("storage", "spark", "ingest", "goals", "runs", "retry", "alerts", "as_of"),
    *("retention", "compaction"),
}
_YEARS = range(1970, 2050)


class Config(Settings):
    """All settings. Names are those of conf/base.yaml."""

    time_zone: TimeZone
    as_of: Instant | None
    grid_offset_minutes: Annotated[int, Field(ge=-1080, le=1080)] | None
    storage: StorageConfig
    ingest: IngestConfig
    sources: Sources
    units: UnitsConfig
    validation: ValidationConfig
    rate_of_change: RateOfChangeConfig
    gaps: GapsConfig
    faults: FaultsConfig
    quality: QualityConfig
    peaks: PeaksConfig
    goals: GoalsConfig
    runs: RunsConfig
    retry: RetryConfig
    alerts: AlertsConfig
    retention: RetentionConfig
    compaction: CompactionConfig
    spark: SparkConfig

    @model_validator(mode="after")
    def _each_file_has_one_source(self) -> Self:
        names: dict[str, str] = {}
        for name, source in self.sources.items():
            if source.files in names:
                raise broken(
                    f"must differ from sources.{names[source.files]}.files",
                    "give each source files of its own",
                    f"sources.{name}.files",
                )
            names[source.files] = name
        return self

    def grid_offset(self) -> int:
        """Minutes by which the grid of intervals is shifted from 00:00 UTC: the zone's standard time unless set."""
        if self.grid_offset_minutes is not None:
            return self.grid_offset_minutes
        return min(offset_minutes(self.time_zone, at) for at in STANDARD_TIME_INSTANTS)

    def grid_fits_days(self) -> bool:
        """Whether local days begin with an hour of the grid; not where summer time shifts them by half an hour."""
        offsets = {offset_minutes(self.time_zone, datetime(y, m, 1, tzinfo=UTC)) for y in _YEARS for m in range(1, 13)}
        return all((offset - self.grid_offset()) % 60 == 0 for offset in offsets)

    def bronze_margin_days(self) -> int:
        """How far a reading's local date can lie from the UTC date of its stamp taken for UTC: zones reach 16 hours."""
        zones = (self.time_zone != "UTC") + any(source.time_zone != "UTC" for source in self.sources.values())
        return 1 if zones < 2 else 2

    def fingerprint(self, without: Collection[str] = ()) -> str:
        """SHA-256 over every setting that influences content: another fingerprint, other rules.

        ``without`` names sections that a layer does not look at.
        """
        settings = self.model_dump(exclude=WITHOUT_INFLUENCE_ON_CONTENT | set(without))
        if self.peaks.holiday_region is not None and "peaks" not in without:
            settings["holidays_version"] = holidays.__version__  # the package's calendar is part of the result
        canonical = json.dumps(settings, sort_keys=True, default=_canonical)
        return hashlib.sha256(canonical.encode()).hexdigest()

    def fingerprint_of_silver(self) -> str:
        """That of the settings that silver is made with: it does not look at peaks."""
        return self.fingerprint(without=("peaks",))


def load(files: Sequence[Path | str] = (), overrides: Sequence[str] = ()) -> Config:
    """The validated configuration of conf/base.yaml, `files` and `key=value` `overrides`, later ones winning.

    Raises ConfigError (ConfigErrors for several): one line each with file, field, value, limit and next step.
    """
    layers = [read_file(base_file()), *map(read_file, files), *map(read_override, overrides)]
    layer = merged(layers)
    try:
        return Config.model_validate(layer.values)
    except ValidationError as error:
        raise as_error(error, Config, layer) from None


def _canonical(value: Any) -> str:
    if isinstance(value, Decimal):
        return str(value)
    if isinstance(value, datetime):
        return value.isoformat()
    raise TypeError(f"no canonical form for {type(value).__name__}")

"""The settings of where data lies, how it arrives and how jobs run; of these only sources change a content."""

import os.path
import re
from collections.abc import Mapping
from typing import Annotated, Literal, Self

from pydantic import Field, field_validator, model_validator

from meterlake.config.values import (
    Days,
    Folder,
    Name,
    NotNegative,
    Settings,
    Share,
    Strings,
    Text,
    TimeZoneOrOffset,
    Waits,
    broken,
    without_nulls,
)

LAYERS = ("bronze", "silver", "gold", "ops")
MAVEN = re.compile(r"[\w.-]+:[\w.-]+:[\w.-]+")
Years = Annotated[int, Field(ge=1, le=100)]
MASTER = r"^(local(\[(\*|[1-9]\d*)(, ?[1-9]\d*)?\])?|spark://.+|yarn|k8s://.+)$"
OWN_SETTINGS = {
    "spark.master": "spark.master",
    "spark.driver.memory": "spark.driver_memory",
    "spark.sql.shuffle.partitions": "spark.shuffle_partitions",
    "spark.jars.packages": "spark.packages",
}
FIXED_SETTINGS = {"spark.sql.session.timeZone", "spark.sql.ansi.enabled"}  # the tables' content depends on them


class StorageConfig(Settings):
    """The folders that are read and the one that is written. Paths are absolute once loaded; URIs stay as they are."""

    landing: Folder
    reference: Folder
    warehouse: Folder
    archive: Folder | None
    catalog: Name | None

    @model_validator(mode="after")
    def _folders_keep_apart(self) -> Self:
        if _inside(self.warehouse, f"{self.landing}/raw"):
            raise broken(
                "must not lie in the landing's raw/", "tables there would be read as landing files", "warehouse"
            )
        for name in ("landing", "reference"):
            for layer in LAYERS:
                if _inside(getattr(self, name), f"{self.warehouse}/{layer}"):
                    raise broken(f"must not lie in the warehouse's {layer}/", "choose a folder of its own", name)
        if self.archive is not None:
            if _inside(self.archive, f"{self.landing}/raw"):
                raise broken("must not lie in the landing's raw/", "files there would be taken for new ones", "archive")
            if _inside(f"{self.archive}/raw", f"{self.landing}/raw"):
                raise broken("must not be the landing itself", "choose a folder of its own", "archive")
        return self

    @property
    def archive_folder(self) -> str:
        """Where old raw files go. By default beside raw/: one file system, and no other landing's archive."""
        return self.archive or f"{self.landing}/archive"

    @property
    def local_warehouse(self) -> str | None:
        """The warehouse's folder on this machine's disks; None where it is a URI elsewhere, or a catalog's."""
        return local_folder(self.warehouse) if self.catalog is None else None


class RunsConfig(Settings):
    """How runs keep apart."""

    wait_for_lock_minutes: Annotated[NotNegative, Field(le=7 * 24 * 60)]


class RetryConfig(Settings):
    """The waits between the attempts of a step that fails for a passing reason; none: there is one attempt."""

    wait_seconds: Waits


class AlertConfig(Settings):
    """How urgent a kind of alert is."""

    severity: Literal["critical", "high", "warning"]
    due_minutes: Annotated[int, Field(ge=1)]


class AlertsConfig(Settings):
    """Each kind of alert that is raised."""

    transformation_failed: AlertConfig


class IngestConfig(Settings):
    """How landing files are read."""

    trust_modification_time: bool
    files_per_arrow_batch: Annotated[int, Field(ge=1, le=10000)]
    max_file_mb: Annotated[int, Field(ge=1, le=2047)]  # Spark hands a file over as one value of at most 2 GiB


class SourceColumns(Settings):
    """The source's names of our columns."""

    meter_id: Annotated[str, Field(min_length=1)]
    read_at: Annotated[str, Field(min_length=1)]
    value: Annotated[str, Field(min_length=1)]
    unit: Annotated[str, Field(min_length=1)]
    received_at: Annotated[str, Field(min_length=1)] | None = None
    quality_code: Annotated[str, Field(min_length=1)] | None = None

    @model_validator(mode="after")
    def _one_column_each(self) -> Self:
        ours_by_theirs: dict[str, str] = {}
        for ours, theirs in self:
            if theirs is None:
                continue
            if theirs != theirs.strip():
                raise broken(
                    "must have no blanks around it", "blanks around a header's names are ignored", ours, theirs
                )
            if theirs in ours_by_theirs:
                raise broken(f"must not be the column of {ours_by_theirs[theirs]} too", "map it once", ours, theirs)
            ours_by_theirs[theirs] = ours
        return self


class SourceConfig(Settings):
    """A source: which files are its own and how their lines are read."""

    files: Annotated[str, Field(min_length=1)]
    columns: SourceColumns
    time_zone: TimeZoneOrOffset = "UTC"
    stamps: Literal["start", "end"] = "start"

    @field_validator("files")
    @classmethod
    def _is_a_glob_on_the_name(cls, files: str) -> str:
        if not files.strip() or "/" in files:
            raise broken("must be a glob on the file's name, without a slash", 'write "vendor_x_*"')
        return files

    @property
    def file_pattern(self) -> str:
        """The glob as a regular expression of the whole name: * any run of characters, ? one, all else itself."""
        parts = {"*": ".*", "?": "."}
        return "".join(parts.get(character, re.escape(character)) for character in self.files)


class RetentionConfig(Settings):
    """How long data is kept. A day or a year more keeps more; what is gone does not come back."""

    raw_days: Days
    archive_years: Years
    silver_days: Days
    errors_years: Years
    audit_years: Years
    vacuum_hours: Annotated[int, Field(ge=0, le=24 * 366)]


class CompactionConfig(Settings):
    """When small files are joined."""

    small_below_mb: Annotated[int, Field(ge=1, le=1024)]
    full_mb: Annotated[int, Field(ge=1, le=4096)]
    open_days: Annotated[int, Field(ge=1, le=366)]
    most_files: Annotated[int, Field(ge=2, le=100000)]

    @model_validator(mode="after")
    def _a_full_file_is_not_small(self) -> Self:
        if self.full_mb < 2 * self.small_below_mb:
            limit = f"must be at least twice small_below_mb ({self.small_below_mb})"
            raise broken(limit, "raise full_mb or lower small_below_mb", "full_mb")
        return self


class GoalsConfig(Settings):
    """The goals that daily quality is measured against."""

    completeness_share: Share
    accuracy_share: Share
    freshness_minutes: Annotated[int, Field(ge=1)]


class SparkConfig(Settings):
    """How Spark runs. A setting that has a field of its own here is not repeated in conf."""

    master: Annotated[str, Field(pattern=MASTER)] | None
    driver_memory: Annotated[str, Field(pattern=r"^[1-9]\d*[kmgtKMGT]$")]
    shuffle_partitions: Annotated[int, Field(ge=1, le=100000)]
    packages: Strings
    conf: Annotated[Mapping[str, Text], without_nulls]

    @field_validator("packages")
    @classmethod
    def _are_maven_coordinates(cls, packages: tuple[str, ...]) -> tuple[str, ...]:
        for package in packages:
            if not MAVEN.fullmatch(package):
                raise broken("must have Maven coordinates", "write group:artifact:version", value=package)
        return packages

    @field_validator("conf")
    @classmethod
    def _are_free_spark_settings(cls, conf: Mapping[str, str]) -> Mapping[str, str]:
        for key in conf:
            if not key.startswith("spark."):
                raise broken("must have keys that begin with spark.", "correct the key", value=key)
            if key in OWN_SETTINGS:
                raise broken("must not repeat a setting of ours", f"set {OWN_SETTINGS[key]} instead", value=key)
            if key in FIXED_SETTINGS:
                raise broken("must not change what the tables' content depends on", "take it out", value=key)
        return conf


Sources = Annotated[Mapping[Name, SourceConfig], without_nulls]


def local_folder(folder: str) -> str | None:
    """The folder on this machine's disks; None where it is a URI elsewhere."""
    comparable = _comparable(folder)
    return comparable if comparable.startswith("/") else None


def _inside(folder: str, outer: str) -> bool:
    inner_path, outer_path = _comparable(folder), _comparable(outer)
    return inner_path == outer_path or inner_path.startswith(outer_path + "/")


def _comparable(folder: str) -> str:
    local = re.sub(r"^file:/+", "/", folder)
    return os.path.realpath(local) if local.startswith("/") else local.rstrip("/")

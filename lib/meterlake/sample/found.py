"""What the pipeline made of the sample, read from its tables without a JVM."""

from collections import Counter
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from pathlib import Path
from typing import Any, ClassVar, NamedTuple

import polars as pl
from deltalake import DeltaTable

from meterlake.errors import MeterlakeError
from meterlake.sample.truth import Fact

TEXT_TIME = "%Y-%m-%dT%H:%M:%SZ"


class Episode(NamedTuple):
    """A row of silver.faults; times as truth.csv writes them."""

    fault: str
    meter_id: str
    started_at: str
    ended_at: str


class Hole(NamedTuple):
    """A row of silver.gaps; an open one has no end."""

    kind: str
    meter_id: str
    started_at: str
    ended_at: str
    intervals: int


@dataclass(frozen=True)
class Found:
    """Counts and rows of the tables, as the checks need them."""

    FLAGS: ClassVar = ("unit_converted", "unit_inferred")

    lines: int
    bronze_readings: int
    bronze_dead_letters: int
    dispositions: Counter[str]
    rules: Counter[tuple[str, str]]  # by (rule, meter_id)
    flags: Counter[tuple[str, str]]  # by (flag, meter_id)
    dead_letters: Counter[tuple[str, str]]  # by (reason, source_file)
    files_with_readings: frozenset[str]
    faults: list[Episode]
    holes: list[Hole]
    kw: dict[tuple[str, str], Decimal] = field(default_factory=dict)  # of the readings that were corrected
    tiers: list[tuple[str, str, int]] = field(default_factory=list)  # (tier, origin, rows)


class Tables:
    """The warehouse's tables by layer and name."""

    def __init__(self, warehouse: Path) -> None:
        self.warehouse = warehouse

    def path(self, name: str) -> Path:
        """Where a table such as silver.readings lies."""
        return self.warehouse / name.replace(".", "/")

    def scan(self, name: str) -> pl.LazyFrame:
        """A table, lazily. Raises MeterlakeError where there is none."""
        if not DeltaTable.is_deltatable(str(self.path(name))):
            raise MeterlakeError(f"there is no table {name}", str(self.path(name)), "run jobs/run_pipeline.py first")
        return pl.scan_delta(str(self.path(name)))

    def rows(self, name: str, *columns: str) -> list[dict[str, Any]]:
        """A small table's rows."""
        return self.scan(name).select(columns).collect().to_dicts()


def read_found(tables: Tables, truth: list[Fact]) -> Found:
    """All that the checks look at."""
    files = tables.scan("bronze.files").filter(pl.col("status") == "landed").select(pl.col("lines").sum()).collect()
    by_file = _counts(tables.scan("bronze.readings"), "source_file")
    letters = _counts(tables.scan("bronze.dead_letters"), "reason", "source_file")
    silver = tables.scan("silver.readings")
    quarantine = tables.scan("silver.quarantine")
    return Found(
        lines=files.item() or 0,
        bronze_readings=sum(by_file.values()),
        bronze_dead_letters=letters.total(),
        dispositions=_dispositions(tables),
        rules=_listed(silver, "warnings") + _listed(quarantine, "warnings") + _listed(quarantine, "reasons"),
        flags=_flagged(silver) + _flagged(quarantine),
        dead_letters=letters,
        files_with_readings=frozenset(path for (path,) in by_file),
        faults=[_episode(row) for row in tables.rows("silver.faults", "fault", "meter_id", "started_at", "ended_at")],
        holes=[
            _hole(row) for row in tables.rows("silver.gaps", "class", "meter_id", "started_at", "ended_at", "intervals")
        ],
        kw=_corrected(silver, truth),
        tiers=_tiers(silver, quarantine),
    )


def superseded_readings(tables: Tables) -> int:
    """From the newest audit of silver: superseded readings are counted and not stored again."""
    audit = tables.scan("ops.audit").filter((pl.col("job") == "build_silver") & (pl.col("table") == "bronze.readings"))
    newest = audit.filter(pl.col("audited_at") == pl.col("audited_at").max())
    return newest.filter(pl.col("disposition") == "superseded").select(pl.col("rows").sum()).collect().item() or 0


def text_time(moment: datetime | None) -> str:
    """A time as truth.csv writes it."""
    return "" if moment is None else moment.strftime(TEXT_TIME)


def _dispositions(tables: Tables) -> Counter[str]:
    of_bronze = pl.col("origin") == "observed"
    accepted = tables.scan("silver.readings").filter(of_bronze).select(pl.len()).collect().item()
    quarantine = _counts(tables.scan("silver.quarantine").filter(of_bronze), "disposition")
    return Counter(
        accepted=accepted,
        quarantined=quarantine["quarantined",],
        rejected=quarantine["rejected",],
        superseded=superseded_readings(tables),
    )


def _counts(frame: pl.LazyFrame, *keys: str) -> Counter[Any]:
    """Rows by the values of some columns."""
    counted = frame.group_by(keys).len().collect()
    return Counter({row[:-1]: row[-1] for row in counted.iter_rows()})


def _listed(frame: pl.LazyFrame, column: str) -> Counter[tuple[str, str]]:
    """Rows by each rule of an array column, and meter."""
    rules = frame.select(pl.col(column).alias("rule"), "meter_id").filter(pl.col("rule").list.len() > 0)
    return _counts(rules.explode("rule"), "rule", "meter_id")


def _flagged(frame: pl.LazyFrame) -> Counter[tuple[str, str]]:
    counts: Counter[tuple[str, str]] = Counter()
    for flag in Found.FLAGS:
        by_meter = _counts(frame.filter(pl.col(flag)), "meter_id")
        counts.update({(flag, meter_id): count for (meter_id,), count in by_meter.items()})
    return counts


def _episode(row: dict[str, Any]) -> Episode:
    return Episode(row["fault"], row["meter_id"], text_time(row["started_at"]), text_time(row["ended_at"]))


def _hole(row: dict[str, Any]) -> Hole:
    times = text_time(row["started_at"]), text_time(row["ended_at"])
    return Hole(row["class"], row["meter_id"], *times, row["intervals"])


def _corrected(silver: pl.LazyFrame, truth: list[Fact]) -> dict[tuple[str, str], Decimal]:
    meters = {fact.meter_id for fact in truth if fact.kind == "corrected"}
    rows = silver.filter(pl.col("meter_id").is_in(sorted(meters))).select("meter_id", "read_at", "kw").collect()
    return {(meter_id, text_time(read_at)): kw for meter_id, read_at, kw in rows.iter_rows()}


def _tiers(*frames: pl.LazyFrame) -> list[tuple[str, str, int]]:
    counts: Counter[Any] = Counter()
    for frame in frames:
        counts += _counts(frame.filter(pl.col("tier").is_not_null()), "tier", "origin")
    return sorted((tier, origin, rows) for (tier, origin), rows in counts.items())

"""The truth about a sample: every injected fault, hole and defect, as the rules judge it. Kept in truth.csv.

Kinds, and what a row of each says:

- `F01` .. `F05`: an episode of a meter; F04 and F05 are known by an overlap, the others to the minute.
- `interpolated`, `missing_short`, `missing_extended`: a hole; an empty ended_at is an open one; count: its intervals.
- `V01` .. `V12`, `V14`, `Q01`: count rows of the meter carry the rule; V07, V11 and V12 as a warning on a row that is
  kept, Q01 on interpolated rows too. `V13`: count readings of the meter are superseded.
- `unit_converted`, `unit_inferred`: count rows of the meter carry the flag.
- `corrected`: the reading that stands at started_at has the kW of detail.
- `not F01` .. `not F03`, `not a hole`: close to the rule, and none of it: no such episode or hole overlaps the span.
- dead letters (`WRONG_FIELD_COUNT` ..): count of the reason in the file that detail names.
- `file_copy`, `file_empty`: the file that detail names brings nothing.
- `lines`: how many lines were landed.
"""

import csv
import io
from collections.abc import Iterable
from dataclasses import astuple, dataclass, field, fields
from pathlib import Path

from meterlake.sample.feed import Feed

FAULTS = ("F01", "F02", "F03", "F04", "F05")
HOLES = ("interpolated", "missing_short", "missing_extended")
RULES = (*(f"V{number:02d}" for number in range(1, 15)), "Q01")
DEAD_LETTERS = (
    "WRONG_FIELD_COUNT",
    "UNDECODABLE",
    "MALFORMED_CSV",
    "MALFORMED_JSON",
    "BROKEN_GZIP",
    "HEADER_WITHOUT_COLUMNS",
)


@dataclass(frozen=True)
class Fact:
    """A row of truth.csv; times are text in UTC, empty where there is none."""

    kind: str
    meter_id: str = ""
    started_at: str = ""
    ended_at: str = ""
    count: int = 1
    detail: str = ""


@dataclass
class Truth:
    """The facts so far."""

    facts: list[Fact] = field(default_factory=list)

    def add(self, kind: str, feed: Feed, index: int, count: int = 1, detail: str = "", intervals: int = 1) -> None:
        """`count` rows or intervals of a meter, in `intervals` intervals from the one at `index` on."""
        started_at = feed.period.text(index * feed.interval)
        ended_at = feed.period.text((index + intervals) * feed.interval)
        self.facts.append(Fact(kind, feed.meter.meter_id, started_at, ended_at, count, detail))

    def episode(self, kind: str, feed: Feed, index: int, intervals: int, detail: str = "") -> None:
        """A fault, or the control of one, over whole intervals."""
        self.add(kind, feed, index, 1, detail, intervals)

    def file(self, kind: str, path: str, count: int = 1) -> None:
        """What becomes of a file, or of lines of it."""
        self.facts.append(Fact(kind, count=count, detail=path))


def to_csv(facts: Iterable[Fact]) -> bytes:
    """truth.csv, ordered by kind, meter and time."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow([column.name for column in fields(Fact)])
    writer.writerows(sorted(astuple(fact) for fact in facts))
    return text.getvalue().encode()


def from_csv(file: Path) -> list[Fact]:
    """The facts of a truth.csv."""
    with file.open(encoding="utf-8", newline="") as lines:
        rows = list(csv.DictReader(lines))
    return [
        Fact(row["kind"], row["meter_id"], row["started_at"], row["ended_at"], int(row["count"]), row["detail"])
        for row in rows
    ]

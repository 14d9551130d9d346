"""From landing files to bronze: which files count, and what each adds (section 1, fine print 1 to 7 and 28)."""

import gzip
import re
import zlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path
from typing import Any

from .csv_cut import BLANKS, BOM, Malformed, cut, physical_lines
from .json_cut import MalformedJson, elements, record, value_of
from .settings import OPTIONAL_COLUMNS, Settings, Source

LANDING_FILE = re.compile(
    r"raw/([0-9]{4})/([0-9]{2})/([0-9]{2})/([0-9]{2})/(?![._])[^/]*\.(?:csv|csv\.gz|json|jsonl)", re.DOTALL
)
Row = dict[str, Any]


class Unreadable(Exception):
    """A file that goes to the dead letters as a whole."""

    def __init__(self, reason: str, detail: str) -> None:
        super().__init__(detail)
        self.reason = reason
        self.detail = detail


@dataclass
class Cut:
    """What one file brought: its readings (line, mapped values) and its dead letters (line, raw, reason, detail)."""

    readings: list[tuple[int, dict[str, str | None]]] = field(default_factory=list)
    dead: list[tuple[int, str | None, str, str]] = field(default_factory=list)

    def bury(self, line: int, raw: str | None, reason: str, detail: str) -> None:
        """Add a dead letter."""
        self.dead.append((line, raw, reason, detail))


def landed_hour(source_file: str) -> datetime | None:
    """Fine print 1: the hour of a landing file's folder, None where the path is no landing file's."""
    match = LANDING_FILE.fullmatch(source_file)
    if match is None:
        return None
    try:
        return datetime(*(int(part) for part in match.groups()), tzinfo=UTC)
    except ValueError:
        return None


def landing_files(root: Path) -> Iterator[tuple[str, datetime, bytes]]:
    """Every landing file with its hour and bytes, in the order of the paths' UTF-8 bytes (fine print 6, 14)."""
    found = ((path.relative_to(root).as_posix(), path) for path in (root / "raw").glob("*/*/*/*/*") if path.is_file())
    for source_file, path in sorted(found, key=lambda one: one[0].encode("utf-8", "surrogateescape")):
        hour = landed_hour(source_file)
        if hour is not None:
            yield source_file, hour, path.read_bytes()


def cut_file(source_file: str, content: bytes, source: Source) -> Cut:
    """All readings and dead letters of one file."""
    found = Cut()
    try:
        if source_file.endswith(".jsonl"):
            _cut_jsonl(content, source, found)
        elif source_file.endswith(".json"):
            _cut_json(content, source, found)
        else:
            _cut_csv(_unzipped(source_file, content), source, found)
    except Unreadable as error:
        return Cut(dead=[(0, None, error.reason, error.detail)])
    return found


def _unzipped(source_file: str, content: bytes) -> bytes:
    if not source_file.endswith(".gz"):
        return content
    try:
        return gzip.decompress(content)
    except (OSError, EOFError, zlib.error) as error:
        raise Unreadable("BROKEN_GZIP", str(error)) from error


def _cut_csv(content: bytes, source: Source, found: Cut) -> None:
    """Fine print 4: the first line is the header; a line that cannot be cut is one dead letter."""
    lines = physical_lines(content)
    header = next(lines, None)
    if header is None:
        return
    width, places = _header(header[1], source)
    for number, line in lines:
        try:
            text = line.decode("utf-8")
            fields = cut(text)
        except UnicodeDecodeError as error:
            found.bury(number, line.decode("utf-8", "replace"), "UNDECODABLE", str(error))
        except Malformed as error:
            found.bury(number, text, "MALFORMED_CSV", str(error))
        else:
            if len(fields) == width:
                values = {name: None if at is None else fields[at] for name, at in places.items()}
                found.readings.append((number, values))
            else:
                found.bury(number, text, "WRONG_FIELD_COUNT", f"{len(fields)} fields, not {width}")


def _header(line: bytes, source: Source) -> tuple[int, dict[str, int | None]]:
    """How many columns a header has, and where each mapped one stands (None: an optional one it lacks)."""
    try:
        names = [name.strip(BLANKS) for name in cut(line.decode("utf-8"))]
    except UnicodeDecodeError as error:
        raise Unreadable("UNDECODABLE", "the header is no UTF-8") from error
    except Malformed as error:
        raise Unreadable("HEADER_WITHOUT_COLUMNS", str(error)) from error
    places: dict[str, int | None] = {}
    for name, column in source.columns.items():
        count = names.count(column)
        if count > 1 or (count == 0 and name not in OPTIONAL_COLUMNS):
            raise Unreadable("HEADER_WITHOUT_COLUMNS", f"column {column} is there {count} times")
        places[name] = names.index(column) if count else None
    return len(names), places


def _cut_json(content: bytes, source: Source, found: Cut) -> None:
    """Fine print 5: one array of objects or one object; the line is the position in the array."""
    if next(physical_lines(content), None) is None:
        return
    try:
        parts = list(elements(content.removeprefix(BOM).decode("utf-8")))
    except UnicodeDecodeError as error:
        raise Unreadable("UNDECODABLE", str(error)) from error
    except MalformedJson as error:
        raise Unreadable("MALFORMED_JSON", str(error)) from error
    for position, (value, raw) in enumerate(parts, start=1):
        try:
            found.readings.append((position, _mapped(record(value), source)))
        except MalformedJson as error:
            found.bury(position, raw, "MALFORMED_JSON", str(error))


def _cut_jsonl(content: bytes, source: Source, found: Cut) -> None:
    """Fine print 5: one object a line."""
    for number, line in physical_lines(content):
        try:
            text = line.decode("utf-8")
            found.readings.append((number, _mapped(record(value_of(text)), source)))
        except UnicodeDecodeError as error:
            found.bury(number, line.decode("utf-8", "replace"), "UNDECODABLE", str(error))
        except MalformedJson as error:
            found.bury(number, text, "MALFORMED_JSON", str(error))


def _mapped(values: dict[str, str | None], source: Source) -> dict[str, str | None]:
    return {name: values.get(column) for name, column in source.columns.items()}


class Bronze:
    """The ledger of files with all readings and dead letters that they brought; one `ingest` is one run."""

    def __init__(self, settings: Settings | None = None) -> None:
        self.settings = settings or Settings()
        self.readings: list[Row] = []
        self.dead_letters: list[Row] = []
        self._latest: dict[str, tuple[int, str]] = {}
        self._known: set[str] = set()

    @property
    def lines_landed(self) -> int:
        """Lines of all file versions; an unreadable file counts as one."""
        return len(self.readings) + len(self.dead_letters)

    def ingest(self, landing_root: Path) -> int:
        """Take what is new under a landing root (the folder that holds raw/); returns the lines that it brought."""
        before = self.lines_landed
        for source_file, hour, content in landing_files(landing_root):
            self._take(source_file, hour, content)
        return self.lines_landed - before

    def _take(self, source_file: str, hour: datetime, content: bytes) -> None:
        """Section 1: a path's next version, or a new path unless its content is known under another name."""
        content_hash = sha256(content).hexdigest()
        version, last_hash = self._latest.get(source_file, (0, None))
        if last_hash == content_hash or (version == 0 and content_hash in self._known):
            return
        self._known.add(content_hash)
        found = cut_file(source_file, content, self.settings.source_of(source_file.rsplit("/", 1)[-1]))
        if version == 0 and not found.readings and not found.dead:
            return  # fine print 6: a path that brought nothing yet is new
        self._latest[source_file] = (version + 1, content_hash)
        lineage = {"source_file": source_file, "source_version": version + 1, "content_hash": content_hash}
        for line, values in found.readings:
            row = {"received_at": None, "quality_code": None, **values}
            self.readings.append({**row, **lineage, "source_line": line, "landed_hour": hour})
        for line, raw, reason, detail in found.dead:
            letter = {"source_line": line, "raw_line": raw, "reason": reason, "detail": detail}
            self.dead_letters.append({**lineage, **letter})

"""Landing by hand: which files count, how they are cut, and what the ledger remembers (fine print 1 to 7)."""

import gzip
from pathlib import Path

import pytest

from .csv_cut import Malformed, cut, physical_lines
from .given import facts, put
from .landing import Bronze, landed_hour
from .settings import Settings, Source

HERE = "raw/2024/03/15/14/"
HEAD = b"meter_id,timestamp,value,unit\n"


def bronze_of(root: Path, files: dict[str, bytes], settings: Settings | None = None) -> Bronze:
    """One run over these files of one hour."""
    for name, content in files.items():
        put(root, HERE + name, content)
    bronze = Bronze(settings)
    bronze.ingest(root)
    return bronze


def letters(bronze: Bronze) -> list[tuple[object, ...]]:
    """Dead letters as (line, reason)."""
    return facts(bronze.dead_letters, "source_line", "reason")


@pytest.mark.parametrize(
    ("path", "counts"),
    [
        ("raw/2024/03/15/14/a.csv", True),
        ("raw/2024/03/15/14/a.csv.gz", True),
        ("raw/2024/02/29/23/a b.json", True),  # a leap day
        ("raw/2023/02/29/23/a.json", False),  # no such day
        ("raw/2024/03/15/24/a.csv", False),  # no such hour
        ("raw/2024/3/15/14/a.csv", False),  # one digit
        ("raw/2024/03/15/14/deep/a.csv", False),  # not directly in the folder
        ("raw/2024/03/15/a.csv", False),
        ("landing/raw/2024/03/15/14/a.csv", False),  # a source path begins with raw/
        ("raw/2024/03/15/14/a.CSV", False),  # upper case
        ("raw/2024/03/15/14/.a.csv", False),
        ("raw/2024/03/15/14/_a.csv", False),
        ("raw/2024/03/15/14/a.jsonl", True),
        ("raw/2024/03/15/14/a.jsonl.gz", False),  # only CSV is zipped
    ],
)
def test_landing_files(path: str, counts: bool) -> None:
    """Fine print 1."""
    assert (landed_hour(path) is not None) == counts


def test_physical_lines() -> None:
    """Fine print 2, 3: blank lines keep their number; a CR before LF is the end, any other CR a character."""
    content = b"\xef\xbb\xbfa\r\n \t\r\n\nb\rc\r\r\nd\r"
    # 1 a | 2 blank | 3 empty | 4 "b CR c CR" (the second CR belongs to the end) | 5 "d CR": no LF ends it
    assert list(physical_lines(content)) == [(1, b"a"), (4, b"b\rc\r"), (5, b"d\r")]


@pytest.mark.parametrize(
    ("text", "fields"),
    [
        ("a,b", ["a", "b"]),
        ("a,", ["a", ""]),
        (",,,", ["", "", "", ""]),
        ('"a,b","c""d",""', ["a,b", 'c"d', ""]),
        ('a"b"c, "d"', ['a"b"c', ' "d"']),  # a quote inside an unquoted field is a character
        ('"a" ,b', None),  # after the closing quote only a comma or the end
        ('"a"\r', None),
        ('"a,b', None),  # an open quote
        ('"a""', None),  # the two quotes are one character, nothing closes the field
    ],
)
def test_cutting(text: str, fields: list[str] | None) -> None:
    """Fine print 4."""
    if fields is None:
        with pytest.raises(Malformed):
            cut(text)
    else:
        assert cut(text) == fields


def test_csv_line_by_line(tmp_path: Path) -> None:
    """Fine print 2 to 4: each bad line is one dead letter, and the next line is read by itself."""
    content = (
        b"\xef\xbb\xbf  \n"  # 1: blank once the BOM is gone
        b'unit,"value" ,note, timestamp\t,meter_id\r\n'  # 2: the header... but a blank follows a closing quote
    )
    assert letters(bronze_of(tmp_path / "a", {"a.csv": content})) == [(0, "HEADER_WITHOUT_COLUMNS")]
    content = (
        b"\xef\xbb\xbf  \n"  # 1
        b'unit,"value",note, timestamp\t,meter_id\r\n'  # 2: any order, blanks around names, another column
        b"kW, 1.5 ,n,t1,m\r\n"  # 3: blanks around a value are kept
        b"\t\r\n"  # 4: not a line
        b'kW,"1\n'  # 5: open quote
        b"kW,1,n,\xff,m\n"  # 6: no UTF-8
        b"kW,1,n,t1\n"  # 7: four fields, not five
        b",,,,\n"  # 8: a reading of empty fields
        b"kW,2,n,t2,m\r"  # 9: the CR is part of meter_id
    )
    bronze = bronze_of(tmp_path / "b", {"a.csv": content})
    assert facts(bronze.readings, "source_line", "meter_id", "read_at", "value", "unit") == [
        (3, "m", "t1", " 1.5 ", "kW"),
        (8, "", "", "", ""),
        (9, "m\r", "t2", "2", "kW"),
    ]
    assert letters(bronze) == [(5, "MALFORMED_CSV"), (6, "UNDECODABLE"), (7, "WRONG_FIELD_COUNT")]
    assert bronze.lines_landed == 6  # 3 readings and 3 dead letters
    assert bronze.dead_letters[0]["raw_line"] == 'kW,"1'
    assert bronze.readings[0]["received_at"] is None  # a column that the file does not have


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"meter_id,timestamp,value\nm,t,1\n", "HEADER_WITHOUT_COLUMNS"),  # no unit
        (b"meter_id,timestamp,value,Unit\nm,t,1,kW\n", "HEADER_WITHOUT_COLUMNS"),  # exact case
        (b"unit," + HEAD + b"kW,m,t,1,kW\n", "HEADER_WITHOUT_COLUMNS"),  # unit twice
        (b'meter_id,timestamp,value,unit,"x\nm,t,1,kW,1\n', "HEADER_WITHOUT_COLUMNS"),  # cannot be cut
        (b"meter_id,timestamp,value,unit,\xff\nm,t,1,kW,1\n", "UNDECODABLE"),
    ],
)
def test_unreadable_csv(tmp_path: Path, content: bytes, reason: str) -> None:
    """Fine print 3, 4: one dead letter with line 0, none of the file's lines anywhere else, one line landed."""
    bronze = bronze_of(tmp_path, {"a.csv": content})
    assert letters(bronze) == [(0, reason)]
    assert bronze.lines_landed == 1


def test_two_columns_nobody_reads(tmp_path: Path) -> None:
    """Fine print 4: other columns are ignored, even twice; received_at and quality_code may be there."""
    content = b"x,x,quality_code,received_at," + HEAD + b"1,2,A,r,m,t,1,kW\n"
    bronze = bronze_of(tmp_path, {"a.csv": content})
    assert facts(bronze.readings, "meter_id", "received_at", "quality_code") == [("m", "r", "A")]


def test_gzip(tmp_path: Path) -> None:
    """Section 1: a broken gzip is unreadable as a whole; one of zero bytes is only empty (fine print 2)."""
    whole = gzip.compress(HEAD + b"m,t,1,kW\n")
    bronze = bronze_of(tmp_path, {"a.csv.gz": whole, "b.csv.gz": whole[:-4], "c.csv.gz": b"", "d.csv.gz": HEAD})
    assert facts(bronze.readings, "source_file", "source_line") == [(HERE + "a.csv.gz", 2)]
    assert facts(bronze.dead_letters, "source_file", "source_line", "reason") == [
        (HERE + "b.csv.gz", 0, "BROKEN_GZIP"),
        (HERE + "d.csv.gz", 0, "BROKEN_GZIP"),
    ]


def test_json(tmp_path: Path) -> None:
    """Fine print 5: the line is the position in the array; numbers keep their text; null and missing are empty."""
    content = b"""\xef\xbb\xbf[{"meter_id": "m", "timestamp": "t", "value": 1.50, "unit": null},
      17,
      {"meter_id": 8, "value": 1E+2, "more": [1]},
      {"value": true}]
    """
    bronze = bronze_of(tmp_path, {"a.json": content, "b.json": b'{"meter_id": "one"}'})
    assert facts(bronze.readings, "source_file", "source_line", "meter_id", "value", "unit") == [
        (HERE + "a.json", 1, "m", "1.50", None),
        (HERE + "a.json", 4, None, "true", None),
        (HERE + "b.json", 1, "one", None, None),
    ]
    assert letters(bronze) == [(2, "MALFORMED_JSON"), (3, "MALFORMED_JSON")]  # no object; a nested value, unmapped
    assert bronze.dead_letters[0]["raw_line"] == "17"


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"17", "MALFORMED_JSON"),
        (b"[] []", "MALFORMED_JSON"),
        (b'[{"value": NaN}]', "MALFORMED_JSON"),
        (b'[{"value": -Infinity}]', "MALFORMED_JSON"),
        (b'[{"value": 01}]', "MALFORMED_JSON"),
        (b'["\xff"]', "UNDECODABLE"),
    ],
)
def test_unreadable_json(tmp_path: Path, content: bytes, reason: str) -> None:
    """Fine print 3, 5."""
    assert letters(bronze_of(tmp_path, {"a.json": content})) == [(0, reason)]


def test_jsonl(tmp_path: Path) -> None:
    """Fine print 5: one object a line, each line by itself."""
    content = b'{"meter_id": "a"}\r\n\n{"meter_id": "b"} {}\n[]\n{"value": Infinity}\n\xff\n{"value": -0.0}'
    bronze = bronze_of(tmp_path, {"a.jsonl": content})
    assert facts(bronze.readings, "source_line", "value") == [(1, None), (7, "-0.0")]
    bad = "MALFORMED_JSON"
    assert letters(bronze) == [(3, bad), (4, bad), (5, bad), (6, "UNDECODABLE")]


def test_files_without_a_line(tmp_path: Path) -> None:
    """Fine print 2: zero bytes, blank lines, header only, [] add nothing."""
    files = {"a.csv": b"", "b.csv": b" \r\n\t", "c.csv": HEAD, "d.json": b" [ ]\n", "e.json": b"", "f.jsonl": b"\n"}
    assert bronze_of(tmp_path, files).lines_landed == 0


def test_sources(tmp_path: Path) -> None:
    """Section 1: a source maps its own columns; what no source claims is the default one."""
    names = {"meter_id": "device", "read_at": "ts", "value": "val", "unit": "uom"}
    settings = Settings(sources=(Source("vendor_*", names),))
    files = {"vendor_1.csv": b"uom,val,ts,device\nkW,1,t,m\n", "1_vendor_.csv": HEAD + b"n,t,1,kW\n"}
    assert facts(bronze_of(tmp_path, files, settings).readings, "meter_id") == [("m",), ("n",)]


def history(root: Path, *runs: dict[str, bytes | None]) -> list[list[tuple[object, ...]]]:
    """What each run adds, as (file, version), when before it files are written (None: deleted)."""
    bronze = Bronze()
    added = []
    for run in runs:
        for name, content in run.items():
            if content is None:
                (root / HERE / name).unlink()
            else:
                put(root, HERE + name, content)
        readings, dead = len(bronze.readings), len(bronze.dead_letters)
        bronze.ingest(root)
        rows = bronze.readings[readings:] + bronze.dead_letters[dead:]
        added.append([(str(name).removeprefix(HERE), n) for name, n in facts(rows, "source_file", "source_version")])
    return added


A, B = HEAD + b"m,t,1,kW\n", HEAD + b"m,t,2,kW\n"


def test_versions(tmp_path: Path) -> None:
    """Section 1: other content is the next version, unchanged adds nothing, and A-B-A are three versions."""
    runs = history(tmp_path, {"a.csv": A}, {}, {"a.csv": B}, {"a.csv": A}, {"a.csv": None}, {"a.csv": A})
    assert runs == [[("a.csv", 1)], [], [("a.csv", 2)], [("a.csv", 3)], [], []]


def test_copies(tmp_path: Path) -> None:
    """Section 1: a new path with known content adds nothing, within a run the smallest path is kept."""
    first = {"b.csv": A, "a.csv": A, "Z.csv": A}  # Z sorts before a by its bytes
    # b.csv brought nothing yet, so its own content B makes it new; then A is its next version though Z has it
    assert history(tmp_path, first, {"b.csv": B}, {"b.csv": A}) == [[("Z.csv", 1)], [("b.csv", 1)], [("b.csv", 2)]]


def test_empty_then_full(tmp_path: Path) -> None:
    """Fine print 2, 6: an empty path brought nothing and is new later; a known path may become empty as a version."""
    runs = history(tmp_path, {"a.csv": b""}, {"a.csv": A}, {"a.csv": b""}, {"a.csv": A})
    assert runs == [[], [("a.csv", 1)], [], [("a.csv", 3)]]  # version 2 had no line


def test_broken_then_repaired(tmp_path: Path) -> None:
    """An unreadable file brought a dead letter, so what repairs it is version 2."""
    assert history(tmp_path, {"a.csv": b"x\n"}, {"a.csv": A}) == [[("a.csv", 1)], [("a.csv", 2)]]

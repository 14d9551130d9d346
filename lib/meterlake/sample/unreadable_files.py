"""Injections into files: lines and whole files that cannot be cut, files that bring nothing, a file under two names."""

from meterlake.sample.feed import Feed, Line
from meterlake.sample.landing import HEADER, Landing
from meterlake.sample.truth import Truth

HEADER_LINE = (",".join(HEADER) + "\n").encode()
HANDHELD_LINES = {
    "WRONG_FIELD_COUNT": (b"MTR-10007,2021-11-18T11:00", b"MTR-10007,2021-11-18T12:00:00Z,1.25,kW,0,ok"),
    "UNDECODABLE": (b"MTR-10007,2021-11-18T13:00:00Z,1\xff\xfe.5,kW",),
    "MALFORMED_CSV": (b'MTR-10007,"2021-11-18T14:00:00Z,1.5,kW', b'"MTR-10007"x,2021-11-18T15:00:00Z,1.5,kW'),
}
TABLET_LINES = (
    b'{"meter_id": "MTR-10007", "timestamp": "2021-11-19T1',
    b"[1.5]",
    b'{"meter_id": {"id": 7}, "value": 1}',
)


def moved(feeds: list[Feed], minute: int, file: str) -> list[Line]:
    """The lines of one interval, which another file than the head-end's usual brings."""
    lines = [feed.lines[minute // feed.interval] for feed in feeds]
    for line in lines:
        line.file = file
    return lines


def useless_lines(landing: Landing, truth: Truth, feeds: list[Feed], minute: int) -> None:
    """A handheld's CSV and a tablet's JSON lines bring readings, and lines that cannot be cut."""
    handheld, tablet = moved(feeds[:3], minute, "handheld_0042.csv"), moved(feeds[3:], minute, "tablet_0007.jsonl")
    place = (handheld[0].landed, handheld[0].file)
    landing.useless_lines[place] = [line for lines in HANDHELD_LINES.values() for line in lines]
    for reason, lines in HANDHELD_LINES.items():
        truth.file(reason, landing.path(place), len(lines))
    place = (tablet[0].landed, tablet[0].file)
    landing.useless_lines[place] = list(TABLET_LINES)
    truth.file("MALFORMED_JSON", landing.path(place), len(TABLET_LINES))


def broken_gzip(landing: Landing, truth: Truth, feeds: list[Feed], minute: int) -> None:
    """A gzip cut off on its way, which comes whole an hour later."""
    lines = moved(feeds, minute, "concentrator_0042.csv.gz")
    place = (lines[0].landed, lines[0].file)
    whole = landing.content(lines[0].file, lines)
    landing.whole_files[place] = whole[: 2 * len(whole) // 3]
    truth.file("BROKEN_GZIP", landing.path(place))
    for line in lines:
        line.landed += 1


def unreadable_files(landing: Landing, truth: Truth, hour: int) -> None:
    """One file for each way of not being readable as a whole."""
    contents = {
        ("HEADER_WITHOUT_COLUMNS", "export_excel.csv"): b"Meter;Zeit;Wert;Einheit\nMTR-10008;18.11.2021 11:00;1,5;kW\n",
        ("MALFORMED_JSON", "export_cut_off.json"): b'[{"meter_id": "MTR-10008", "timestamp": "2021-11-18T11:00:00Z"',
        ("UNDECODABLE", "export_latin1.json"): '[{"meter_id": "Zähler 8"}]'.encode("latin-1"),
    }
    for (reason, name), data in contents.items():
        landing.whole_files[hour, name] = data
        truth.file(reason, landing.path((hour, name)))


def empty_files(landing: Landing, truth: Truth, hour: int) -> None:
    """Files without a line: no bytes, a header alone, an empty array."""
    for name, data in {"nothing.csv": b"", "header_only.csv": HEADER_LINE, "no_readings.json": b"[]\n"}.items():
        landing.whole_files[hour, name] = data
        truth.file("file_empty", landing.path((hour, name)))


def copied_file(landing: Landing, truth: Truth, files: dict[str, bytes], hour: int) -> None:
    """The first plain CSV from an hour on, delivered once more under another name two hours later."""
    while (original := landing.path((hour, f"amr_{landing.period.instant(60 * hour):%Y%m%d%H}.csv"))) not in files:
        hour += 1
    copy = landing.path((hour + 2, "amr_copy.csv"))
    files[copy] = files[original]
    truth.file("file_copy", copy)

"""Days of stamps, for a column at once."""

from datetime import date

import pyarrow as pa

from meterlake.bronze.usual_days import usual_days


def test_the_day_of_a_usual_stamp_and_nothing_of_any_other() -> None:
    given = [
        ("2024-03-15T14:00:00Z", date(2024, 3, 15)),
        ("2024-02-29T23:59:59Z", date(2024, 2, 29)),
        ("2024-03-15T25:00:00Z", date(2024, 3, 15)),  # no such hour: a rough day is enough, silver judges the time
        ("2023-02-29T00:00:00Z", None),
        ("0000-01-01T00:00:00Z", None),
        ("2024-03-15T14:00:00+01:00", None),
        ("2024-03-15 14:00", None),
        ("2024-03-15T14:00:00Z\n", None),
        (" 2024-03-15T14:00:00Z", None),
        ("2024-03-15T14:00:00.5Z", None),
        ("", None),
        (None, None),
        ("2024-03-15T14:00:00Z", date(2024, 3, 15)),
    ]
    stamps = [stamp for stamp, _ in given]
    column = pa.chunked_array([stamps[:4], stamps[4:]], pa.string())
    assert usual_days(column).to_pylist() == [day for _, day in given]


def test_a_file_without_readings() -> None:
    assert usual_days(pa.chunked_array([], pa.string())).to_pylist() == []

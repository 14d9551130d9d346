"""Which meters are judged anew where the registry or a vacancy has changed: theirs, and their neighbourhoods."""

import pytest
from pyspark.sql import DataFrame, SparkSession

from meterlake.silver.meters import with_reference
from meterlake.silver.reference import changed_neighbourhoods
from tests.cases import Case, frame

Meters = dict[str, tuple[str | None, str]]
# Meter: neighbourhood and fingerprint.
JUDGED: Meters = {
    "a1": ("A", "1"),
    "a2": ("A", "1"),
    "b1": ("B", "1"),
    "b2": ("B", "1"),
    "n1": (None, "1"),
    "n2": (None, "1"),
}


def registry(spark: SparkSession, meters: Meters) -> DataFrame:
    rows = [{"meter_id": name, "neighbourhood_id": of, "reference": text} for name, (of, text) in meters.items()]
    return frame(spark, rows)


@pytest.mark.parametrize(
    ("now", "meter_id", "expected"),
    [
        (JUDGED, None, ""),
        (JUDGED | {"a1": ("A", "2")}, None, "a1 a2"),
        (JUDGED | {"a1": ("B", "2")}, None, "a1 a2 b1 b2"),
        (JUDGED | {"a1": (None, "2")}, None, "a1 a2"),
        (JUDGED | {"n1": (None, "2")}, None, "n1"),
        (JUDGED | {"n1": ("B", "2")}, None, "b1 b2 n1"),
        (JUDGED | {"a3": ("A", "1")}, None, "a1 a2 a3"),
        (JUDGED | {"c1": ("C", "1")}, None, "c1"),
        ({name: row for name, row in JUDGED.items() if name != "b1"}, None, "b1 b2"),
        (JUDGED, "b2", "b1 b2"),
        (JUDGED, "n2", "n2"),
        (JUDGED | {"a1": ("A", "2")}, "n2", "a1 a2 n2"),
        (JUDGED, "unknown", ""),
        ({}, None, "a1 a2 b1 b2 n1 n2"),
    ],
)
def test_meters_to_judge_anew(spark: SparkSession, now: Meters, meter_id: str | None, expected: str) -> None:
    given = registry(spark, now | {"": (None, "")}).where("meter_id <> ''")
    found = changed_neighbourhoods(given, registry(spark, JUDGED), meter_id)
    assert sorted(row["meter_id"] for row in found.collect()) == expected.split()


def test_the_fingerprint_is_of_the_row_and_its_vacancies_in_any_order(spark: SparkSession) -> None:
    def fingerprint(meter: Case, *vacancies: Case) -> str:
        common = {"meter_id": "A", "meter_key": 1, "neighbourhood_key": 2, "active_from": None, "active_to": None}
        elsewhere = {"meter_id": "B", "from": "2026-03-01", "to": None}
        vacant = frame(spark, [elsewhere, *vacancies], meter_id="A")
        (row,) = with_reference(frame(spark, [meter], max_kw="5", **common), vacant).collect()
        return row["reference"]

    first, second = {"from": "2026-03-01", "to": "2026-03-02"}, {"from": "2026-03-05", "to": None}
    plain = fingerprint({})
    assert fingerprint({"meter_key": 7, "neighbourhood_key": 8}) == plain  # keys hold within one load
    assert fingerprint({}, first, second) == fingerprint({}, second, first)
    others = [
        fingerprint({"max_kw": "6"}),
        fingerprint({"active_to": "2026-03-01"}),
        fingerprint({"active_to": "2026-03-01T00:00:00.000001"}),
        fingerprint({}, first),
        fingerprint({}, second),
        fingerprint({}, first, second),
    ]
    assert len({plain, *others}) == 1 + len(others)

"""V11 and V12: a rise of more than 500 %, a fall of more than 90 %, against a reading of at most 4 h before."""

from itertools import count

from pyspark.sql import SparkSession

from meterlake.config import Config
from meterlake.silver.previous import with_previous
from meterlake.silver.rate_of_change import with_rates
from meterlake.silver.runs import with_run_values
from tests.cases import Case, at, frame, wrong

meters = count()
MIDNIGHT, HOUR = at("2026-03-10T00:00"), 3_600_000_000


def pair(name: str, first: str, second: str, warning: str = "", hours: float = 1, min_kw: str = "0") -> list[Case]:
    """A meter's first reading and its next one."""
    expected = {"expected_is_spike": warning == "V11", "expected_is_drop": warning == "V12"}
    none = {"expected_is_spike": False, "expected_is_drop": False}
    common = {"case": name, "meter_key": next(meters), "min_kw": min_kw}
    return [
        common | none | {"read_us": MIDNIGHT, "kw": first},
        common | expected | {"read_us": MIDNIGHT + int(hours * HOUR), "kw": second},
    ]


def test_spikes_and_drops(spark: SparkSession, config: Config) -> None:
    cases = [
        *pair("six times", "1", "6"),
        *pair("more than six times", "1", "6.000001", "V11"),
        *pair("from zero, to six times the floor", "0", "0.6"),
        *pair("from zero, to more", "0", "0.600001", "V11"),
        *pair("a tenth", "1", "0.1"),
        *pair("less than a tenth", "1", "0.099999", "V12"),
        *pair("to zero", "0.1", "0", "V12"),
        *pair("to zero from below the floor", "0.099999", "0"),
        *pair("a spike 4 h later", "1", "9", "V11", hours=4),
        *pair("a spike more than 4 h later", "1", "9", hours=4.25),
        *pair("a meter that exports", "1", "9", min_kw="-0.000001"),
        *pair("a fall of a meter that exports", "1", "0", min_kw="-5"),
    ]
    given = frame(
        spark,
        cases,
        neighbourhood_key=0,
        is_accepted=True,
        is_standing=True,
        max_kw="20",
        vacancies=[],
        received_us=1,
        received_nanos=0,
        source_file="raw/a.csv",
        source_version=1,
        source_line=2,
    )
    assert wrong(with_rates(with_previous(with_run_values(given)), config.rate_of_change), "is_spike", "is_drop") == []


def test_the_previous_reading_is_the_last_accepted_one_of_the_meter(spark: SparkSession, config: Config) -> None:
    def reading(hour: int, kw: str, accepted: bool, previous: tuple[int, str] | None, spike: bool = False) -> Case:
        return {
            "case": f"hour {hour}, line {kw}",
            "read_us": MIDNIGHT + hour * HOUR,
            "kw": kw,
            "is_accepted": accepted,
            "expected_previous_us": previous and MIDNIGHT + previous[0] * HOUR,
            "expected_previous_kw": previous and previous[1],
            "expected_is_spike": spike,
            "received_us": int(float(kw) * 10),
        }

    cases = [
        reading(0, "1", True, None),
        reading(1, "25", False, (0, "1")),
        reading(2, "7", True, (0, "1"), spike=True),
        reading(3, "6", False, (2, "7")),
        reading(3, "8", True, (2, "7")),
        reading(8, "9", True, (3, "8")),
    ]
    given = frame(
        spark,
        cases,
        neighbourhood_key=0,
        meter_key=0,
        is_standing=True,
        min_kw="0",
        max_kw="20",
        vacancies=[],
        received_nanos=0,
        source_file="raw/a.csv",
        source_version=1,
        source_line=2,
    )
    rows = with_rates(with_previous(with_run_values(given)), config.rate_of_change)
    assert wrong(rows, "previous_us", "previous_kw", "is_spike") == []

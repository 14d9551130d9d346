"""Numbers as text: which are numbers, and that they are exact."""

from pyspark.sql import SparkSession
from pyspark.sql import functions as F

from meterlake.silver.numbers import number
from tests.cases import frame, wrong

NUMBERS = {
    "0": "0",
    "-0": "0",
    "7": "7",
    "+7": "7",
    "-7": "-7",
    "007": "7",
    ".5": "0.5",
    "5.": "5",
    "-.5": "-0.5",
    "1.250": "1.25",
    "1e3": "1000",
    "1E3": "1000",
    "1e+3": "1000",
    "1e-3": "0.001",
    "1.5e1": "15",
    "-2.5E-1": "-0.25",
    "0.000001e6": "1",
    "123456789012345e-3": "123456789012.345",
    "1e0000000000000000000002": "100",
    "999999999999": "999999999999",
    "999999999999.999999999999999999": "999999999999.999999999999999999",
    "0000000000000000000012.5": "12.5",
    "0e999999999999": "0",
}
CUT = {
    "1.9999999999999999999": "1.999999999999999999",
    "0.0000000000000000019": "0.000000000000000001",
    "1e-19": "0",
    "9e-999999999999": "0",
    "-1.99999999999999999999e0": "-1.999999999999999999",
}
NO_NUMBERS = [
    "",
    ".",
    "-",
    "+",
    "e5",
    ".e5",
    "1e",
    "1e+",
    "1.5.2",
    "--1",
    "1-",
    "1 0",
    "1_000",
    "1,5",
    "1.000,5",
    "0x1F",
    "1f",
    "1d",
    "NaN",
    "Infinity",
    "-inf",
    "∞",
    "½",
    "١",
    "１",
    "1\n",
    "1e1.5",
    "one",
    "0" * 50_000 + "x",  # no longer to refuse than to read
    "1e" + "0" * 50_000 + "x",
]
TOO_LARGE = ["1000000000000", "-1000000000000", "1e12", "1e999999999999", "0.1e13", "99999999999999999999999999999999"]


def test_a_number_is_exact_a_nineteenth_decimal_is_cut_and_all_else_is_none(spark: SparkSession) -> None:
    expected = NUMBERS | CUT | dict.fromkeys([*NO_NUMBERS, *TOO_LARGE])
    cases = [{"case": repr(text), "text": text, "expected_value": value} for text, value in expected.items()]
    assert wrong(frame(spark, cases).select("*", number(F.col("text")).alias("value")), "value") == []

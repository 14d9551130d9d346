"""Gold makes the days anew that silver has changed, also those before the day of the reading that changed them."""

from collections.abc import Callable
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path

import pytest
from pyspark.sql import SparkSession
from pyspark.sql import functions as F

from meterlake import tables
from meterlake.bronze import pipeline as bronze
from meterlake.config import Config
from meterlake.errors import ConfigError
from meterlake.gold import pipeline as gold
from meterlake.silver import pipeline as silver
from meterlake.silver.request import Request
from meterlake.storage import Warehouse
from tests.comparison import content_of, differences
from tests.small import hours, versions, write_file, write_registry

GOLD = ["gold.hourly_load", "gold.peak_exclusions", "gold.peak_periods", "gold.daily_consumption", "gold.daily_quality"]
TWENTY_THREE = datetime.fromisoformat("2024-03-14T23:00+00:00")


def run_all(spark: SparkSession, config: Config) -> None:
    bronze.run(spark, config)
    silver.run(spark, config)
    gold.run(spark, config)


def test_silver_of_other_settings_is_refused(spark: SparkSession, make_config: Callable[..., Config]) -> None:
    """Its days are those of another zone; the settings of peaks are gold's own."""
    config = make_config()
    write_registry(config)
    write_file(config, "2024/03/14/23", hours("MTR-1", "2024-03-14T00:00", 23))
    run_all(spark, config)
    with pytest.raises(ConfigError, match=r"silver was made with other settings .* run build_silver --rebuild"):
        gold.run(spark, make_config("time_zone=Europe/Berlin"), rebuild=True)
    gold.run(spark, make_config("peaks.ranks=1"), rebuild=True)
    assert len(content_of(config.storage.warehouse, ["gold.peak_periods"])["gold.peak_periods"]) == 1


def test_a_fill_on_the_day_before_reaches_gold(spark: SparkSession, config: Config) -> None:
    """A hole across midnight closes, and the reading that closed it is corrected. 22:00 of the day before has
    1 + 22 % 5 / 10 = 1.2 kW; half way to midnight's value lies what fills 23:00."""
    write_registry(config)
    write_file(config, "2024/03/14/23", hours("MTR-1", "2024-03-14T00:00", 23))
    run_all(spark, config)
    warehouse = Warehouse(spark, config)
    for number, (kw, filled_kwh) in enumerate((("1.4", "1.300000"), ("1.6", "1.400000"))):
        write_file(config, f"2024/03/15/{number:02}", [("MTR-1", "2024-03-15T00:00:00Z", kw)])
        run_all(spark, config)
        loads = warehouse.read(tables.gold.HOURLY_LOAD).where(F.col("hour") == F.lit(TWENTY_THREE))
        assert [row["energy_kwh"] for row in loads.collect()] == [Decimal(filled_kwh)]
    days = warehouse.read(tables.gold.DAILY_CONSUMPTION).where(F.col("local_date") == F.lit(date(2024, 3, 14)))
    assert [row["share_interpolated"] for row in days.collect()] == [pytest.approx(1 / 24)]
    found = content_of(config.storage.warehouse, GOLD)
    silver.run(spark, config, Request(rebuild=True))
    gold.run(spark, config, rebuild=True)
    rebuilt = content_of(config.storage.warehouse, GOLD)
    assert [text for name in GOLD for text in differences(name, found[name], rebuilt[name])] == []


def test_changed_surroundings_alone_change_the_peaks_and_nothing_else(
    spark: SparkSession, make_config: Callable[..., Config]
) -> None:
    """04:00, 09:00 and 14:00 have the highest loads; the first is left out for heat, then for maintenance, then in."""
    config = make_config("peaks.weather_region=north")
    write_registry(config)
    write_file(config, "2024/03/14/23", hours("MTR-1", "2024-03-14T00:00", 23))
    weather, maintenance = (Path(config.storage.reference, f"{name}.csv") for name in ("weather", "grid_maintenance"))
    windows = "from,to,region\n"
    maintenance.write_text(windows)
    steps = [
        (weather, "region,hour,temperature_c\nnorth,2024-03-14T04:00Z,35\n", [4, 9, 14], []),
        (weather, "region,hour,temperature_c\nnorth,2024-03-14T04:00Z,35.1\n", [9, 14, 19], ["extreme_heat"]),
        (weather, "region,hour,temperature_c\n", [4, 9, 14], []),
        (maintenance, f"{windows}2024-03-14T04:30Z,2024-03-14T04:45Z,\n", [9, 14, 19], ["grid_maintenance"]),
    ]
    for file, text, peaks, reasons in steps:
        file.write_text(text)
        run_all(spark, config)
        found = content_of(config.storage.warehouse, GOLD)
        assert sorted(row["hour"].hour for row in found["gold.peak_periods"]) == peaks
        left_out = [(row["hour"].hour, row["reason"]) for row in found["gold.peak_exclusions"]]
        assert left_out == [(4, reason) for reason in reasons]
    assert [versions(config)[name] for name in GOLD] == [0, 3, 3, 0, 0]

"""A reader who looks at finished runs sees tables that belong together, whatever a run that died has left."""

import pytest
from pyspark.sql import SparkSession

from meterlake.config import Config
from meterlake.explore import Warehouse as Explored
from meterlake.operations import runs
from meterlake.storage import Warehouse
from meterlake.tables import Table
from meterlake.tables.bronze import DEAD_LETTERS
from meterlake.tables.gold import HOURLY_LOAD
from meterlake.tables.silver import FLAGGED_DAYS, GAPS


class Story:
    """Runs of the jobs, told by hand."""

    def __init__(self, spark: SparkSession, config: Config) -> None:
        self.spark, self.config, self.warehouse = spark, config, Warehouse(spark, config)

    def writes(self, *tables: Table) -> None:
        """A row more, which says nothing."""
        for table in tables:
            row = tuple(None for _ in table.column_names)
            self.warehouse.append(self.spark.createDataFrame([row], table.schema), table, "a run")

    def begins(self, job: str, *read: Table) -> runs.Run:
        this = runs.History(self.warehouse).begin(job, read, "settings")
        runs.announce(self.spark, self.warehouse, this, [])
        return this

    def finishes(self, this: runs.Run, *written: Table) -> None:
        runs.finish(self.spark, self.warehouse, this, written)

    def rows_seen(self, *tables: Table) -> list[int]:
        """By a reader that opens the warehouse now."""
        explored = Explored(self.config)
        return [len(explored.read(table.full_name)) for table in tables]


@pytest.fixture
def story(spark: SparkSession, config: Config) -> Story:
    return Story(spark, config)


def test_what_a_run_writes_is_seen_once_it_has_finished(story: Story) -> None:
    first = story.begins("build_silver")
    story.writes(FLAGGED_DAYS)
    story.finishes(first, FLAGGED_DAYS)
    second = story.begins("build_silver")
    story.writes(FLAGGED_DAYS)
    assert story.rows_seen(FLAGGED_DAYS) == [1]
    story.finishes(second, FLAGGED_DAYS)
    assert story.rows_seen(FLAGGED_DAYS) == [2]


def test_no_layer_is_ahead_of_another(story: Story) -> None:
    """Gold has read flagged_days; the gaps that silver wrote with them, and the bronze below, belong to it as well."""
    all_layers = (DEAD_LETTERS, FLAGGED_DAYS, GAPS, HOURLY_LOAD)

    def silver() -> None:
        story.writes(DEAD_LETTERS)
        this = story.begins("build_silver", DEAD_LETTERS)
        story.writes(FLAGGED_DAYS, GAPS)
        story.finishes(this, FLAGGED_DAYS, GAPS)

    silver()
    story.writes(DEAD_LETTERS)
    assert story.rows_seen(DEAD_LETTERS, FLAGGED_DAYS, GAPS) == [1, 1, 1]
    first = story.begins("build_gold", FLAGGED_DAYS)
    silver()
    story.writes(HOURLY_LOAD)
    story.finishes(first, HOURLY_LOAD)
    assert story.rows_seen(*all_layers) == [1, 1, 1, 1]
    second = story.begins("build_gold", FLAGGED_DAYS)
    story.writes(HOURLY_LOAD)
    assert story.rows_seen(*all_layers) == [1, 1, 1, 1]
    story.finishes(second, HOURLY_LOAD)
    assert story.rows_seen(*all_layers) == [3, 2, 2, 2]

"""The reference tables as the next run would have them."""

from dataclasses import dataclass

from pyspark.sql import DataFrame, SparkSession

from meterlake.bronze.reference import read, tag_of
from meterlake.config import Config
from meterlake.errors import ReferenceDataError
from meterlake.plan.model import Reference
from meterlake.storage import Warehouse
from meterlake.tables import Table


@dataclass(frozen=True)
class Loaded:
    """What would be replaced, and each table as it would be then."""

    reference: Reference
    tables: dict[Table, DataFrame]


def loaded(spark: SparkSession, config: Config, warehouse: Warehouse) -> Loaded:
    """Reads the files as a run does. One that cannot be used would stop the run: then it says why."""
    try:
        found = [(reference.table, rows) for reference, rows in read(spark, config)]
    except ReferenceDataError as error:
        return Loaded(Reference({}, str(error)), {})
    replaced = {table: rows for table, rows in found if warehouse.last_tag(table) != tag_of(rows, config)}
    frames = {
        table: spark.createDataFrame(rows, table.schema) if table in replaced else warehouse.read(table)
        for table, rows in found
    }
    return Loaded(Reference({table.full_name: len(rows) for table, rows in replaced.items()}), frames)

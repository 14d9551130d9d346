"""What differs between the rows made now and those stored, so that only that is written."""

from pyspark.sql import Column, DataFrame
from pyspark.sql import functions as F
from pyspark.sql.types import MapType

from meterlake.tables import Table

INSERT, UPDATE, DELETE = "I", "U", "D"
CHANGE = "_change"
# Which run wrote a row is no content.
NO_CONTENT = ("run_id",)


def differences(made: DataFrame, stored: DataFrame, table: Table) -> DataFrame:
    """The rows to write, with a column _change: I (new), U (other content), D (no longer made: the stored row).

    Both have the table's columns, a row a key; keys are compared null-safe.
    """
    new, old = _packed(made, table, "new"), _packed(stored, table, "old")
    same_key = [F.col(f"new_{name}").eqNullSafe(F.col(f"old_{name}")) for name in table.key]
    condition = same_key[0]
    for more in same_key[1:]:
        condition = condition & more
    joined = new.join(old.hint("shuffle_hash"), condition, "full")
    change = (
        F.when(F.col("old").isNull(), INSERT)
        .when(F.col("new").isNull(), DELETE)
        .when(~_content("new", table).eqNullSafe(_content("old", table)), UPDATE)
    )
    found = joined.select("new", "old", change.alias(CHANGE)).where(F.col(CHANGE).isNotNull())
    return found.select(F.coalesce("new", "old").alias("_row"), CHANGE).select("_row.*", CHANGE)


def _packed(rows: DataFrame, table: Table, side: str) -> DataFrame:
    keys = [F.col(name).alias(f"{side}_{name}") for name in table.key]
    return rows.select(*keys, F.struct(*table.column_names).alias(side))


def _content(side: str, table: Table) -> Column:
    """All that a row says; a map as its sorted entries, since Spark compares no maps."""
    columns = []
    for field in table.schema:
        if field.name in NO_CONTENT:
            continue
        value = F.col(f"{side}.{field.name}")
        columns.append(F.sort_array(F.map_entries(value)) if isinstance(field.dataType, MapType) else value)
    return F.struct(*columns)

"""Every table: where it lies, its columns with units, its key, its partitions. Names are those of the rules."""

from meterlake.tables import bronze, gold, ops, silver
from meterlake.tables.table import Table

ALL: tuple[Table, ...] = tuple(
    value for layer in (bronze, silver, gold, ops) for value in vars(layer).values() if isinstance(value, Table)
)
BY_NAME: dict[str, Table] = {table.full_name: table for table in ALL}

__all__ = ["ALL", "BY_NAME", "Table", "bronze", "gold", "ops", "silver"]

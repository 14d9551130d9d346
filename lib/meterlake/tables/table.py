"""What a table is, and the column types that all of them use."""

from __future__ import annotations

from dataclasses import dataclass

from pyspark.sql.types import (
    ArrayType,
    BooleanType,
    DataType,
    DateType,
    DecimalType,
    DoubleType,
    IntegerType,
    LongType,
    MapType,
    StringType,
    StructField,
    StructType,
    TimestampType,
)

TEXT, TIME, DATE, FLAG = StringType(), TimestampType(), DateType(), BooleanType()
INT, LONG, DOUBLE = IntegerType(), LongType(), DoubleType()
KW, SUM = DecimalType(18, 6), DecimalType(28, 6)
TEXTS, COUNTS = ArrayType(StringType()), MapType(StringType(), LongType())
DAYS = ArrayType(DateType())

Column = tuple[str, DataType, str]


@dataclass(frozen=True)
class Table:
    """A table of the warehouse: ``layer.name`` with its columns, the key its rows are known by, and its partitions.

    ``searched_by`` names the columns whose least and greatest value Delta notes of each file, beside the partitions;
    none: of the first 32, which for a wide table took a twentieth of a rebuild (2026-11-22).
    """

    layer: str
    name: str
    columns: tuple[Column, ...]
    key: tuple[str, ...]
    partitions: tuple[str, ...] = ()
    searched_by: tuple[str, ...] = ()

    @property
    def full_name(self) -> str:
        return f"{self.layer}.{self.name}"

    @property
    def column_names(self) -> list[str]:
        return [name for name, _, _ in self.columns]

    @property
    def schema(self) -> StructType:
        return StructType([StructField(name, kind, True, {"comment": text}) for name, kind, text in self.columns])


SOURCE: tuple[Column, ...] = (
    ("source_file", TEXT, "path below the landing root, begins with raw/"),
    ("source_version", INT, "1, 2, 3 … as the path's content changed"),
    ("source_line", LONG, "physical line, or position in a JSON array; from 1"),
)

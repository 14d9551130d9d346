"""Tables, compared with the stored ones as soon as each is known, beside the work on the others."""

from concurrent.futures import Future
from datetime import date

from pyspark.sql import DataFrame

from meterlake.beside import Start
from meterlake.differences import DELETE, INSERT, UPDATE
from meterlake.storage import Changes, Warehouse
from meterlake.tables import Table


def told(changes: dict[str, int]) -> dict[str, object]:
    """Rows changed by kind, as a step's note."""
    names = {INSERT: "inserted", UPDATE: "updated", DELETE: "deleted"}
    return {names[kind]: count for kind, count in sorted(changes.items())} or {"unchanged": True}


class Compared:
    """What differs, by table. To compare changes nothing: tables are written in their order, when all are known."""

    def __init__(self, warehouse: Warehouse, start: Start) -> None:
        self._warehouse, self._start = warehouse, start
        self._found: dict[Table, Future[Changes]] = {}

    def add(self, table: Table, made: DataFrame, replaced: DataFrame) -> None:
        """Begins to compare the rows made with the stored ones that they replace."""
        self._found[table] = self._start(self._warehouse.compare, made, replaced, table)

    def changes(self, table: Table) -> Changes:
        """Waits for what differs."""
        return self._found[table].result()

    def days(self, *tables: Table) -> set[date]:
        """Waits for what differs in tables by local day, and gives the days."""
        return {day for table in tables for day in self.changes(table).parts if day is not None}

"""How much lies in a table, or in the partitions of some days: rows counted, bytes of the files that hold them."""

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import date

from meterlake.data_files import DataFile, Listing
from meterlake.plan.model import Amount
from meterlake.silver.day_sets import is_in
from meterlake.storage import Warehouse
from meterlake.storage_upkeep import Upkeep
from meterlake.tables import Table


@dataclass
class Sizes:
    """Of the tables that were listed."""

    warehouse: Warehouse
    upkeep: Upkeep
    listing: Listing
    _files: dict[Table, list[DataFile]] = field(default_factory=dict)

    def days(self, table: Table) -> set[date]:
        """The days of the table's partitions."""
        return {day for file in self._of(table) if (day := file.day(table.partitions[0])) is not None}

    def all_of(self, table: Table) -> Amount:
        return replace(self._files_of(table, lambda file: True), rows=self.warehouse.read(table).count())

    def of_days(self, table: Table, days: set[date]) -> Amount:
        column = table.partitions[0]
        rows = self.warehouse.read(table).where(is_in(column, days)).count() if days else 0
        return replace(self._files_of(table, lambda file: file.day(column) in days), rows=rows)

    def _files_of(self, table: Table, is_meant: Callable[[DataFile], bool]) -> Amount:
        sizes = [file.bytes for file in self._of(table) if is_meant(file)]
        return Amount(files=len(sizes), bytes=sum(sizes))

    def _of(self, table: Table) -> list[DataFile]:
        if table not in self._files:
            self._files[table] = self.upkeep.files(table, self.listing)
        return self._files[table]

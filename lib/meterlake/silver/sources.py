"""Which source a reading came from, by the name of its file: the first whose glob fits, else the default source."""

from collections.abc import Callable, Mapping

from pyspark.sql import Column
from pyspark.sql import functions as F

from meterlake.config import SourceConfig


def per_source(sources: Mapping[str, SourceConfig], what: Callable[[SourceConfig | None], Column]) -> Column:
    """``what`` of the row's source; None stands for the default source."""
    file_name = F.substring_index("source_file", "/", -1)
    result: Column | None = None
    for source in sources.values():
        fits = file_name.rlike(rf"(?s)\A{source.file_pattern}\z")
        result = F.when(fits, what(source)) if result is None else result.when(fits, what(source))
    return what(None) if result is None else result.otherwise(what(None))

"""An independent reference implementation of the rules in plain Python, which property tests hold against Spark.

It is written from the rules alone, row by row and without regard for speed. Internally a time is an int of
nanoseconds since 1970-01-01T00:00Z and a stored quantity an int of millionths (of a kW, a kWh, an hour ...), so that
nothing is ever rounded but where a rule rounds it.
"""

from .landing import Bronze
from .reference import ReferenceError
from .settings import Settings, Source
from .tables import compute

__all__ = ["Bronze", "ReferenceError", "Settings", "Source", "compute"]

"""What a person asks of a run beyond what is new: everything, some days, or one meter."""

import argparse
from dataclasses import dataclass
from datetime import date

from meterlake.errors import ConfigError


@dataclass(frozen=True)
class Request:
    """--rebuild, --from and --to (local days, both inclusive), --meter; nothing asked is what is new."""

    rebuild: bool = False
    first_day: date | None = None
    last_day: date | None = None
    meter_id: str | None = None

    @property
    def asks_for_more(self) -> bool:
        return self.rebuild or self.first_day is not None or self.meter_id is not None

    def days(self) -> set[date]:
        """The days asked for."""
        if self.first_day is None or self.last_day is None:
            return set()
        numbers = range(self.first_day.toordinal(), self.last_day.toordinal() + 1)
        return set(map(date.fromordinal, numbers))

    @staticmethod
    def of(args: argparse.Namespace) -> "Request":
        """Raises ConfigError where only one end of the days is given, or they are the wrong way round."""
        if (args.first_day is None) != (args.last_day is None):
            raise ConfigError("--from and --to belong together", "the command line", "give both, or neither")
        if args.first_day is not None and args.first_day > args.last_day:
            raise ConfigError(f"--from {args.first_day} is after --to {args.last_day}", "the command line", "swap them")
        return Request(args.rebuild, args.first_day, args.last_day, args.meter)


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--rebuild", action="store_true", help="make all tables anew, from everything")
    parser.add_argument("--from", dest="first_day", type=date.fromisoformat, help="judge again from this local day on")
    parser.add_argument("--to", dest="last_day", type=date.fromisoformat, help="up to and with this local day")
    parser.add_argument("--meter", help="judge all of this meter and its neighbourhood again")

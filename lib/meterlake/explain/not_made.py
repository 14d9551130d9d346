"""Which checks were not made of a reading, and for want of what. A check whose input is missing is not made."""

from meterlake.config import Config
from meterlake.explain.model import Judged
from meterlake.grid import HOUR_US

ARRIVAL = ("V06", "V07", "V14")
OF_TIME = ("V06", "V07", "V08", "V14")
OF_REGISTRY = ("V07", "V08", "V09", "V10")
OF_KW = ("V09", "V10")
RATES = ("V11", "V12")


def checks_not_made(reading: Judged, config: Config) -> dict[str, tuple[str, ...]]:
    """Rule ids by what was missing; a rule stands where its first obstacle is."""
    rate = config.rate_of_change
    previous_us = reading.previous_us
    far = previous_us is None or _us(reading) - previous_us > int(rate.previous_within_hours * HOUR_US)
    obstacles = {
        "arrival is not checked": ARRIVAL if not config.validation.check_arrival else (),
        "unknown meter": OF_REGISTRY if reading.meter_key is None else (),
        "no time": OF_TIME if reading.read_us is None else (),
        "no kW": OF_KW if reading.kw is None else (),
        "not accepted": RATES if not reading.is_accepted else (),
        "export meter": RATES if reading.min_kw is not None and reading.min_kw < 0 else (),
        f"no accepted reading in the {rate.previous_within_hours} h before": RATES if far else (),
    }
    seen: set[str] = set()
    result = {}
    for obstacle, rules in obstacles.items():
        if new := tuple(rule for rule in rules if rule not in seen):
            result[obstacle] = new
            seen |= set(new)
    return result


def _us(reading: Judged) -> int:
    return reading.read_us if reading.read_us is not None else reading.received_us

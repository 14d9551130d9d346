"""What each rule says about a reading, in words with its numbers. All sentences stand here."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from meterlake.config import Config
from meterlake.explain.model import Episode, Judged
from meterlake.explain.times import Clock, length
from meterlake.grid import MINUTE_US
from meterlake.rule_names import NAMES

_NUMBER = re.compile(r"[+-]?(\d+(\.\d*)?|\.\d+)([eE][+-]?\d+)?", re.ASCII)
_LOCAL_STAMP = re.compile(r"\d{4}-\d\d-\d\d[T ]\d\d:\d\d(:\d\d(\.\d{1,9})?)?", re.ASCII)
_BLANKS = " \t"


@dataclass(frozen=True)
class Said:
    """What a rule said about a reading."""

    rule: str
    text: str

    def __str__(self) -> str:
        return f"{self.rule} {NAMES[self.rule]}: {self.text}"


class Sentences:
    """Sentences under the settings; times in the utility's time zone."""

    def __init__(self, config: Config) -> None:
        self._config = config
        self._clock = Clock(config.time_zone)
        self._by_rule: dict[str, Callable[[Judged], str]] = {
            "V01": self._value_unreadable,
            "V02": self._timestamp_unreadable,
            "V03": self._meter_unknown,
            "V04": self._unit_unknown,
            "V05": self._unit_ambiguous,
            "V06": self._future,
            "V07": self._backdated,
            "V08": self._off_grid,
            "V09": lambda r: f"{r.kw} kW is below min_kw {r.min_kw}",
            "V10": lambda r: f"{r.kw} kW is above max_kw {r.max_kw}",
            "V11": self._spike,
            "V12": self._drop,
            "V14": self._too_old,
        }

    def about(self, reading: Judged) -> list[Said]:
        """Every rule that the reading failed or was warned by, in the order of the ids, but for V13 and Q01."""
        warned = {"V07": reading.is_backdated, "V11": reading.is_spike, "V12": reading.is_drop}
        rules = sorted([*reading.reasons, *(rule for rule, holds in warned.items() if holds)])
        return [Said(rule, self._by_rule[rule](reading)) for rule in rules]

    def superseded(self, reading: Judged, standing: Judged | None) -> Said:
        """V13: another reading of the same meter and interval stands."""
        if standing is None:
            return Said("V13", "by another reading of its interval")
        received = self._clock.near(standing.received_us, standing.read_us)
        if rank(reading) > rank(standing):
            return Said("V13", f"by {place(standing)}, which had this value already: delivered again is no correction")
        return Said("V13", f"by {place(standing)}, a correction to {standing.kw} kW received {received}")

    def low_quality(self, score: int | None) -> Said:
        """Q01: the last step."""
        return Said("Q01", f"the score {score} is below {self._config.quality.standard_from}: set aside for a person")

    def evidence(self, episode: Episode) -> str:
        """What tripped a fault, beside its limit."""
        rule, value = self._config.faults, episode.evidence
        sentences = {
            "F01": lambda: f"zero for {_short(value)} h (from {rule.zero_value.min_hours} h on)",
            "F02": lambda: f"the same value for {_short(value)} h (from {rule.stuck_value.min_hours} h on)",
            "F03": lambda: f"{_short(value)} readings in a row above max_kw (from {rule.overload.min_readings} on)",
            "F04": lambda: f"deviation ÷ mean of a week {value} (below {rule.low_variance.ratio_below})",
            "F05": lambda: f"r with its neighbours {value} in a week (below {rule.neighbourhood.correlation_below})",
        }
        return sentences[episode.fault]()

    def _value_unreadable(self, reading: Judged) -> str:
        value = _field(reading.raw_value)
        if not value:
            return "there is no value"
        if _NUMBER.fullmatch(value):
            return f"{quoted(value)} is {self._config.validation.value_limit} or more, as sent or in kW"
        return f"{quoted(value)} is not a decimal number"

    def _timestamp_unreadable(self, reading: Judged) -> str:
        stamp = _field(reading.raw_read_at)
        if not stamp:
            return "there is no timestamp"
        if _LOCAL_STAMP.fullmatch(stamp) and _is_of_calendar(stamp):
            return f"{quoted(stamp)} is a local time that the source's clock skips, or outside the years 1 to 9999"
        return f"{quoted(stamp)} is not a time (YYYY-MM-DDThh:mm with or without seconds and offset)"

    def _meter_unknown(self, reading: Judged) -> str:
        read_us = reading.read_us
        if reading.meter_key is None or read_us is None:
            return f"{quoted(reading.meter_id)} is not in the registry"
        if reading.active_from_us is not None and read_us < reading.active_from_us:
            return f"{self._moment(read_us)} is before the meter's active_from {self._moment(reading.active_from_us)}"
        return f"{self._moment(read_us)} is not before the meter's active_to {self._moment(reading.active_to_us)}"

    def _unit_unknown(self, reading: Judged) -> str:
        unit = _field(reading.raw_unit)
        if unit in self._config.units.unknown_as_written:
            return f"{quoted(unit)} written so is unknown: milli is not mega"
        return f"{quoted(unit)} is not in the table of units"

    def _unit_ambiguous(self, reading: Judged) -> str:
        units = self._config.units
        limits = f"{units.no_unit_is_kw_below} to {units.no_unit_is_w_above}"
        return f"no unit, and {quoted(_field(reading.raw_value))} lies in {limits}: kW or W, nobody can tell"

    def _future(self, reading: Judged) -> str:
        ahead, limit = (
            length(_us(reading.read_us) - reading.received_us),
            self._config.validation.future_tolerance_hours,
        )
        return f"it begins {ahead} after it was received (allowed: {limit} h)"

    def _backdated(self, reading: Judged) -> str:
        end = _us(reading.read_us) + _us(reading.interval_minutes) * MINUTE_US
        limit = self._config.validation.late_tolerance_hours
        return f"it arrived {length(reading.received_us - end)} after its interval's end (allowed: {limit} h)"

    def _too_old(self, reading: Judged) -> str:
        age, limit = length(reading.received_us - _us(reading.read_us)), self._config.validation.oldest_days
        return f"it arrived {age} after its time (kept: {limit} d)"

    def _off_grid(self, reading: Judged) -> str:
        step = _us(reading.interval_minutes) * MINUTE_US
        late = (_us(reading.read_us) + self._config.grid_offset() * MINUTE_US) % step
        share = self._config.validation.grid_tolerance_share
        tolerance = length(int(share * step))
        distance = f"{length(late)} after" if late <= step - late else f"{length(step - late)} before"
        return f"it is {distance} a grid point, and the interval's {plain_percent(share)} are {tolerance}"

    def _spike(self, reading: Judged) -> str:
        rule = self._config.rate_of_change
        base = max(_kw(reading.previous_kw), rule.spike_floor_kw)
        limit = f"{rule.spike_factor} × {_short(base)} = {_short(rule.spike_factor * base)} kW"
        return f"{self._moved(reading)}; a spike is above {limit}"

    def _drop(self, reading: Judged) -> str:
        share, base = self._config.rate_of_change.drop_share, _kw(reading.previous_kw)
        return f"{self._moved(reading)}; a drop is below {share} × {_short(base)} = {_short(share * base)} kW"

    def _moved(self, reading: Judged) -> str:
        when = self._clock.near(_us(reading.previous_us), reading.read_us)
        return f"from {reading.previous_kw} kW at {when} to {reading.kw} kW"

    def _moment(self, instant_us: int | None) -> str:
        return self._clock.moment(_us(instant_us))


def rank(reading: Judged) -> tuple[int, str, int, int]:
    """The order among the readings of one interval."""
    return reading.received_us, reading.source_file, reading.source_version, reading.source_line


def place(reading: Judged) -> str:
    """file:version:line."""
    return f"{harmless(reading.source_file)}:{reading.source_version}:{reading.source_line}"


def quoted(text: str, longest: int = 60) -> str:
    """What arrived, in quotes, harmless, and cut where it is longer than a person reads."""
    more = f"… ({len(text):,} characters)" if len(text) > longest else ""
    return f"'{harmless(text[:longest])}{more}'"


def harmless(text: str) -> str:
    """Escapes for the characters that a terminal would obey."""
    return "".join(c if c.isprintable() else c.encode("unicode_escape").decode() for c in text)


def plain_percent(share: Decimal) -> str:
    """5 %."""
    return f"{_short(share * 100)} %"


def _field(text: str | None) -> str:
    return (text or "").strip(_BLANKS)


def _is_of_calendar(stamp: str) -> bool:
    try:
        datetime.fromisoformat(stamp[:16])
    except ValueError:
        return False
    return True


def _short(number: Decimal) -> str:
    """Without zeros at the end."""
    text = f"{number:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def _us(value: int | None) -> int:
    """A number that the rule could not have tested without."""
    assert value is not None
    return value


def _kw(value: Decimal | None) -> Decimal:
    assert value is not None
    return value

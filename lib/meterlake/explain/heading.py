"""The meter's registry row and the period, for a terminal."""

from decimal import Decimal

from meterlake.config import Config
from meterlake.explain.model import Build, Meter, Vacancy
from meterlake.explain.period import Period
from meterlake.explain.sentences import harmless, quoted
from meterlake.explain.story import Story
from meterlake.explain.times import Clock

_LABEL = 12


def heading(story: Story, meter_id: str, period: Period, config: Config) -> list[str]:
    """Who the meter is, what is asked, and how old silver's answer is."""
    clock, found = Clock(config.time_zone), story.found
    lines = [f"Meter {quoted(meter_id)} is not in the registry: its readings are rejected"]
    if found.meter is not None:
        lines = [f"Meter {harmless(meter_id)}", *_registry(found.meter, clock, config)]
        lines += [_line("vacant", _vacancy(vacancy, clock)) for vacancy in found.vacancies]
    asked = f"{_end(period.from_us, clock, 'its beginning')} to {_end(period.to_us, clock, 'its end')}"
    lines.append(_line("period", f"{asked}, shown in {config.time_zone}"))
    return [*lines, _line("silver", _build(found.build, clock, config))]


def _registry(meter: Meter, clock: Clock, config: Config) -> list[str]:
    neighbourhood = (
        f"neighbourhood {harmless(meter.neighbourhood_id)}" if meter.neighbourhood_id else "no neighbourhood"
    )
    kind = harmless(meter.meter_type or "no type")
    of_type = config.validation.max_kw_by_meter_type.get(meter.meter_type or "")
    most = (of_type, "of its type") if of_type is not None else (config.validation.max_kw, "default")
    limits = (
        f"min_kw {_limit(meter.min_kw, (config.validation.min_kw, 'default'))}",
        f"max_kw {_limit(meter.max_kw, most)}",
    )
    active = f"{_end(meter.active_from_us, clock, 'always')} to {_end(meter.active_to_us, clock, 'open')}"
    return [
        _line("type", f"{kind} · {meter.interval_minutes} min intervals · {neighbourhood}"),
        _line("limits", " · ".join(limits)),
        _line("active", active),
    ]


def _vacancy(vacancy: Vacancy, clock: Clock) -> str:
    return f"{clock.moment(vacancy.from_us)} to {_end(vacancy.to_us, clock, 'open')}"


def _build(build: Build | None, clock: Clock, config: Config) -> str:
    if build is None:
        return "never built: run build_silver"
    as_of = f", as of {clock.moment(build.as_of_us)}" if build.as_of_us is not None else ""
    is_same = build.fingerprint == config.fingerprint_of_silver()
    differs = "" if is_same else "; with OTHER settings than these: run build_silver"
    return f"built {clock.moment(build.finished_us // 1_000_000 * 1_000_000)}{as_of}{differs}"


def _limit(own: Decimal | None, otherwise: tuple[Decimal, str]) -> str:
    return f"{own}" if own is not None else f"{otherwise[0]} ({otherwise[1]})"


def _end(instant_us: int | None, clock: Clock, otherwise: str) -> str:
    return otherwise if instant_us is None else clock.moment(instant_us)


def _line(label: str, text: str) -> str:
    return f"  {label:<{_LABEL - 2}}{text}"

"""A plan as lines for people."""

from collections.abc import Iterator

from meterlake.plan.model import (
    FIRST_BUILD,
    MOST_NAMED,
    NOT_REACHED,
    NOTHING,
    REBUILD,
    REFUSED,
    UPDATE,
    Amount,
    Days,
    Gold,
    Landing,
    Plan,
    Reference,
    Silver,
    counted,
)

_ACTIONS = {
    NOTHING: "nothing to do",
    FIRST_BUILD: "first build, of everything",
    REBUILD: "everything again",
    REFUSED: "REFUSED",
    UPDATE: "update",
    NOT_REACHED: "not reached",
}


def as_text(plan: Plan) -> Iterator[str]:
    """Line by line, in the order of a run."""
    yield from _part("LANDING", _landing(plan.landing))
    yield from _part("REFERENCE", _reference(plan.reference))
    yield from _part("SILVER", _silver(plan.silver))
    yield from _part("GOLD", _gold(plan.gold))


def _part(name: str, lines: Iterator[str]) -> Iterator[str]:
    for number, line in enumerate(lines):
        yield f"{name if number == 0 else '':11}{line}"


def _landing(found: Landing) -> Iterator[str]:
    if found.files:
        yield f"{counted(found.files, 'file')} to open, {found.bytes:,} bytes"
        yield f"landing hours {found.oldest_hour:%Y-%m-%d %H:00} to {found.newest_hour:%Y-%m-%d %H:00} UTC"
        kinds = ("new", "changed", "copies", "empty", "unchanged")
        yield ", ".join(f"{getattr(found, kind):,} {kind}" for kind in kinds)
        yield f"they bring {counted(found.readings, 'reading')} and {counted(found.dead_letters, 'dead letter')}"
    else:
        yield "nothing new"
    if found.too_large:
        yield f"{counted(found.too_large, 'file')} too large: the run would end with exit code 1 after bronze"
    if found.unfinished_batch:
        yield f"rows of batch {found.unfinished_batch}, which did not finish, would be removed"


def _reference(found: Reference) -> Iterator[str]:
    if found.refused:
        yield f"REFUSED: {found.refused}"
    elif not found.replaced:
        yield "nothing changed"
    for name, rows in found.replaced.items():
        yield f"{name} would be replaced: {counted(rows, 'row')}"


def _silver(found: Silver) -> Iterator[str]:
    yield f"{_ACTIONS[found.action]}: {found.why}"
    if found.action in (FIRST_BUILD, REBUILD):
        yield f"{_days(found.days)} (UTC), {counted(found.meters, 'registered meter')}"
        yield f"{_amount(found.bronze_read)} of bronze.readings would be read"
    if found.action != UPDATE:
        return
    if found.meters:
        named = ", ".join(found.meter_ids) + (", ..." if found.meters > MOST_NAMED else "")
        yield f"{counted(found.meters, 'meter')} in {counted(found.neighbourhoods, 'neighbourhood')}: {named}"
        yield f"{_days(found.days)} (local), and those behind them while what they hand on changes"
    if found.meters_changed:
        yield f"all days of {counted(found.meters_with_neighbours, 'meter')} would be judged again"
    if found.meters or found.meters_changed:
        yield f"{_amount(found.bronze_read)} of bronze.readings lie in those days and would be read"
        yield f"{_amount(found.silver_compared)} of silver.readings lie there and would be compared,"
        yield "and those of these files rewritten in which a row differs"


def _gold(found: Gold) -> Iterator[str]:
    yield f"{_ACTIONS[found.action]}: {found.why}"
    if found.days.count:
        yield f"{_days(found.days)}, {_amount(found.silver_read)} of silver.readings would be read"
        yield f"{_amount(found.gold_compared)} of gold.daily_consumption would be compared, gold's other tables too,"
        yield "and those of their files rewritten in which a row differs"


def _days(days: Days) -> str:
    if not days.count:
        return "no days"
    return f"{days.first}" if days.count == 1 else f"{days.count:,} days from {days.first} to {days.last}"


def _amount(amount: Amount) -> str:
    return f"{counted(amount.rows, 'row')} in {counted(amount.files, 'file')}, {amount.bytes:,} bytes,"

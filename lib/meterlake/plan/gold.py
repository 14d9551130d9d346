"""What build_gold would do after silver has done what is planned."""

from datetime import date

from meterlake.config import Config
from meterlake.gold.pipeline import BEFORE, INPUTS, JOB
from meterlake.operations import runs
from meterlake.plan.model import (
    FIRST_BUILD,
    NOT_REACHED,
    NOTHING,
    REBUILD,
    REFUSED,
    UPDATE,
    Days,
    Gold,
    Silver,
)
from meterlake.plan.sizes import Sizes
from meterlake.storage import Warehouse
from meterlake.tables import bronze, gold, silver


def plan_gold(
    config: Config, warehouse: Warehouse, sizes: Sizes, of_silver: Silver, days: set[date] | None, replaced: set[str]
) -> Gold:
    """``days``: what silver would announce, None for all; ``replaced``: reference tables that would be replaced."""
    if of_silver.action == REFUSED:
        return Gold(NOT_REACHED, "the run stops at silver")
    history = runs.History(warehouse)
    last = history.last(JOB)
    if last is None:
        return _all_days(FIRST_BUILD, "gold has not been built yet", sizes, of_silver)
    if last["fingerprint"] != config.fingerprint():
        why = "the settings are not those that gold was made with: run with --rebuild, or take them back"
        return Gold(REFUSED, why)
    registry = bronze.METERS.full_name
    if registry in replaced or last["inputs"][registry] != warehouse.version(bronze.METERS):
        return _all_days(UPDATE, "the registry changed: what each day expects may have", sizes, of_silver)
    announced, died = history.days_written(BEFORE, last), history.days_of_dead(JOB, last)
    if days is None or announced is None:
        return _all_days(UPDATE, "silver rewrites rows of any day", sizes, of_silver)
    if died is None:
        return _all_days(UPDATE, "a run of gold died that had set out to write any day", sizes, of_silver)
    touched = days | announced | died
    is_read = of_silver.action == NOTHING and all(
        last["inputs"][table.full_name] == warehouse.version(table) for table in INPUTS
    )
    others = replaced & {table.full_name for table in INPUTS}
    if is_read and not others and not died:
        return Gold(NOTHING, "gold has read all that silver holds")
    why = "days that silver rewrites" if touched else "no day's readings change"
    if others:
        why += f"; {', '.join(sorted(others))} changed: peaks of all days are looked at again"
    read, compared = (sizes.of_days(table, touched) for table in (silver.READINGS, gold.DAILY_CONSUMPTION))
    return Gold(UPDATE, why, Days.of(touched), read, compared)


def _all_days(action: str, why: str, sizes: Sizes, of_silver: Silver) -> Gold:
    days = sizes.days(silver.READINGS)
    stored = Days.of(days)
    if of_silver.action in (FIRST_BUILD, REBUILD) or not days:
        stored = of_silver.days
    read, compared = (sizes.all_of(table) for table in (silver.READINGS, gold.DAILY_CONSUMPTION))
    return Gold(action, why, stored, read, compared)

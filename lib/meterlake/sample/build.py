"""The whole sample in memory: every file of the landing and the reference folder, and the truth about them."""

from dataclasses import dataclass

from meterlake.sample import deliveries, reference, unreadable_files
from meterlake.sample.curves import weather
from meterlake.sample.district import Plan, build_feeds
from meterlake.sample.holes import holes_of
from meterlake.sample.landing import Landing
from meterlake.sample.roles import Cast, play_all
from meterlake.sample.truth import DEAD_LETTERS, Fact, to_csv

LATE_METERS, AGAIN_METERS = 6, 3
WHOLE_FILES_DAY, USELESS_LINES_DAY, BROKEN_GZIP_DAY, COPY_DAY = 9, 10, 11, 12


@dataclass(frozen=True)
class Sample:
    """Contents by path, of landing files below the landing folder and of reference files by name, and the truth."""

    landing: dict[str, bytes]
    reference: dict[str, bytes]
    truth: bytes
    lines: int


def build(plan: Plan) -> Sample:
    """The sample for a plan; the same for the same plan, whenever and wherever it is built."""
    plan = plan.checked()
    cast = Cast(plan, build_feeds(plan))
    play_all(cast)
    period = cast.feeds[0].period
    landing = Landing(period)
    _play_in_groups(cast, landing)
    files = landing.files(cast.feeds)
    unreadable_files.copied_file(landing, cast.truth, files, period.midnight(COPY_DAY) // 60)
    lines = _count_lines(cast, landing)
    holes = [hole for feed in cast.feeds for hole in holes_of(feed)]
    truth = to_csv([*cast.truth.facts, *holes, Fact("lines", count=lines)])
    reference_files = {
        "meters.csv": reference.meters_csv(cast.feeds),
        "vacancies.csv": reference.vacancies_csv(period, cast.vacancies),
        "weather.csv": reference.weather_csv(weather(plan.homes, period)),
        "grid_maintenance.csv": reference.grid_maintenance_csv(period),
    }
    return Sample(files, reference_files, truth, lines)


def _play_in_groups(cast: Cast, landing: Landing) -> None:
    """What happens to several meters at once: a head-end that is late, one that repeats itself, files of no use."""
    for _ in range(LATE_METERS):
        feed = cast.meter("late with its concentrator", meter_type="solar")
        deliveries.late(feed, cast.truth, cast.places("late", feed, 1)[0], 3, hours=6)
    for _ in range(AGAIN_METERS):
        feed = cast.meter("delivered again in a file", meter_type="solar", on_time=True)
        deliveries.again(feed, cast.truth, cast.places("twice", feed, 1)[0], 4, hours=12, file="amr_again.csv")
    on_time = [cast.meter("in files of no use", meter_type="commercial", on_time=True) for _ in range(5)]
    noon = 60 * 11
    period = landing.period
    unreadable_files.unreadable_files(landing, cast.truth, period.midnight(WHOLE_FILES_DAY) // 60 + 11)
    unreadable_files.empty_files(landing, cast.truth, period.midnight(WHOLE_FILES_DAY) // 60 + 12)
    unreadable_files.useless_lines(landing, cast.truth, on_time, period.midnight(USELESS_LINES_DAY) + noon)
    unreadable_files.broken_gzip(landing, cast.truth, on_time, period.midnight(BROKEN_GZIP_DAY) + noon)


def _count_lines(cast: Cast, landing: Landing) -> int:
    """Lines of files that can be read, and one for each that cannot."""
    sent = sum(len(feed.lines) + len(feed.extra) for feed in cast.feeds)
    useless = sum(map(len, landing.useless_lines.values()))
    paths = {landing.path(place) for place in landing.whole_files}
    unreadable = sum(fact.kind in DEAD_LETTERS and fact.detail in paths for fact in cast.truth.facts)
    return sent + useless + unreadable

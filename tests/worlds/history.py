"""What happened to the landing folder: files that come, are copied, rewritten, emptied, broken."""

import gzip
from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass, replace
from random import Random

from .files import encode, folder
from .plan import HOUR, Plan
from .sending import Feed, Sent
from .texts import value_and_unit


@dataclass(frozen=True)
class Delivery:
    """Bytes put at a path of the landing root."""

    path: str
    content: bytes


@dataclass(frozen=True)
class Parcel:
    """The lines of one file."""

    feed: Feed
    path: str
    lines: tuple[Sent, ...]


def parcels(rng: Random, sent: dict[str, list[Sent]], feeds: list[Feed]) -> list[Parcel]:
    """Lines by feed and landing hour, in one file or two, mostly in the order of time."""
    found = []
    for feed in feeds:
        buckets: dict[int, list[Sent]] = defaultdict(list)
        for line in sent[feed.name]:
            buckets[line.bucket].append(line)
        for bucket in sorted(buckets):
            lines = sorted(buckets[bucket], key=lambda line: line.order)
            if rng.random() < 0.1:
                rng.shuffle(lines)
            at = rng.randint(1, len(lines)) if rng.random() < 0.15 else len(lines)
            for number, part in enumerate((lines[:at], lines[at:])):
                if part:
                    path = f"{folder(bucket)}/{feed.name}_{rng.choice('0aZé')}{number}.{feed.ending}"
                    found.append(Parcel(feed, path, tuple(part)))
    return sorted(found, key=lambda parcel: parcel.path)


def history(rng: Random, plan: Plan, found: list[Parcel]) -> list[Delivery]:
    """All deliveries, the versions of one path in their order."""
    hostility = rng.choice((0.0, 0.03, 0.15))
    first = [Delivery(one.path, encode(rng, one.feed, list(one.lines), hostility)) for one in found]
    later: list[Delivery] = []
    for _ in range(rng.choice((0, 0, 1, 2, 3))):
        index = rng.randrange(len(found))
        later += rng.choice(LATER)(rng, found[index], first[index])
    if rng.random() < 0.5:
        later += odd_files(rng, plan)
    return first + later


def rewritten(rng: Random, parcel: Parcel, first: Delivery) -> list[Delivery]:
    """A next version with other values and lines that are gone, at times the first one again after it."""
    lines = [line for line in parcel.lines if rng.random() < 0.9]
    for number in rng.sample(range(len(lines)), min(3, len(lines))):
        value, unit = value_and_unit(rng, rng.randint(100, 4000) * 1000, 60)
        lines[number] = replace(lines[number], value=value, unit=unit)
    second = replace(first, content=encode(rng, parcel.feed, lines, 0.0))
    return [second] if second.content == first.content or rng.random() < 0.5 else [second, first]


def emptied(rng: Random, parcel: Parcel, first: Delivery) -> list[Delivery]:
    """The path is empty for a while, then has its lines back."""
    return [replace(first, content=b""), first][: rng.randint(1, 2)]


def copied(rng: Random, parcel: Parcel, first: Delivery) -> list[Delivery]:
    """The same bytes under another name, which may later have bytes of its own."""
    copy = replace(first, path=first.path.replace(f"/{parcel.feed.name}_", f"/{parcel.feed.name}_copy_"))
    return [copy, *rewritten(rng, parcel, copy)[:1]] if rng.random() < 0.4 else [copy]


def broken(rng: Random, parcel: Parcel, first: Delivery) -> list[Delivery]:
    """The path cannot be read for a while."""
    bad = {"csv": b"a,b\n1,2\n", "csv.gz": first.content[:-9], "json": first.content[:-2] + b","}
    content = bad.get(parcel.feed.ending, b"{\n")
    return [replace(first, content=content), first][: rng.randint(1, 2)]


LATER: tuple[Callable[[Random, Parcel, Delivery], list[Delivery]], ...] = (
    rewritten,
    rewritten,
    emptied,
    copied,
    copied,
    broken,
)


def odd_files(rng: Random, plan: Plan) -> list[Delivery]:
    """Files that bring nothing, that cannot be read as a whole, and that are no landing files."""
    here = folder(plan.start // HOUR * HOUR + rng.randint(0, 30) * HOUR)
    header = b"meter_id,timestamp,value,unit\n"
    line = b"MTR-1,2024-06-03T10:00:00Z,1,kW\n"
    zipped = gzip.compress(header + line, mtime=0)
    odd = [
        Delivery(f"{here}/empty.csv", b""),
        Delivery(f"{here}/empty.csv.gz", b""),
        Delivery(f"{here}/blank.json", b" \r\n\t\n"),
        Delivery(f"{here}/none.json", b"[ ]"),
        Delivery(f"{here}/header.csv", header),
        Delivery(f"{here}/scalar.json", b"17"),
        Delivery(f"{here}/two.json", b"[] []"),
        Delivery(f"{here}/nan.json", b'[{"meter_id": NaN}]'),
        Delivery(f"{here}/latin.json", '[{"meter_id": "Zähler"}]'.encode("latin-1")),
        Delivery(f"{here}/columns.csv", b"meter_id,timestamp,value\nMTR-1,x,1\n"),
        Delivery(f"{here}/case.csv", header.upper() + line),
        Delivery(f"{here}/twice.csv", b"unit," + header + b"kW," + line),
        Delivery(f"{here}/latin.csv", "meter_id,timestamp,value,unit,größe\n".encode("latin-1") + line),
        Delivery(f"{here}/quote.csv", b'meter_id,timestamp,value,unit,"x\n' + line),
        Delivery(f"{here}/no_gzip.csv.gz", header + line),
        Delivery(f"{here}/short.csv.gz", zipped[:-3]),
        Delivery(f"{here}/two_members.csv.gz", gzip.compress(header, mtime=0) + gzip.compress(line, mtime=0)),
        Delivery(f"{here}/.hidden.csv", header + line),
        Delivery(f"{here}/_tmp.csv", header + line),
        Delivery(f"{here}/UPPER.CSV", header + line),
        Delivery(f"{here}/readme.txt", header + line),
        Delivery(f"{here}/lines.jsonl.gz", zipped),
        Delivery(f"{here}/deep/er.csv", header + line),
        Delivery("raw/2024/13/01/00/month.csv", header + line),
        Delivery("raw/2024/02/30/00/day.csv", header + line),
        Delivery("raw/2024/01/01/24/hour.csv", header + line),
        Delivery("raw/2024/01/01/high.csv", header + line),
        Delivery("other/2024/01/01/00/place.csv", header + line),
    ]
    return rng.sample(odd, rng.randint(1, 10))

"""Every zone of the newest tzdata package, and every clock change of 2024 to 2030.

The system's own zone files are never read: they may be years old.
"""

import zoneinfo
from collections import defaultdict
from dataclasses import dataclass
from datetime import datetime, timezone
from zoneinfo import ZoneInfo

zoneinfo.reset_tzpath(to=())

UTC = timezone.utc
FIRST = int(datetime(2024, 1, 1, tzinfo=UTC).timestamp())
END = int(datetime(2031, 1, 1, tzinfo=UTC).timestamp())
DAY = 86_400


@dataclass(frozen=True)
class Change:
    """At `at` (seconds since 1970) the clocks go from `before` to `after`, in seconds ahead of UTC."""

    at: int
    before: int
    after: int


def offset_at(zone: ZoneInfo, second: int) -> int:
    return int(datetime.fromtimestamp(second, zone).utcoffset().total_seconds())


def changes_of(zone: ZoneInfo) -> list[Change]:
    """Finds the changes by looking at each day and halving the days that differ."""
    changes = []
    for day in range(FIRST, END, DAY):
        low, high = day, day + DAY
        before, after = offset_at(zone, low), offset_at(zone, high)
        if before == after:
            continue
        while high - low > 1:
            middle = (low + high) // 2
            if offset_at(zone, middle) == before:
                low = middle
            else:
                high = middle
        changes.append(Change(high, before, after))
    return changes


def groups() -> list[tuple[list[str], list[Change]]]:
    """Groups the names whose clocks agree in these years: each group is computed once, each name compared."""
    by_clock = defaultdict(list)
    for name in sorted(zoneinfo.available_timezones()):
        zone = ZoneInfo(name)
        by_clock[(offset_at(zone, FIRST), tuple(changes_of(zone)))].append(name)
    return [(names, list(changes)) for (_, changes), names in by_clock.items()]

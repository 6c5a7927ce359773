"""Compares Dateline's occurrences with cronsim and with a slow walk, at every clock change of every zone.

    python clock_oracle.py DRIVER [--stride N]

DRIVER is the example program `occurrences` of dateline-core. Every case is compared with the slow walk, and with
cronsim where that has the pattern. Where cronsim and the slow walk contradict each other, one of the known quirks of
cronsim below must explain it. Prints the figures; exits with 1 when there is a difference.
"""

import argparse
import json
import multiprocessing
import subprocess
import sys
import time
from collections import Counter
from datetime import datetime, timezone
from zoneinfo import ZoneInfo

import tzdata
from cronsim import CronSim, CronSimError

from patterns import Case, cases, day_cases
from slow_walk import Pattern, Window
from zones import Change, DAY, END, FIRST, groups

UTC = timezone.utc
HOUR = 3600
DIFFERENCES_SHOWN = 20


def windows(changes: list[Change], zone: ZoneInfo) -> list[tuple[Change, int, int]]:
    """A day and a half on both sides of each change; three plain windows where clocks never change."""
    if not changes:
        quiet = (FIRST + 59 * DAY, FIRST + 1000 * DAY, END - DAY)
        offset = int(datetime.fromtimestamp(FIRST, zone).utcoffset().total_seconds())
        changes = [Change(at, offset, offset) for at in quiet]
    return [(change, change.at - 36 * HOUR, change.at + 36 * HOUR) for change in changes]


def cronsim_occurrences(pattern: str, zone: ZoneInfo, start: int, end: int) -> list[int]:
    found = []
    for instant in CronSim(pattern, datetime.fromtimestamp(start, zone)):
        # Arithmetic between aware times of one zone ignores the fold: compare in seconds.
        if instant.timestamp() >= end:
            return found
        found.append(int(instant.timestamp()))
    return found


def known_quirk(case: Case, change: Change) -> str | None:
    """Names what cronsim is known to do to patterns that follow elapsed time.

    It steps whole hours from the last one, and so loses part of an hour when clocks change in the middle of it (Lord
    Howe, Chatham); and it begins a day at 00:00 even when the clocks skip that, and so fires at a time that the pattern
    does not name.
    """
    if not Pattern(case.pattern).is_elapsed:
        return None
    last, first = change.at + change.before, change.at + change.after
    if last % HOUR or first % HOUR:
        return "a change within an hour"
    skips_midnight = first > last and -(-last // DAY) * DAY < first
    return "a skipped midnight" if skips_midnight else None


def expected_of_group(group: tuple[int, list[str], list[Change]]) -> tuple[list[str], list, Counter, list[str]]:
    """Computes what is right for a group of names that share their clocks."""
    turn, names, changes = group
    zone, made, counts, contradictions = ZoneInfo(names[0]), [], Counter(), []
    for index, (change, start, end) in enumerate(windows(changes, zone)):
        window = Window(zone, start, end)
        for case in cases(change.at, change.before, change.after, turn + index):
            expected = window.occurrences(Pattern(case.pattern, case.day_match), case.gap, case.overlap)
            counts["compared with the slow walk"] += len(names)
            if case.cronsim_decides():
                counts["compared with cronsim"] += len(names)
                theirs = cronsim_occurrences(case.pattern, zone, start, end)
                if theirs != expected:
                    quirk = known_quirk(case, change)
                    counts[f"left to the slow walk: cronsim at {quirk}"] += len(names)
                    if quirk is None:
                        contradictions.append(difference("cronsim", names[0], case, theirs, expected))
            made.append((case, start, end, expected))
    return names, made, counts, contradictions


def expected_of_days(part: list[Case]) -> tuple[list[str], list, Counter, list[str]]:
    """Computes what is right on every day of the years, in UTC: the calendar without clock changes."""
    made, counts, contradictions = [], Counter(), []
    for case in part:
        expected = Pattern(case.pattern, case.day_match).noons(FIRST, END)
        counts["calendars compared with the slow walk"] += 1
        try:
            theirs = cronsim_occurrences(case.pattern, UTC, FIRST, END) if case.cronsim_decides() else None
        except CronSimError:
            theirs = None  # `FRI-SUN`, `FRI#L`, `?`: cronsim does not have them.
        if theirs is not None:
            counts["calendars compared with cronsim"] += 1
        if theirs not in (None, expected):
            contradictions.append(difference("cronsim", "UTC", case, theirs, expected))
        made.append((case, FIRST, END, expected))
    return ["UTC"], made, counts, contradictions


def difference(who: str, name: str, case: Case, theirs: list[int], expected: list[int]) -> str:
    def shown(instants):
        only = sorted(set(instants) ^ (set(theirs) & set(expected)))[:4]
        return [datetime.fromtimestamp(at, ZoneInfo(name)).isoformat() for at in only]

    policies = f"{case.gap} {case.overlap} {case.day_match}"
    return f"{name} `{case.pattern}` {policies}: {who} alone {shown(theirs)}, slow walk alone {shown(expected)}"


def line_of(name: str, case: Case, start: int, end: int) -> str:
    instant = lambda second: datetime.fromtimestamp(second, UTC).isoformat().replace("+00:00", "Z")
    return json.dumps({
        "pattern": case.pattern, "zone": name, "dayMatch": case.day_match, "dstGap": case.gap,
        "dstOverlap": case.overlap, "from": instant(start), "until": instant(end),
    })


def compare(job) -> tuple[Counter, list[str]]:
    driver, compute, argument = job
    names, made, counts, found = compute(argument)
    lines = [line_of(name, case, start, end) for name in names for case, start, end, _ in made]
    answers = subprocess.run(
        [driver], input="\n".join(lines), capture_output=True, text=True, check=True
    ).stdout.split("\n")
    place = 0
    for name in names:
        for case, _, _, expected in made:
            answer, place = answers[place], place + 1
            ours = None if answer.startswith("!") else [int(second) for second in answer.split()]
            counts["occurrences"] += len(expected)
            if ours is None and not expected and "a day-of-month" in answer:
                counts["refused as never firing, rightly"] += 1
            elif ours is None:
                found.append(f"{name} `{case.pattern}`: {answer}, slow walk {len(expected)} occurrences")
            elif ours != expected:
                found.append(difference("Dateline", name, case, ours, expected))
    return counts, found


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("driver")
    parser.add_argument("--stride", type=int, default=1, help="compare every N-th group of zones only")
    arguments = parser.parse_args()
    started = time.monotonic()
    version = subprocess.run([arguments.driver, "--tzdb"], capture_output=True, text=True, check=True).stdout.strip()
    if version != tzdata.IANA_VERSION:
        print(f"The oracle has the zones of {tzdata.IANA_VERSION}, Dateline those of {version}: update one of them.")
        return 1
    chosen = [(turn, names, changes) for turn, (names, changes) in enumerate(groups())][:: arguments.stride]
    chosen.sort(key=lambda group: -len(group[2]))
    counts, found = Counter(), []
    with multiprocessing.Pool() as pool:
        jobs = [(arguments.driver, expected_of_group, group) for group in chosen]
        jobs += [(arguments.driver, expected_of_days, day_cases()[part::16]) for part in range(16)]
        for job_counts, job_found in pool.imap_unordered(compare, jobs):
            counts += job_counts
            found += job_found
    counts["zones"] = sum(len(names) for _, names, _ in chosen)
    counts["clock changes"] = sum(len(names) * len(changes) for _, names, changes in chosen)
    for what, count in sorted(counts.items()):
        print(f"{count:>10,} {what}")
    print(f"{len(found):>10,} differences, tzdb {version}, {time.monotonic() - started:.0f} s")
    for text in found[:DIFFERENCES_SHOWN]:
        print(text)
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())

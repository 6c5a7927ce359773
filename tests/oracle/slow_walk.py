"""Occurrences the slow way: look at every minute of a window and ask whether it matches.

Written from the description of the dialect in docs/schedules.md alone; it shares no idea with the product's search.
"""

import calendar
from datetime import datetime, timedelta, timezone
from zoneinfo import ZoneInfo

UTC = timezone.utc
MINUTE = timedelta(minutes=1)
MONTHS = "JAN FEB MAR APR MAY JUN JUL AUG SEP OCT NOV DEC".split()
WEEKDAYS = "SUN MON TUE WED THU FRI SAT".split()


class Pattern:
    """A pattern as predicates over wall times."""

    def __init__(self, text: str, day_match: str = "OR"):
        fields = text.upper().split()
        if len(fields) == 5:
            fields = ["0", *fields]
        second, minute, hour, date, month, weekday = fields
        self.is_elapsed = minute[0] == "*" or hour[0] == "*"
        self.seconds = [n for n in range(60) if matches_number(second, n, 0, 59)]
        self.minutes = {n for n in range(60) if matches_number(minute, n, 0, 59)}
        self.hours = {n for n in range(24) if matches_number(hour, n, 0, 23)}
        self.months = {n for n in range(1, 13) if matches_number(month, n, 1, 12, MONTHS)}
        self.date, self.weekday, self.day_match = date, weekday, day_match
        self.days = {}

    def noons(self, start: int, end: int) -> list[int]:
        """The noons in UTC that match; for patterns of noon, which needs no other minute."""
        noons = range(start + 12 * 3600, end, 24 * 3600)
        return [noon for noon in noons if self.matches_minute(datetime.fromtimestamp(noon, UTC))]

    def matches_minute(self, wall: datetime) -> bool:
        return wall.minute in self.minutes and wall.hour in self.hours and self.matches_day(wall)

    def matches_day(self, wall: datetime) -> bool:
        key = (wall.year, wall.month, wall.day)
        if key not in self.days:
            self.days[key] = wall.month in self.months and self.day_fields_match(*key)
        return self.days[key]

    def day_fields_match(self, year: int, month: int, day: int) -> bool:
        by_date = any(matches_date(item, year, month, day) for item in self.date.split(","))
        by_weekday = any(matches_weekday(item, year, month, day) for item in self.weekday.split(","))
        if self.date in "*?" or self.weekday in "*?" or self.day_match == "AND":
            return by_date and by_weekday
        return by_date or by_weekday


def matches_number(field: str, number: int, low: int, high: int, names: list[str] = ()) -> bool:
    return any(matches_item(item, number, low, high, names) for item in field.split(","))


def matches_item(item: str, number: int, low: int, high: int, names: list[str]) -> bool:
    span, _, step = item.partition("/")
    first, _, last = span.partition("-")
    if span == "*":
        start, end = low, high
    else:
        start = value(first, low, names)
        end = value(last, low, names) if last else (high if step else start)
        if names is WEEKDAYS and last == "SUN" and start > 0:
            end = 7
    return start <= number <= end and (number - start) % int(step or 1) == 0


def value(text: str, low: int, names: list[str]) -> int:
    return names.index(text) + low if text in names else int(text)


def sunday_first(year: int, month: int, day: int) -> int:
    return (calendar.weekday(year, month, day) + 1) % 7


def matches_date(item: str, year: int, month: int, day: int) -> bool:
    length = calendar.monthrange(year, month)[1]
    workdays = [d for d in range(1, length + 1) if sunday_first(year, month, d) in range(1, 6)]
    if item == "?":
        return True
    if item == "L":
        return day == length
    if item == "LW":
        return day == workdays[-1]
    if item.endswith("W"):
        target = int(item[:-1])
        # The nearest one, and of two the one on Friday's side of a Saturday: no tie can occur.
        return target <= length and day == min(workdays, key=lambda d: abs(d - target))
    return matches_item(item, day, 1, 31, [])


def matches_weekday(item: str, year: int, month: int, day: int) -> bool:
    if item == "?":
        return True
    length = calendar.monthrange(year, month)[1]
    weekday, of_month = item, None
    if "#" in item:
        weekday, of_month = item.split("#")
    elif item.endswith("L"):
        weekday, of_month = item[:-1], "L"
    today = sunday_first(year, month, day)
    if of_month is None:
        return any(matches_item(item, number, 0, 7, WEEKDAYS) for number in ([0, 7] if today == 0 else [today]))
    if value(weekday, 0, WEEKDAYS) % 7 != today:
        return False
    return day + 7 > length if of_month == "L" else (day - 1) // 7 + 1 == int(of_month)


class Window:
    """The minutes between two instants, with what a zone's clocks show; shared by all patterns."""

    def __init__(self, zone: ZoneInfo, start: int, end: int):
        self.zone, self.start, self.end = zone, start, end
        self.shown = [
            (second, datetime.fromtimestamp(second, zone).replace(tzinfo=None)) for second in range(start, end, 60)
        ]
        first = self.shown[0][1] - timedelta(hours=4)
        count = (end - start) // 60 + 8 * 60
        # Each wall minute with its instants: (is it skipped, the first or shifted one, the second one).
        self.wall = [(wall, *self.instants(wall)) for wall in (first + n * MINUTE for n in range(count))]

    def instants(self, wall: datetime) -> tuple[bool, int, int]:
        first, second = (wall.replace(tzinfo=self.zone, fold=fold) for fold in (0, 1))
        is_skipped = first.astimezone(UTC).astimezone(self.zone).replace(tzinfo=None) != wall
        return is_skipped, int(first.timestamp()), int(second.timestamp())

    def after_gap(self, wall: datetime) -> int:
        while True:
            wall += MINUTE
            is_skipped, first, _ = self.instants(wall)
            if not is_skipped:
                return first

    def occurrences(self, pattern: Pattern, gap: str, overlap: str) -> list[int]:
        """The instants after the window's start and before its end, in order."""
        if pattern.is_elapsed:
            minutes = (second for second, wall in self.shown if pattern.matches_minute(wall))
            found = {second + extra for second in minutes for extra in pattern.seconds}
        else:
            found = set()
            for wall, is_skipped, first, second in self.wall:
                if pattern.matches_minute(wall):
                    found.update(self.placed(wall, is_skipped, first, second, pattern.seconds, gap, overlap))
        return sorted(instant for instant in found if self.start < instant < self.end)

    def placed(self, wall, is_skipped, first, second, seconds, gap, overlap):
        if is_skipped:
            if gap == "SKIP":
                return []
            # Python reads a skipped time with the offset before the gap, which is the shift.
            return [self.after_gap(wall)] if gap == "AFTER_GAP" else [first + extra for extra in seconds]
        chosen = {"FIRST": {first}, "SECOND": {second}, "BOTH": {first, second}}[overlap]
        return [instant + extra for instant in chosen for extra in seconds]

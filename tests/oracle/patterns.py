"""The patterns that are compared, made for the hour in which a zone's clocks change."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta, timezone

UTC = timezone.utc

# H is the hour that is skipped or repeated, B and A the hours before and after it, M the minute where it starts,
# D the date, N the month and W the weekday of the change; E, F and G are those of the day before.
FIXED = [
    "30 H * * *", "0 H * * *", "M H * * *", "15,45 H * * *", "0-59/15 H * * *", "0,30 H,A * * *", "59 B,H * * *",
    "30 0-23 * * *", "0 0 * * *", "30 23 * * *", "0 9 * * 1-5", "30 H D N *", "30 H * * W", "5/20 H * * *",
    "0 0-23/2 * * *", "10-50/10 B-A * * *", "0,15,30,45 B,H,A D * *", "59 23 E F *", "0,59 0,H,23 * * G", "1 A * * *",
    "29,31 H * N W", "0 1-4 * * *", "30 0,1,2,3,22,23 * * *", "45 H * * SUN,SAT", "0 3 L * *", "30 H LW * *",
    "30 H * * WL", "30 H * * W#1", "30 H * * W#2", "20 H,A * * W#5", "30 H L * *", "7/9 0-23 * * *", "0 12 * * *",
]
ELAPSED = [
    "*/15 * * * *", "* H * * *", "30 * * * *", "0 */2 * * *", "*/7 H * * *", "*/30 H * * W", "0 */3 D * *",
    "15,45 */2 * * *", "*/20 B-A * * *", "M * * * *", "0 * D N *", "*/45 */5 * * *", "*/10 0 * * *", "0 */6 * * W",
    "*/59 * * * G", "5 */7 * N *", "*/30 22-23 * * *", "1 * * * *", "*/13 1,2,3 * * *", "0 */4 L * *",
]
SIX_FIELDS = [
    "0 30 H * * *", "15,45 M H * * *", "*/20 30 H * * *", "59 59 B,H * * *", "30 0 0 * * *", "10 */10 * * * *",
    "*/30 */20 H * * *", "0 0 */2 * * *", "5 30 * * * W",
]
BOTH_DAY_FIELDS = ["30 H D * W", "30 H 13 * 5", "0 H E * G", "0 */2 D * G", "30 H */2 * W", "15 H L N W#1", "0 9 1-7 * 1"]
WEEKDAY_NEAREST = ["30 H DW * *", "30 H 1W,15W,31W * *", "*/30 H DW N *", "0 9 EW,LW * *"]

# Dates, months and weekdays whose every combination is compared on each day of the years.
DATES = ["*", "1", "15", "29", "30", "31", "L", "LW", "1W", "15W", "31W", "1,15", "*/2", "10-20/5", "L,16W", "?"]
MONTH_NAMES = ["*", "2", "1-3,JUN", "*/5", "FEB,APR"]
WEEKDAYS = ["*", "1-5", "0", "7", "5L", "5#2", "5#5", "MON#1,WED", "1L,3#2", "FRI-SUN", "1/2", "*/3", "sat#L"]

GAPS = ["AFTER_GAP", "SHIFT", "SKIP"]
OVERLAPS = ["FIRST", "SECOND", "BOTH"]


@dataclass
class Case:
    """One pattern with its policies."""

    pattern: str
    gap: str = "AFTER_GAP"
    overlap: str = "FIRST"
    day_match: str = "OR"
    has_both_days: bool = field(init=False)

    def __post_init__(self):
        date, _, weekday = self.pattern.split()[-3:]
        self.has_both_days = date not in "*?" and weekday not in "*?"

    def cronsim_decides(self) -> bool:
        """Tells whether cronsim has this pattern: not `15W`, not both day fields, and its own rules for clocks.

        A pattern of six fields is never a fixed time for cronsim; for us the seconds field makes no difference.
        """
        fields = self.pattern.split()
        is_elapsed = fields[-5][0] == "*" or fields[-4][0] == "*"
        has_nearest = any(item[:-1].isdigit() and item.endswith("W") for item in fields[-3].split(","))
        has_default_clocks = (self.gap, self.overlap) == ("AFTER_GAP", "FIRST") and len(fields) == 5
        return not has_nearest and not self.has_both_days and (is_elapsed or has_default_clocks)


def cases(at: int, before: int, after: int, turn: int) -> list[Case]:
    """Returns the cases for one change of the clocks; `turn` makes neighbours take different policies."""
    made = [Case(made_for(text, at, before, after)) for text in FIXED + ELAPSED + SIX_FIELDS + WEEKDAY_NEAREST]
    for index, text in enumerate(BOTH_DAY_FIELDS):
        made.append(Case(made_for(text, at, before, after), day_match=["OR", "AND"][(turn + index) % 2]))
    policies = [(gap, overlap) for gap in GAPS for overlap in OVERLAPS][1:]
    for index, text in enumerate(FIXED + SIX_FIELDS):
        gap, overlap = policies[(turn + index) % len(policies)]
        made.append(Case(made_for(text, at, before, after), gap, overlap))
    return made


def day_cases() -> list[Case]:
    """Returns every combination of the day fields, at noon."""
    made = []
    for date in DATES:
        for month in MONTH_NAMES:
            for weekday in WEEKDAYS:
                case = Case(f"0 12 {date} {month} {weekday}")
                made.append(case)
                if case.has_both_days:
                    made.append(Case(case.pattern, day_match="AND"))
    return made


def made_for(text: str, at: int, before: int, after: int) -> str:
    """Fills in the letters; the words LW, SUN and SAT are left alone."""
    # The earliest wall time that is skipped or repeated.
    wall = datetime.fromtimestamp(at + min(before, after), UTC)
    if after > before:
        wall = datetime.fromtimestamp(at + before, UTC)
    eve = wall - timedelta(days=1)
    letters = {
        "H": wall.hour, "B": (wall.hour - 1) % 24, "A": (wall.hour + 1) % 24, "M": wall.minute,
        "D": wall.day, "N": wall.month, "W": (wall.weekday() + 1) % 7,
        "E": eve.day, "F": eve.month, "G": (eve.weekday() + 1) % 7,
    }
    fields = text.split()
    for index, text in enumerate(fields):
        if not any(word in text for word in ("SUN", "SAT")):
            in_date = index == len(fields) - 3
            fields[index] = filled(text, {key: n for key, n in letters.items() if not (in_date and key == "W")})
        if index == len(fields) - 4 and "-" in fields[index]:
            fields[index] = rising(fields[index])
    return " ".join(fields)


def filled(text: str, letters: dict[str, int]) -> str:
    return "".join(str(letters.get(character, character)) for character in text)


def rising(hours: str) -> str:
    """Splits a range of hours that crosses midnight in two."""
    span, slash, step = hours.partition("/")
    first, _, last = span.partition("-")
    return hours if int(first) <= int(last) else f"{first}-23{slash}{step},0-{last}{slash}{step}"

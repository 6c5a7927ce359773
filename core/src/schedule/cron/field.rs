//! One field of a cron pattern: a list of numbers, names, ranges and steps, and the day fields' `L W #`.

use super::ParseCronError;
use crate::schedule::calendar::{MonthDays, WeekDays};

/// A field's name and the values it takes.
pub(super) struct Field {
    name: &'static str,
    min: u32,
    max: u32,
    /// Names for the values from `min` on.
    names: &'static [&'static str],
}

impl Field {
    pub(super) const SECOND: Self = Self { name: "second", min: 0, max: 59, names: &[] };
    pub(super) const MINUTE: Self = Self { name: "minute", min: 0, max: 59, names: &[] };
    pub(super) const HOUR: Self = Self { name: "hour", min: 0, max: 23, names: &[] };
    pub(super) const MONTH_DAY: Self = Self { name: "day-of-month", min: 1, max: 31, names: &[] };
    pub(super) const MONTH: Self = Self {
        name: "month",
        min: 1,
        max: 12,
        names: &["JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC"],
    };
    /// Sunday is 0 and 7.
    pub(super) const WEEK_DAY: Self =
        Self { name: "weekday", min: 0, max: 7, names: &["SUN", "MON", "TUE", "WED", "THU", "FRI", "SAT"] };

    fn fault(&self, item: &str, expected: impl Into<String>) -> ParseCronError {
        ParseCronError::Item { field: self.name, item: item.into(), expected: expected.into() }
    }

    fn value(&self, text: &str, item: &str) -> Result<u32, ParseCronError> {
        if let Some(value) =
            (self.min..).zip(self.names).find_map(|(value, name)| (*name == text).then_some(value))
        {
            return Ok(value);
        }
        number(text).filter(|value| (self.min..=self.max).contains(value)).ok_or_else(|| {
            let names = match self.names {
                [first, .., last] => format!(" or a name from {first} to {last}"),
                _ => String::new(),
            };
            self.fault(item, format!("a number from {} to {}{names}", self.min, self.max))
        })
    }

    /// Reads one item of a list without `L W #`: `*`, `5`, `1-5`, `*/2`, `1-20/3`, `5/15`.
    fn item(&self, item: &str) -> Result<u64, ParseCronError> {
        let (range, step) = match item.split_once('/') {
            Some((range, step)) => (range, Some(step)),
            None => (item, None),
        };
        let values = self.max - self.min + 1;
        let step_size = match step.map(number) {
            None => 1,
            Some(Some(size)) if (1..=values).contains(&size) => size,
            Some(_) => return Err(self.fault(item, format!("a step from 1 to {values} after the `/`"))),
        };
        let (first, last) = if range == "*" {
            (self.min, self.max)
        } else if let Some((first, last)) = range.split_once('-') {
            self.range(first, last, item)?
        } else {
            let first = self.value(range, item)?;
            (first, if step.is_some() { self.max } else { first })
        };
        Ok((first..=last).step_by(step_size as usize).fold(0, |bits, value| bits | 1 << value))
    }

    fn range(&self, first: &str, last: &str, item: &str) -> Result<(u32, u32), ParseCronError> {
        let (from, mut to) = (self.value(first, item)?, self.value(last, item)?);
        if self.max == 7 && last == "SUN" && from > 0 {
            to = 7; // A week that ends on Sunday: `FRI-SUN`.
        }
        if from > to {
            let expected =
                format!("a range that rises; write it as two, `{first}-{},{}-{last}`", self.max, self.min);
            return Err(self.fault(item, expected));
        }
        Ok((from, to))
    }

    /// Calls `read` for each item of a list, refusing empty ones.
    fn each_item(
        &self,
        text: &str,
        mut read: impl FnMut(&str) -> Result<(), ParseCronError>,
    ) -> Result<(), ParseCronError> {
        for item in text.split(',') {
            if item.is_empty() {
                return Err(self.fault(text, "a value on both sides of every comma"));
            }
            read(item)?;
        }
        Ok(())
    }
}

/// Returns the values of a field without `L W #`, as bits.
pub(super) fn read_bits(field: &Field, text: &str) -> Result<u64, ParseCronError> {
    let mut bits = 0;
    field.each_item(text, |item| {
        bits |= field.item(item)?;
        Ok(())
    })?;
    Ok(bits)
}

/// Reads the day-of-month field: also `?`, `L`, `LW` and `15W`.
pub(super) fn read_month_days(text: &str) -> Result<MonthDays, ParseCronError> {
    let field = &Field::MONTH_DAY;
    let mut days = MonthDays { restricted: !is_unrestricted(text), ..MonthDays::default() };
    if !days.restricted {
        return Ok(days);
    }
    field.each_item(text, |item| {
        match (item, item.strip_suffix('W')) {
            ("L", _) => days.last = true,
            ("LW", _) => days.last_weekday = true,
            (_, Some(date)) => days.nearest_weekdays |= 1 << field.value(date, item)?,
            // Inside the field's limits, 31 is the highest bit.
            _ => days.dates |= field.item(item)? as u32,
        }
        Ok(())
    })?;
    Ok(days)
}

/// Reads the weekday field: also `?`, `5L` (the last Friday) and `5#2` (the second Friday).
pub(super) fn read_week_days(text: &str) -> Result<WeekDays, ParseCronError> {
    let field = &Field::WEEK_DAY;
    let mut days = WeekDays { restricted: !is_unrestricted(text), ..WeekDays::default() };
    if !days.restricted {
        return Ok(days);
    }
    field.each_item(text, |item| {
        if let Some((weekday, nth)) = item.split_once('#') {
            let weekday = 1 << (field.value(weekday, item)? % 7);
            match (nth, number(nth)) {
                ("L", _) => days.last |= weekday,
                (_, Some(nth @ 1..=5)) => days.nth[nth as usize - 1] |= weekday,
                _ => return Err(field.fault(item, "a number from 1 to 5, or L, after the `#`")),
            }
        } else if let Some(weekday) = item.strip_suffix('L') {
            if weekday.is_empty() {
                return Err(field.fault(item, "a weekday before the `L`, as in `5L` for the last Friday"));
            }
            days.last |= 1 << (field.value(weekday, item)? % 7);
        } else {
            let bits = field.item(item)?;
            // Sunday is also the seventh day.
            days.every |= (bits & 0x7f | bits >> 7) as u8;
        }
        Ok(())
    })?;
    Ok(days)
}

fn is_unrestricted(text: &str) -> bool {
    matches!(text, "*" | "?")
}

/// Reads a number of one or two digits and nothing else: no sign, no blank.
fn number(text: &str) -> Option<u32> {
    let is_short = (1..=2).contains(&text.len());
    (is_short && text.bytes().all(|byte| byte.is_ascii_digit())).then(|| text.parse().ok()).flatten()
}

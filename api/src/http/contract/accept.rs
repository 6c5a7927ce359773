//! What an `Accept` header takes (RFC 9110, section 12.5.1).

/// Whether `accept` takes one of the media types `offers`. The most exact range that names a type decides; one that is
/// no range names nothing.
pub(super) fn takes_any(accept: &str, offers: &[String]) -> bool {
    let ranges: Vec<_> = accept.split(',').filter_map(Range::read).collect();
    if ranges.is_empty() && accept.trim().is_empty() {
        return true;
    }
    offers.iter().any(|offer| {
        let matching = ranges.iter().filter(|range| range.names(offer));
        matching.max_by_key(|range| range.exactness()).is_some_and(|range| !range.is_refused)
    })
}

struct Range<'h> {
    kind: &'h str,
    subtype: &'h str,
    /// `q=0`: anything but this.
    is_refused: bool,
}

impl<'h> Range<'h> {
    fn read(text: &'h str) -> Option<Self> {
        let mut parts = text.split(';').map(str::trim);
        let (kind, subtype) = parts.next()?.split_once('/')?;
        let weight = parts.find_map(|part| {
            let (name, value) = part.split_once('=')?;
            name.trim().eq_ignore_ascii_case("q").then(|| value.trim().parse::<f32>().ok())
        });
        Some(Self { kind, subtype, is_refused: weight.flatten().is_some_and(|weight| weight <= 0.0) })
    }

    fn names(&self, media: &str) -> bool {
        let Some((kind, subtype)) = media.split_once('/') else { return false };
        let is = |range: &str, word: &str| range == "*" || range.eq_ignore_ascii_case(word);
        is(self.kind, kind) && is(self.subtype, subtype)
    }

    fn exactness(&self) -> usize {
        usize::from(self.kind != "*") + usize::from(self.subtype != "*")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_most_exact_range_decides() {
        let json = ["application/json".to_owned()];
        for taken in [
            "",
            "*/*",
            "application/*",
            "application/json",
            "APPLICATION/JSON;charset=utf-8",
            "text/html, application/json;q=0.1",
            "text/html,application/xhtml+xml,*/*;q=0.8",
            "*/*;q=0, application/json",
        ] {
            assert!(takes_any(taken, &json), "{taken}");
        }
        for refused in [
            "text/html",
            "text/*",
            "application/json;q=0",
            "*/*, application/json;q=0.0",
            "json",
            "application/xml",
        ] {
            assert!(!takes_any(refused, &json), "{refused}");
        }
    }
}

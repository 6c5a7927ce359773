//! Telling random strings from words, paths, digests and identifiers.

/// The fewest characters a string without a known prefix needs to be taken for a secret.
pub(super) const LENGTH_MIN: usize = 32;

/// Whether `token`, made of letters, digits and `+/=_-`, looks drawn at random. `before` is the text it follows.
pub(super) fn is_random(token: &str, before: &str) -> bool {
    let digest = ["sha1", "sha256", "sha384", "sha512", "h1", "md5", "blake3"].iter().any(|name| {
        before.ends_with([':', '-', '=']) && before[..before.len() - 1].to_ascii_lowercase().ends_with(name)
    });
    if digest || token.starts_with("sha256-") || token.starts_with("sha384-") || token.starts_with("sha512-")
    {
        return false;
    }
    if token.contains('/') && looks_like_path(token) {
        return token.split('/').any(is_random_word);
    }
    is_random_word(token)
}

fn is_random_word(token: &str) -> bool {
    let token = token.trim_matches(['=', '-', '_', '+']);
    if token.len() < LENGTH_MIN || is_object_id(token) || is_uuid(token) {
        return false;
    }
    let longest = token.split(|char: char| !char.is_ascii_alphanumeric()).map(str::len).max().unwrap_or(0);
    let (pairs, changes) = class_changes(token);
    let has_digit = token.contains(|char: char| char.is_ascii_digit());
    // Random base 62 changes between capitals, small letters and digits at 62 of 100 places, base 36 at 40, hex at
    // 47; identifiers only where a word begins or ends. Figures were taken from both kinds.
    longest >= 12 && distinct(token) >= 8 && changes * 100 >= pairs * if has_digit { 28 } else { 45 }
}

fn looks_like_path(token: &str) -> bool {
    let is_word = |part: &str| {
        is_object_id(part)
            || is_uuid(part)
            || (part.len() >= 3 && part.bytes().all(|byte| byte.is_ascii_lowercase()))
    };
    token.starts_with('/') || token.split('/').any(is_word)
}

/// Whether `token` is a whole git object name, in its SHA-1 form.
fn is_object_id(token: &str) -> bool {
    token.len() == 40 && token.bytes().all(|byte| byte.is_ascii_hexdigit())
}

fn is_uuid(token: &str) -> bool {
    let widths = [8, 4, 4, 4, 12];
    token.split('-').count() == widths.len()
        && token
            .split('-')
            .zip(widths)
            .all(|(part, width)| part.len() == width && part.bytes().all(|byte| byte.is_ascii_hexdigit()))
}

/// Returns how many neighbours are both alphanumeric, and how many of those are of different classes.
fn class_changes(token: &str) -> (usize, usize) {
    let class = |byte: u8| match byte {
        b'0'..=b'9' => Some(0),
        b'a'..=b'z' => Some(1),
        b'A'..=b'Z' => Some(2),
        _ => None,
    };
    token.as_bytes().windows(2).fold((0, 0), |(pairs, changes), pair| {
        match (class(pair[0]), class(pair[1])) {
            (Some(left), Some(right)) => (pairs + 1, changes + usize::from(left != right)),
            _ => (pairs, changes),
        }
    })
}

fn distinct(token: &str) -> usize {
    let mut seen = [false; 256];
    token.bytes().for_each(|byte| seen[usize::from(byte)] = true);
    seen.iter().filter(|seen| **seen).count()
}

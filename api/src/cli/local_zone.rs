//! Which zone the user lives in, as far as the system says.

use std::path::Path;

use dateline_core::schedule::Zone;

/// Returns the zone of `TZ` or of `/etc/localtime`, else UTC.
pub(super) fn local_zone() -> Zone {
    let named = std::env::var("TZ").ok().or_else(|| {
        let target = std::fs::canonicalize("/etc/localtime").ok()?;
        zone_of(&target)
    });
    // Some systems call the plain UTC by an address of its own.
    let named = named.filter(|name| !name.starts_with("Etc/U"));
    let zone = named.and_then(|name| Zone::named(name.trim_start_matches(':')).ok());
    // UTC is in every database.
    zone.or_else(|| Zone::named("UTC").ok()).expect("the database has UTC")
}

fn zone_of(file: &Path) -> Option<String> {
    let text = file.to_str()?;
    let (_, name) = text.split_once("/zoneinfo/")?;
    Some(name.trim_start_matches("posix/").to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_link_names_the_zone() {
        let zone = |path: &str| zone_of(Path::new(path));
        assert_eq!(zone("/usr/share/zoneinfo/Europe/Berlin"), Some("Europe/Berlin".into()));
        assert_eq!(zone("/usr/share/zoneinfo/posix/Asia/Tokyo"), Some("Asia/Tokyo".into()));
        assert_eq!(zone("/etc/localtime"), None);
    }
}

//! Front matter read back by parsers that are not ours.

use chrono::DateTime;
use dateline_core::front_matter::{Page, PageOrigin, page_file};
use dateline_core::id::DraftId;
use dateline_core::publisher::SiteKind;
use proptest::prelude::*;

const DATE: &str = "2026-11-23T18:00:00+01:00";

fn file(site: SiteKind, title: &str, tags: &[String]) -> String {
    let date = DateTime::parse_from_rfc3339(DATE).expect("a date");
    page_file(
        site,
        &Page {
            title,
            description: title,
            slug: "one",
            tags,
            authors: tags,
            date,
            updated: date,
            origin: PageOrigin { draft: DraftId::from_bits(7), revision: 1 },
            body: "Body.",
        },
    )
}

fn between<'a>(file: &'a str, fence: &str) -> &'a str {
    let rest = file.strip_prefix(fence).and_then(|rest| rest.strip_prefix('\n')).expect("a fence");
    rest.split_once(&format!("\n{fence}\n")).expect("a second fence").0
}

fn check_yaml(site: SiteKind, date_key: &str, title: &str, tags: &[String]) {
    let file = file(site, title, tags);
    let yaml: serde_yaml::Value = serde_yaml::from_str(between(&file, "---")).expect("YAML");
    assert_eq!(yaml["title"].as_str(), Some(title), "{site:?}");
    assert_eq!(yaml["description"].as_str(), Some(title));
    assert_eq!(yaml[date_key].as_str(), Some(DATE));
    assert_eq!(yaml["dateline"].as_str(), Some("dft_00000000000000000000000007"));
    let read: Vec<&str> =
        yaml["tags"].as_sequence().into_iter().flatten().filter_map(|tag| tag.as_str()).collect();
    assert_eq!(read, tags);
}

fn check_toml(title: &str, tags: &[String]) {
    let file = file(SiteKind::Zola, title, tags);
    let toml: toml::Table = toml::from_str(between(&file, "+++")).expect("TOML");
    assert_eq!(toml["title"].as_str(), Some(title));
    assert_eq!(toml["date"].as_datetime().map(ToString::to_string).as_deref(), Some(DATE));
    assert_eq!(toml["extra"]["dateline"].as_str(), Some("dft_00000000000000000000000007"));
    let known = ["title", "date", "updated", "draft", "slug", "description", "taxonomies", "extra"];
    assert!(toml.keys().all(|key| known.contains(&key.as_str())), "{toml:?}");
    let read = toml.get("taxonomies").map(|taxonomies| taxonomies["tags"].as_array().expect("a list").len());
    assert_eq!(read.unwrap_or(0), tags.len());
}

fn check(title: &str, tags: &[String]) {
    check_yaml(SiteKind::Hugo, "date", title, tags);
    check_yaml(SiteKind::Jekyll, "date", title, tags);
    check_yaml(SiteKind::Astro, "pubDate", title, tags);
    check_toml(title, tags);
}

#[test]
fn hostile_titles_are_only_titles() {
    for title in [
        "bad: yaml",
        "\"quoted\"",
        "'",
        "- x",
        "yes",
        "null",
        "1e3",
        "2026-01-01",
        "---",
        "+++",
        "a\n---\nb",
        "{{ x }}",
        "!!binary x",
        "&a *a",
        "\\",
        "tab\there",
        "\u{85}\u{2028}\u{2029}\u{7f}\u{9f}",
        "\u{feff}\u{fffe}\u{0}\u{1b}",
        "🦋 漢字",
        "%TAG",
        "# x",
        "",
    ] {
        check(title, &[]);
        check(title, &[title.to_owned(), "b".to_owned()]);
    }
}

proptest! {
    #[test]
    fn any_title_reads_back(title in "(?s).{0,80}", tag in "(?s).{0,20}") {
        check(&title, &[tag]);
    }
}

use super::*;

fn spec(platform: Platform) -> PlatformSpec {
    PlatformSpec::of(platform, &PlatformSettings::default())
}

fn check_length(platform: Platform, body: &str, used: usize) {
    assert_eq!(spec(platform).measure(body).used, used, "{platform} counts {body:?}");
}

#[test]
fn each_platform_counts_in_its_own_way() {
    check_length(Platform::Markdown, "naïve 👍🏽", 8);
    check_length(Platform::Bluesky, "naïve 👍🏽 👨‍👩‍👧", 9);
    check_length(Platform::Linkedin, "a \\(b\\) \\#4 \\\\", 10);
    check_length(Platform::Linkedin, "#rust \\n", 8);
    check_length(Platform::Hashnode, "a\n\"b\"", 8);
    check_length(Platform::Mastodon, "see https://example.com/a/very/long/path/indeed/it/is?yes=no.", 28);
    check_length(Platform::Mastodon, "x http://a.b x", 27);
    check_length(Platform::Mastodon, "hi @ann@example.social!", 8);
    check_length(Platform::Mastodon, "https://a.b/@ann@example.social", 23);
}

#[test]
fn a_body_fits_up_to_the_limit_and_not_beyond() {
    let check = |platform, piece: &str, max: usize| {
        assert!(spec(platform).fits(&piece.repeat(max)), "{platform}");
        assert!(!spec(platform).fits(&piece.repeat(max + 1)), "{platform}");
    };
    check(Platform::Mastodon, "é", 500);
    check(Platform::Bluesky, "é", 300);
    check(Platform::Linkedin, "\\(", 3_000);
    check(Platform::ReleaseNotes, "é", 125_000);
    check(Platform::Hashnode, "a", 96_000);
    check(Platform::Devto, "é", 409_600);
}

#[test]
fn bluesky_also_counts_bytes() {
    let family = "👨‍👩‍👧‍👦".repeat(200);
    let length = spec(Platform::Bluesky).measure(&family);
    assert_eq!((length.unit, length.used, length.max), (LengthUnit::Bytes, 5_000, Some(3_000)));
    assert!(!length.fits());
}

#[test]
fn an_instance_of_mastodon_sets_its_own_limit() {
    let settings = PlatformSettings { body_chars_max: Some(5_000), ..PlatformSettings::default() };
    assert_eq!(PlatformSpec::of(Platform::Mastodon, &settings).body.max, Some(5_000));
    assert_eq!(PlatformSpec::of(Platform::Bluesky, &settings).body.max, Some(300));
}

fn check_tags(platform: Platform, given: &[&str], expected: &[&str]) {
    let given: Vec<String> = given.iter().map(|tag| (*tag).to_owned()).collect();
    let spelled = spec(platform).tags(&given);
    assert_eq!(spelled, expected, "{platform}");
    assert!(spelled.iter().all(|tag| spec(platform).tags.allows(tag)), "{spelled:?}");
}

#[test]
fn tags_are_spelled_as_the_platform_spells_them() {
    check_tags(
        Platform::Devto,
        &["C++", "c#", ".NET", "Open-Source", "rust"],
        &["cpp", "csharp", "dotnet", "opensource"],
    );
    check_tags(Platform::Devto, &["Zürich", "漢字", "#rust", "Rust", ""], &["zurich", "rust"]);
    check_tags(Platform::Devto, &[&"a".repeat(31), "b"], &["b"]);
    check_tags(
        Platform::Devto,
        &[&"a".repeat(30), &"b".repeat(30), &"c".repeat(30), &"d".repeat(30)],
        &[&"a".repeat(30), &"b".repeat(30), &"c".repeat(30), &"d".repeat(30)],
    );
    check_tags(
        Platform::Hashnode,
        &["Machine Learning", "c++", "node.js"],
        &["machine-learning", "cpp", "node-js"],
    );
    check_tags(Platform::Mastodon, &["Machine Learning", "漢字", "2026", "x"], &["machinelearning", "漢字"]);
    check_tags(Platform::Linkedin, &["Rust", "c#", "a_b", "b"], &["rust", "csharp", "ab"]);
    check_tags(Platform::Email, &["rust"], &[]);
}

//! Whole texts, held to the letter. `UPDATE_GOLDEN=1` writes them anew: read them before committing.

use std::fmt::Write as _;
use std::path::PathBuf;

use dateline_core::platform::Platform;

use crate::fixture::{History, brief, person, text, trailer};

#[track_caller]
fn check(name: &str, history: History) {
    let brief = brief(&history.activity());
    let mut found = String::new();
    for platform in Platform::ALL {
        let Some((_, _, rendered)) = text(&brief, platform) else {
            writeln!(found, "======== {platform}: nothing to tell").unwrap();
            continue;
        };
        let content = rendered.content;
        writeln!(found, "======== {platform}").unwrap();
        if let Some(title) = &content.title {
            writeln!(found, "title: {title}").unwrap();
        }
        writeln!(
            found,
            "summary: {}\ntags: {}\n\n{}\n",
            content.summary,
            content.tags.join(", "),
            content.body
        )
        .unwrap();
    }
    for dropped in &brief.dropped {
        writeln!(found, "left out, {:?}: {}", dropped.reason, dropped.title).unwrap();
    }
    let path =
        PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/writer/golden").join(format!("{name}.txt"));
    if std::env::var_os("UPDATE_GOLDEN").is_some() {
        std::fs::write(&path, &found).unwrap();
    }
    let expected = std::fs::read_to_string(&path).unwrap_or_default();
    assert_eq!(found, expected, "{name} reads differently; UPDATE_GOLDEN=1 writes it anew");
}

fn conventional() -> History {
    History::default()
        .commit("Ada Byron", "feat(wick)!: trim by length instead of by time (#41)", "Lamps of different sizes \
            burned down at different speeds, so a time never fitted two of them.")
        .with(|commit| commit.trailers.push(trailer("BREAKING CHANGE", "`trim_after` is gone; set `trim_length` in millimetres.")))
        .commit("Grace Murray", "feat(oil): accept olive oil (#42)", "* feat(oil): accept olive oil\n\n\
            Only whale oil was accepted, because the pump never learned another density.\n\n* style: format\n\n\
            * fix: address review feedback")
        .with(|commit| { commit.closes = vec![7]; commit.first_time = Some(true); commit.co_authors = vec![person("Ada Byron")]; })
        .commit("Ada Byron", "fix(glass): stop fogging below 5 degrees (#43)", "The glass was cooled from both sides, \
            so it silently fogged whenever the door was open.\n\nCloses #9")
        .with(|commit| commit.closes = vec![9])
        .commit("renovate[bot]", "chore(deps): bump brass from 1.2.0 to 1.3.0 (#44)", "")
        .commit("Edith Clarke", "docs(readme): explain how to read the gauge (#45)", "")
        .commit("Edith Clarke", "perf(pump): fill in one stroke (#46)", "Filling now takes 2 s instead of 9 s on a cold morning.")
        .commit("Ada Byron", "chore: run the formatter", "")
        .commit("Ada Byron", "test(pump): cover the empty tank", "")
        .commit("Grace Murray", "fix(pump): keep pressure after a refill (#47)", "")
        .commit("Grace Murray", "feat(cli): add --dry-run to every command (#48)", "")
        .commit("Ada Byron", "fix(security): refuse CVE-2026-1000 handles (#49)", "A handle made by somebody else used to open every lantern.")
        .commit("Edith Clarke", "fixup! docs(readme): explain how to read the gauge", "")
        .commit("Ada Byron", "Revert \"feat(oil): accept lard (#40)\"", "This reverts commit 1111111111111111111111111111111111111111.")
        .commit("Ada Byron", "chore(release): prepare for v1.4.0", "")
        .release("v1.4.0")
}

#[test]
fn conventional_commits() {
    check("conventional", conventional());
}

#[test]
fn plain_sentences_of_one_author() {
    let history = History::default()
        .commit("Ada Byron", "Add Lamp::lowest_level()", "It returns the level below which the lamp goes out, or `None` for a lamp that has no tank.")
        .commit("Ada Byron", "Keep the flame when the door opens", "The door's draught was read as a request to stop, so opening it put the flame out without a word.")
        .commit("Ada Byron", "Split the workshop into its own crate", "Every lamp was built for any test.\n\nBuilding the tests now takes 40 s instead of 613 s from a cold folder.")
        .commit("Ada Byron", "Take the lock before filling", "Two pumps on one tank could corrupt the level, silently.")
        .commit("Ada Byron", "Update AGENTS.md", "")
        .with(|commit| commit.files = vec![file("AGENTS.md")])
        .commit("Ada Byron", "Shorten the wick's record", "")
        .commit("Ada Byron", "Fix broken doc links in the pump's methods", "")
        .commit("Ada Byron", "Return a view from Lamp::levels()", "")
        .commit("Ada Byron", "Bump version to 2.1.0", "");
    check("plain", history);
}

#[test]
fn areas_before_a_colon() {
    let mut history = History::default();
    for subject in [
        "core: name lamps, wicks and oils",
        "core: measure in millimetres",
        "store: write levels in one go",
        "store: open an older tank",
        "store: refuse a foreign tank",
        "pump: fill once when the clock steps back",
        "pump: hold back at night",
        "pump: try three times",
        "core: compute the burning time",
        "readme: say what a lantern is",
        "workspace: lay out the crates",
        "pump: never overfill",
    ] {
        history = history.commit("Ada Byron", subject, "");
    }
    check("areas", history);
}

#[test]
fn merges_of_branches() {
    let history = History::default()
        .commit(
            "Grace Murray",
            "Point the handle up in left-handed lamps",
            "the handle is turned by a quarter, which points it down once the lamp is mirrored.",
        )
        .merge("Ada Byron", 12, Some("Point the handle up in left-handed lamps"), 1)
        .commit("Edith Clarke", "wip", "")
        .commit("Edith Clarke", "Support two wicks", "")
        .commit("Edith Clarke", "Add tests for two wicks", "")
        .merge("Ada Byron", 13, Some("Tests and fixes for lamps with two wicks"), 3)
        .commit("renovate[bot]", "Update actions/checkout action to v7", "")
        .merge("Ada Byron", 14, Some("Update actions/checkout action to v7"), 1)
        .commit("Grace Murray", "gauge.md: add missing periods", "")
        .merge("Ada Byron", 15, Some("gauge.md: add missing periods"), 1)
        .commit("Edith Clarke", "Let the gauge count in drops", "")
        .commit("Edith Clarke", "Fix the gauge at zero", "")
        .merge("Ada Byron", 0, None, 2);
    check("merges", history);
}

#[test]
fn one_change() {
    let history = History::default().commit(
        "Ada Byron",
        "fix(pump): keep pressure after a refill (#47)",
        "The valve closed before the tank was full, so every refill lost its pressure.",
    );
    check("one", history);
}

#[test]
fn three_changes() {
    let history = History::default()
        .commit("Ada Byron", "feat: accept olive oil (#42)", "")
        .commit(
            "Grace Murray",
            "fix: keep pressure after a refill (#47)",
            "The valve closed too early, so every refill lost its pressure.",
        )
        .commit("Ada Byron", "fix: stop fogging (#48)", "");
    check("three", history);
}

#[test]
fn nothing_but_housekeeping() {
    let history = History::default()
        .commit("Ada Byron", "chore: run the formatter", "")
        .commit("renovate[bot]", "chore(deps): bump brass from 1.2.0 to 1.3.0", "")
        .commit("Ada Byron", "feat: accept lard", "")
        .commit("Ada Byron", "Revert \"feat: accept lard\"", "");
    check("nothing", history);
}

#[test]
fn many_changes() {
    let mut history = History::default();
    for number in 1..=70 {
        let author = ["Ada Byron", "Grace Murray", "Edith Clarke"][number % 3];
        let subject = match number % 4 {
            0 => format!("feat: accept oil number {number} (#{})", 100 + number),
            1 => format!("fix: keep flame {number} alive (#{})", 100 + number),
            2 => format!("docs: describe lamp {number} (#{})", 100 + number),
            _ => format!("perf: fill tank {number} in one stroke (#{})", 100 + number),
        };
        history = history.commit(author, &subject, "");
    }
    check("many", history);
}

fn file(path: &str) -> dateline_core::activity::FileChange {
    dateline_core::activity::FileChange {
        path: path.to_owned(),
        previous: None,
        kind: dateline_core::activity::FileChangeKind::Modified,
        lines: None,
    }
}

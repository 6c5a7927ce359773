//! What we count, held against what git counts, over histories drawn from a seed.

use dateline_connectors::source::git::GitSource;
use dateline_core::source::ScanFrom;

use super::fixture::{Repo, START, at, scan, since};

/// A small generator of repeatable numbers (xorshift).
struct Dice(u64);

impl Dice {
    fn below(&mut self, bound: u64) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0 % bound
    }
}

/// Makes a history of `commits` with edits, moves, deletions, binaries, merges and clocks that jump.
fn history(seed: u64, commits: usize) -> Repo {
    let repo = Repo::new();
    let mut dice = Dice(seed * 2_654_435_761 + 1);
    repo.commit_file("f0", &text(&mut dice), "root");
    for n in 1..commits {
        repo.set_author(["Ann <ann@x.y>", "Bo <bo@x.y>", "Cy <cy@x.y>"][dice.below(3) as usize]);
        repo.set_now(repo.now() + dice.below(7200) as i64 - 3600);
        let is_merge = n > 3 && dice.below(5) == 0;
        if is_merge {
            repo.git(&["switch", "-q", "-c", &format!("b{n}"), &format!("HEAD~{}", dice.below(2))]);
            edit(&repo, &mut dice, &format!("side{n}"));
            repo.commit(format!("side {n}"));
            repo.git(&["switch", "-q", "main"]);
            repo.merge(&[&format!("b{n}")], &format!("Merge branch 'b{n}'"));
        } else {
            let name = format!("f{}", dice.below(8));
            edit(&repo, &mut dice, &name);
            repo.commit(format!("commit {n}"));
        }
    }
    repo
}

fn edit(repo: &Repo, dice: &mut Dice, name: &str) {
    let path = repo.path.join(name);
    match dice.below(6) {
        0 if path.exists() => std::fs::remove_file(&path).expect("removed"),
        1 if path.exists() => {
            let target = format!("dir{}/{name}", dice.below(3));
            std::fs::create_dir_all(repo.path.join(&target).parent().expect("a folder")).expect("a folder");
            std::fs::rename(&path, repo.path.join(target)).expect("moved");
        }
        2 => repo.write(&format!("{name}.bin"), [0, dice.below(256) as u8, 1, 2]),
        _ => {
            let mut lines: Vec<String> =
                std::fs::read_to_string(&path).unwrap_or_default().lines().map(str::to_owned).collect();
            for _ in 0..dice.below(6) {
                let at = dice.below(lines.len() as u64 + 1) as usize;
                lines.insert(at, format!("line {}", dice.below(1000)));
            }
            if lines.len() > 4 {
                lines.remove(dice.below(4) as usize);
            }
            repo.write(name, lines.join("\n") + "\n");
        }
    }
}

fn text(dice: &mut Dice) -> String {
    (0..30).map(|_| format!("line {}\n", dice.below(1000))).collect()
}

/// Files, insertions and deletions of a range as `git log --numstat -M` counts them, merges aside.
fn numstat(repo: &Repo, range: &str) -> (usize, u64, u64) {
    let log = repo.git(&["log", "--no-merges", "--numstat", "-M", "--format=", range]);
    let mut totals = (0, 0, 0);
    for line in log.lines().filter(|line| !line.is_empty()) {
        let mut fields = line.split('\t');
        let mut next = || fields.next().and_then(|field| field.parse::<u64>().ok()).unwrap_or(0);
        totals = (totals.0 + 1, totals.1 + next(), totals.2 + next());
    }
    totals
}

#[test]
fn totals_equal_numstat_and_counts_equal_rev_list() {
    for seed in 1..=4 {
        let repo = history(seed, 60);
        let line = repo.git(&["rev-list", "HEAD"]);
        let all: Vec<&str> = line.lines().collect();
        for cursor in [all[all.len() - 1], all[all.len() / 2], all[all.len() / 3], all[1]] {
            let activity = repo.scan(since(cursor));
            let range = format!("{cursor}..HEAD");
            let listed = repo.git(&["rev-list", &range]);
            let mut expected: Vec<&str> = listed.lines().collect();
            let mut found: Vec<&str> = activity.commits.iter().map(|commit| commit.sha.as_str()).collect();
            expected.sort_unstable();
            found.sort_unstable();
            assert_eq!(found, expected, "seed {seed}, {range}");
            let plain = activity.commits.iter().filter(|commit| commit.merge.is_none());
            let totals = plain.fold((0, 0, 0), |totals, commit| {
                let stats = commit.stats;
                (totals.0 + stats.files as usize, totals.1 + stats.insertions, totals.2 + stats.deletions)
            });
            assert_eq!(totals, numstat(&repo, &range), "seed {seed}, {range}");
        }
    }
}

#[test]
fn first_parent_merges_count_what_they_brought_in() {
    let repo = history(11, 60);
    let activity = repo.scan(ScanFrom::Date(at(0)));
    let merges =
        activity.commits.iter().filter(|commit| commit.merge.is_some() && commit.merged_in.is_none());
    let mut seen = 0;
    for commit in merges {
        let diff = repo.git(&["diff", "--numstat", "-M", &format!("{}^1", commit.sha), &commit.sha]);
        assert_eq!(commit.stats.files as usize, diff.lines().count(), "{}", commit.subject);
        let range = format!("{0}^1..{0}", commit.sha);
        let brought = repo.git(&["rev-list", "--count", &range]);
        let told = commit.merge.as_ref().map_or(0, |merge| merge.commits.len()) + 1;
        assert_eq!(told.to_string(), brought.trim(), "{}", commit.subject);
        seen += 1;
    }
    assert!(seen > 3);
}

#[test]
fn dates_select_what_git_selects() {
    let repo = history(21, 40);
    for hours in [2, 5, 11, 17] {
        let since = START + hours * 3600;
        let found = scan(GitSource::default(), &repo.source(), repo.request(ScanFrom::Date(at(since))));
        let found = found.expect("readable").map_or(0, |activity| activity.commits.len());
        let listed = repo.git(&["log", "--format=%ct", "HEAD"]);
        let expected =
            listed.lines().filter(|time| time.parse::<i64>().is_ok_and(|time| time >= since)).count();
        assert_eq!(found, expected, "{hours}");
    }
}

#[test]
fn a_scan_gives_the_same_answer_twice() {
    let repo = history(31, 40);
    let once = serde_json::to_vec(&repo.first()).expect("JSON");
    repo.git(&["gc", "-q"]);
    assert_eq!(once, serde_json::to_vec(&repo.first()).expect("JSON"), "loose or packed");
}

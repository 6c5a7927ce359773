//! Every crate we build with has a licence on the list of `deny.toml`, and none of the banned ones is among them.

use std::collections::BTreeSet;
use std::process::Command;

use dateline_tests::repository;

fn deny() -> toml::Table {
    let text = std::fs::read_to_string(repository::root().join("deny.toml")).expect("deny.toml is read");
    text.parse().expect("deny.toml is TOML")
}

fn packages() -> Vec<serde_json::Value> {
    let output = Command::new(env!("CARGO"))
        .args(["metadata", "--format-version", "1", "--locked", "--offline"])
        .current_dir(repository::root())
        .output()
        .expect("cargo metadata runs");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let metadata: serde_json::Value = serde_json::from_slice(&output.stdout).expect("metadata is JSON");
    let built = built();
    let is_built = |package: &&serde_json::Value| {
        let text = |key: &str| package[key].as_str().unwrap_or_default().to_owned();
        built.contains(&format!("{} v{}", text("name"), text("version")))
    };
    metadata["packages"].as_array().expect("packages").iter().filter(is_built).cloned().collect()
}

/// Returns what any system would build, as `name vVERSION`; the lock file also names what a feature nobody asks for
/// would add.
fn built() -> BTreeSet<String> {
    let output = Command::new(env!("CARGO"))
        .args([
            "tree",
            "--workspace",
            "--target",
            "all",
            "--edges",
            "all",
            "--prefix",
            "none",
            "--locked",
            "--offline",
        ])
        .current_dir(repository::root())
        .output()
        .expect("cargo tree runs");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let lines = String::from_utf8(output.stdout).expect("cargo speaks UTF-8");
    let name = |line: &str| line.split_whitespace().take(2).collect::<Vec<_>>().join(" ");
    let built: BTreeSet<String> = lines.lines().map(name).collect();
    assert!(built.len() > 100, "{built:?}");
    built
}

/// Returns whether an SPDX expression can be satisfied by `allowed` licences: OR needs one side, AND both.
fn is_satisfied(expression: &str, allowed: &[&str]) -> bool {
    let flat = expression.replace(['(', ')'], " ").replace('/', " OR ");
    // Every expression in the tree is an AND of ORs or an OR of single licences; neither nests deeper.
    flat.split(" AND ").all(|side| side.split(" OR ").any(|licence| allowed.contains(&licence.trim())))
}

#[test]
fn every_dependency_has_an_allowed_licence() {
    let deny = deny();
    let allowed: Vec<&str> = deny["licenses"]["allow"]
        .as_array()
        .expect("licenses.allow is a list")
        .iter()
        .filter_map(toml::Value::as_str)
        .collect();
    let refused: Vec<String> = packages()
        .iter()
        .filter(|package| !is_satisfied(package["license"].as_str().unwrap_or(""), &allowed))
        .map(|package| format!("{}: {}", package["name"], package["license"]))
        .collect();
    assert!(refused.is_empty(), "licences outside deny.toml: {refused:#?}");
}

#[test]
fn no_banned_crate_is_built() {
    let deny = deny();
    let banned: Vec<&str> = deny["bans"]["deny"]
        .as_array()
        .expect("bans.deny is a list")
        .iter()
        .filter_map(|entry| entry["crate"].as_str())
        .collect();
    assert!(!banned.is_empty());
    let found: Vec<String> = packages()
        .iter()
        .filter_map(|package| package["name"].as_str().map(str::to_owned))
        .filter(|name| banned.contains(&name.as_str()))
        .collect();
    assert!(found.is_empty(), "banned crates: {found:?}");
}

#[test]
fn a_licence_expression_is_read_as_it_is_meant() {
    let allowed = ["MIT", "Unicode-3.0"];
    assert!(is_satisfied("MIT OR Apache-2.0", &allowed));
    assert!(is_satisfied("(MIT OR Apache-2.0) AND Unicode-3.0", &allowed));
    assert!(is_satisfied("Apache-2.0/MIT", &allowed));
    assert!(!is_satisfied("GPL-3.0", &allowed));
    assert!(!is_satisfied("MIT AND GPL-3.0", &allowed));
    assert!(!is_satisfied("", &allowed));
}

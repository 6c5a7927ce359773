//! Holds the tree to the house rules: sizes, names, arrows between crates, and words that may not stand anywhere.

use dateline_tests::repository;

const FILE_LINES_MAX: usize = 500;
const FUNCTION_LINES_MAX: usize = 70;

/// Files that a program writes and nobody edits: sizes say nothing about them.
const GENERATED: [&str; 2] = ["openapi/src/generated/calls.rs", "openapi/src/generated/types.rs"];

struct Source {
    path: String,
    text: String,
}

fn sources(extension: &str) -> Vec<Source> {
    repository::files()
        .into_iter()
        .filter(|path| path.ends_with(extension))
        .map(|path| {
            let text =
                std::fs::read_to_string(repository::root().join(&path)).expect("a source file is UTF-8");
            Source { path, text }
        })
        .collect()
}

fn is_test_file(path: &str) -> bool {
    path.ends_with("_tests.rs") || path.contains("/tests/") || path.starts_with("tests/")
}

/// Returns the text without a closing `mod tests { … }`.
fn without_tests(text: &str) -> &str {
    text.find("\n#[cfg(test)]\nmod tests {").map_or(text, |start| &text[..start])
}

#[test]
fn a_file_fits_in_a_head() {
    let long: Vec<String> = sources(".rs")
        .iter()
        .filter(|source| !is_test_file(&source.path) && !GENERATED.contains(&source.path.as_str()))
        .map(|source| (&source.path, without_tests(&source.text).lines().count()))
        .filter(|(_, lines)| *lines > FILE_LINES_MAX)
        .map(|(path, lines)| format!("{path}: {lines} lines"))
        .collect();
    assert!(long.is_empty(), "files over {FILE_LINES_MAX} lines, tests aside: {long:#?}");
}

/// Returns `(first line, length, signature)` of each function, going by rustfmt's indentation.
fn functions(text: &str) -> Vec<(usize, usize, String)> {
    let mut found = Vec::new();
    let mut open: Option<(usize, usize, String)> = None;
    for (number, line) in text.lines().enumerate() {
        let code = line.trim_start();
        let indent = line.len() - code.len();
        match &open {
            None => {
                let words = code.trim_start_matches("pub(crate) ").trim_start_matches("pub(super) ");
                let words = words.trim_start_matches("pub ").trim_start_matches("const ");
                let words = words.trim_start_matches("async ");
                if words.starts_with("fn ") && !code.ends_with('}') && !code.ends_with(';') {
                    open = Some((number, indent, code.to_owned()));
                }
            }
            Some((start, depth, signature))
                if indent == *depth
                    && (code.starts_with('}') || (code.starts_with(')') && code.ends_with(';'))) =>
            {
                found.push((start + 1, number - start, signature.clone()));
                open = None;
            }
            Some(_) => {}
        }
    }
    found
}

#[test]
fn what_is_exempt_is_generated() {
    for path in GENERATED {
        let text = std::fs::read_to_string(repository::root().join(path)).expect("a generated file is there");
        assert!(text.starts_with("// Generated from `openapi/dateline.json`"), "{path} is not generated");
    }
}

#[test]
fn a_function_fits_on_a_screen() {
    let long: Vec<String> = sources(".rs")
        .iter()
        .flat_map(|source| {
            functions(&source.text)
                .into_iter()
                .filter(|(_, lines, _)| *lines > FUNCTION_LINES_MAX)
                .map(|(at, lines, name)| format!("{}:{at}: {lines} lines: {name}", source.path))
                .collect::<Vec<_>>()
        })
        .collect();
    assert!(long.is_empty(), "functions over {FUNCTION_LINES_MAX} lines: {long:#?}");
}

#[test]
fn the_measure_of_functions_sees_a_long_one() {
    let body = "    work();\n".repeat(71);
    let text = format!("pub fn long() {{\n{body}}}\n\nfn short() {{\n    work();\n}}\n");
    let lengths: Vec<usize> = functions(&text).into_iter().map(|(_, lines, _)| lines).collect();
    assert_eq!(lengths, [72, 2]);
}

#[test]
fn nothing_but_a_test_makes_a_mistake_on_purpose() {
    let asks = "mistake::{Mistake, is_made};";
    let making: Vec<String> = sources(".rs")
        .into_iter()
        .filter(|source| !is_test_file(&source.path))
        .filter(|source| source.text.lines().any(|line| line.contains("mistake::") && !line.ends_with(asks)))
        .map(|source| source.path)
        .collect();
    assert!(making.is_empty(), "the engine asks whether a mistake is made, and never makes one: {making:?}");
}

#[test]
fn no_room_is_nameless() {
    let nameless = ["util", "utils", "helper", "helpers", "common", "misc", "manager", "stuff"];
    let found: Vec<String> = repository::files()
        .into_iter()
        .filter(|path| path.split(['/', '.']).any(|part| nameless.contains(&part)) && !path.ends_with(".md"))
        .collect();
    assert!(found.is_empty(), "name these after their noun: {found:?}");
}

#[test]
fn arrows_between_crates_point_inward() {
    let allowed: &[(&str, &[&str])] = &[
        ("core/Cargo.toml", &[]),
        ("core/store/Cargo.toml", &["core"]),
        ("core/connectors/Cargo.toml", &["core"]),
        ("actors/Cargo.toml", &["core"]),
        ("openapi/Cargo.toml", &[]),
        ("api/Cargo.toml", &["core", "actors", "store", "connectors", "openapi"]),
        ("tests/Cargo.toml", &[]),
    ];
    for (path, may) in allowed {
        let text = std::fs::read_to_string(repository::root().join(path)).expect("a manifest is read");
        let manifest: toml::Table = text.parse().expect("a manifest is TOML");
        let dependencies = manifest["dependencies"].as_table().expect("dependencies are a table");
        for name in dependencies.keys().filter_map(|name| name.strip_prefix("dateline-")) {
            assert!(may.contains(&name), "{path} may not depend on dateline-{name}");
        }
        assert_eq!(
            manifest["lints"]["workspace"].as_bool(),
            Some(true),
            "{path} leaves the workspace's lints"
        );
    }
}

#[test]
fn each_crate_stays_ignorant_of_what_it_must_not_know() {
    let ignorance: &[(&str, &[&str])] = &[
        (
            "core/src/",
            &[
                "redb::",
                "tokio::",
                "poem",
                "ractor",
                "gix::",
                "std::fs",
                "std::env",
                "TcpStream",
                "TcpListener",
                "UdpSocket",
                "ToSocketAddrs",
            ],
        ),
        ("core/store/src/", &["poem", "ractor", "gix::", "dateline_actors"]),
        ("core/connectors/src/", &["redb::", "ractor", "poem", "dateline_store"]),
        ("actors/src/", &["redb::", "poem", "gix::", "dateline_store::", "dateline_connectors::"]),
    ];
    let mut found = Vec::new();
    for source in sources(".rs").iter().filter(|source| !is_test_file(&source.path)) {
        for (folder, unknown) in ignorance.iter().filter(|(folder, _)| source.path.starts_with(folder)) {
            let code = without_tests(&source.text);
            for (number, line) in
                code.lines().enumerate().filter(|(_, line)| !line.trim_start().starts_with("//"))
            {
                found.extend(
                    unknown.iter().filter(|word| line.contains(**word)).map(|word| {
                        format!("{}:{}: {folder} must not know `{word}`", source.path, number + 1)
                    }),
                );
            }
        }
    }
    assert!(found.is_empty(), "{found:#?}");
}

#[test]
fn nothing_is_left_unfinished_or_switched_off() {
    // Spelled in halves so that this file does not find itself.
    let words = [
        concat!("todo", "!("),
        concat!("unimplemented", "!("),
        concat!("FIX", "ME"),
        concat!("HA", "CK"),
        concat!("#[ig", "nore"),
        concat!("allow(dead", "_code"),
        concat!("for ", "now,"),
    ];
    let found: Vec<String> = sources(".rs")
        .iter()
        .flat_map(|source| {
            let lines = source.text.lines().enumerate();
            lines
                .filter(|(_, line)| words.iter().any(|word| line.contains(word)))
                .map(|(number, line)| format!("{}:{}: {}", source.path, number + 1, line.trim()))
                .collect::<Vec<_>>()
        })
        .collect();
    assert!(found.is_empty(), "{found:#?}");
}

/// The three sentences every reader of ours may rely on, word for word.
const DELIVERY: [&str; 3] = [
    "An occurrence is *recorded* exactly once.",
    "A step is *executed* at least once and its result is *recorded* once.",
    "Publishing is effectively once where the platform lets us look a post up; otherwise, when the outcome is \
     unknown, we ask instead of repeating.",
];

fn flowed(text: &str) -> String {
    text.replace("\n> ", " ").split_whitespace().collect::<Vec<_>>().join(" ")
}

#[test]
fn the_readme_and_docs_promise_delivery_in_the_agreed_words() {
    let readme = std::fs::read_to_string(repository::root().join("README.md")).expect("README.md is read");
    let docs = sources(".md").into_iter().filter(|source| source.path.starts_with("docs/"));
    let docs: String = docs.map(|source| flowed(&source.text)).collect();
    for sentence in DELIVERY {
        assert!(flowed(&readme).contains(sentence), "README.md lacks: {sentence}");
        assert!(docs.contains(sentence), "docs/ lacks: {sentence}");
    }
}

#[test]
fn exactly_once_is_promised_nowhere_else() {
    let promise = concat!("exactly ", "once");
    let mut found = Vec::new();
    for extension in [".rs", ".md", ".json", ".toml"] {
        for source in sources(extension) {
            let text = flowed(&source.text)
                .replace(&DELIVERY[0].replace("exactly once", concat!("exactly ", "once")), "");
            if text.to_lowercase().contains(promise) && !source.path.ends_with("tidy.rs") {
                found.push(source.path);
            }
        }
    }
    assert!(found.is_empty(), "`{promise}` stands in {found:?}");
}

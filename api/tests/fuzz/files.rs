//! The files people write: configuration, projects and jobs.

use std::collections::BTreeMap;
use std::os::unix::fs::OpenOptionsExt;

use dateline_api::as_code::file;
use dateline_api::config::Sources;
use proptest::prelude::*;

use crate::hostile::{in_time, inputs, is_showable, texts};

const TOML_WORDS: &[&str] = &[
    "\n",
    "=",
    "\"",
    "[",
    "]",
    "[[",
    ".",
    "listen",
    "data",
    "tls",
    "cert",
    "key",
    "true",
    "1979-05-27",
    "'''",
    "#",
    "{",
    "}",
    ",",
    "1e400",
    "nan",
    "0x7f",
    "127.0.0.1:8377",
    "smtp",
    "password",
    "\"canary-hunter2\"",
    "backups",
    "= ",
];
const TOMLS: &[&str] = &[
    "listen = \"127.0.0.1:8377\"\nprojectsMax = 3\n",
    "[tls]\ncert = \"/a\"\nkey = \"/b\"\n",
    "[smtp]\nhost = \"mail.example.org\"\nport = 587\npassword = \"canary-hunter2\"\n",
    "logLevel = \"debug\"\n[backups]\nkeep = 7\n",
];
const YAML_WORDS: &[&str] = &[
    "\n",
    "\n  ",
    "\n    ",
    ": ",
    "- ",
    "{",
    "}",
    "[",
    "]",
    "&a",
    "*a",
    "!!binary",
    "|",
    ">",
    "\"",
    "'",
    "#",
    "? ",
    "version",
    "projects",
    "jobs",
    "name",
    "schedule",
    "frequency",
    "DAILY",
    "1",
    "null",
    "~",
    "---",
    "...",
    "<<",
    "%YAML",
];
const YAMLS: &[&str] = &[
    "version: 1\nprojects:\n  - name: Example\n    source: { kind: GIT, path: /src/example }\n    timezone: UTC\n    \
     platforms: [{ platform: DEVTO, isEnabled: true }]\n",
    "version: 1\nprojects:\n  - name: Example\n    jobs:\n      - name: Weekly\n        type: GENERATE_CONTENT\n        \
     frequency: DAILY\n        timeConfig: { hour: 9, minute: 0, timezone: UTC }\n",
    "version: 1\nprojects: []\n",
];

proptest! {
    #![proptest_config(inputs())]

    #[test]
    fn a_configuration_is_taken_or_refused_without_its_secrets(text in texts(TOML_WORDS, TOMLS)) {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("dateline.toml");
        let mut private = std::fs::OpenOptions::new();
        let file = private.write(true).create_new(true).mode(0o600).open(&path);
        std::io::Write::write_all(&mut file.expect("a file"), text.as_bytes()).expect("it is written");
        let sources = Sources { file: Some(path), flags: BTreeMap::new(), environment: BTreeMap::new() };
        if let Err(refused) = in_time(&text, || sources.load()) {
            let said = refused.to_string();
            prop_assert!(is_showable(&said), "{said:?}");
        }
    }

    #[test]
    fn a_file_of_projects_is_read_or_every_slip_is_told(text in texts(YAML_WORDS, YAMLS)) {
        match in_time(&text, || file::read(&text)) {
            Ok(file) => prop_assert!(file.projects.len() <= text.len()),
            Err(slips) => {
                prop_assert!(!slips.0.is_empty());
                for slip in &slips.0 {
                    prop_assert!(is_showable(&slip.why), "{:?}", slip.why);
                }
            }
        }
    }
}

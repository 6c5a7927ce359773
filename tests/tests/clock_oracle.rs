//! The promise: occurrences are what independent programs say they are, at every clock change of every zone.
//!
//! The comparison itself is `tests/oracle/clock_oracle.py`; this builds its driver and runs it.

use std::{
    env,
    path::{Path, PathBuf},
    process::{Command, Stdio},
};

#[test]
fn occurrences_agree_with_independent_oracles() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).parent().expect("the workspace");
    let Some(python) = python_with_oracles(root) else {
        assert!(env::var_os("CI").is_none(), "the Python of tests/oracle/requirements.txt is missing");
        eprintln!(
            "SKIPPED 1 of 1: no Python with tests/oracle/requirements.txt, in .venv or DATELINE_PYTHON"
        );
        return;
    };
    let script = root.join("tests/oracle/clock_oracle.py");
    let output = Command::new(python).arg(script).arg(driver()).output().expect("Python runs");
    let (told, complained) =
        (String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    println!("{told}");
    assert!(output.status.success(), "{told}{complained}");
}

/// Returns the Python that has the packages of the oracles.
fn python_with_oracles(root: &Path) -> Option<PathBuf> {
    let candidates = [Some(root.join(".venv/bin/python")), env::var_os("DATELINE_PYTHON").map(PathBuf::from)];
    candidates.into_iter().flatten().find(|python| {
        let mut import = Command::new(python);
        import.args(["-c", "import cronsim, tzdata"]).stderr(Stdio::null());
        import.status().is_ok_and(|status| status.success())
    })
}

/// Builds the driver in the profile of this test, and returns its path.
fn driver() -> PathBuf {
    let test = env::current_exe().expect("the path of this test");
    let folder = test.ancestors().nth(2).expect("the profile's folder");
    let mut build = Command::new(env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
    build.args(["build", "--quiet", "--package", "dateline-core", "--example", "occurrences"]);
    if folder.ends_with("release") {
        build.arg("--release");
    }
    let manifest = concat!(env!("CARGO_MANIFEST_DIR"), "/../Cargo.toml");
    let status = build.args(["--manifest-path", manifest]).status().expect("cargo runs");
    assert!(status.success(), "the driver does not build");
    folder.join("examples/occurrences").with_extension(env::consts::EXE_EXTENSION)
}

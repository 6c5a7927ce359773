use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use super::*;

/// A configuration from `(key, value)` flags, `(name, value)` variables and the text of a file.
fn loaded(
    flags: &[(&'static str, &str)],
    environment: &[(&str, &str)],
    file: &str,
) -> Result<Config, ConfigError> {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join(CONFIG_FILE);
    write_private(&path, file);
    let sources = Sources {
        flags: flags.iter().map(|(key, value)| (*key, (*value).to_owned())).collect(),
        file: Some(path),
        environment: variables(environment),
    };
    sources.load()
}

fn variables(environment: &[(&str, &str)]) -> BTreeMap<String, String> {
    environment.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect()
}

fn write_private(path: &Path, text: &str) {
    std::fs::write(path, text).expect("the file is written");
    #[cfg(unix)]
    std::fs::set_permissions(path, std::os::unix::fs::PermissionsExt::from_mode(0o600)).expect("it is ours");
}

fn origin(config: &Config, key: &str) -> String {
    let shown = config.shown().into_iter().find(|row| row.key == key).expect("a setting");
    // The folder differs from run to run.
    let name = shown.origin.rsplit('/').next().unwrap_or_default().to_owned();
    if shown.origin.starts_with("file ") { format!("file {name}") } else { name }
}

#[test]
fn flags_win_over_the_environment_and_that_over_the_file() {
    let file = "# a comment\nprojectsMax = 2\nlisten = \"127.0.0.1:1\"\n[log]\nlevel = \"warn\"\n";
    let environment = [("DATELINE_LISTEN", "127.0.0.1:2"), ("DATELINE_LOG", "error")];
    let config = loaded(&[("listen", "127.0.0.1:3")], &environment, file).expect("a configuration");
    assert_eq!(config.listen.port(), 3);
    assert_eq!((config.log_level.as_str(), config.projects_max, config.backup_keep), ("error", 2, 7));
    assert_eq!(origin(&config, "listen"), "flag --listen");
    assert_eq!(origin(&config, "log.level"), "environment DATELINE_LOG");
    assert_eq!(origin(&config, "projectsMax"), "file dateline.toml:2");
    assert_eq!(origin(&config, "backup.keep"), "default");
}

/// What a file with one fault is answered, its folder aside.
fn refused(file: &str) -> String {
    let said = loaded(&[], &[], file).expect_err("a fault").to_string();
    said.split_once("dateline.toml").map_or(said.clone(), |(_, rest)| rest.to_owned())
}

#[test]
fn a_fault_in_the_file_names_the_line_the_value_and_what_would_be_right() {
    let cases = [
        ("\nprojectsMax = 0", ":2: projectsMax is `0`: expected a whole number from 1 to 1000"),
        ("projectsMax = 1001", ":1: projectsMax is `1001`: expected a whole number from 1 to 1000"),
        (
            "projectsMax = \"5\"",
            ":1: projectsMax is `\"5\"`: expected a number without quotes: a whole number from 1 to 1000",
        ),
        (
            "projectsMax = 0x5",
            ":1: projectsMax is `0x5`: expected a number without quotes: a whole number from 1 to 1000",
        ),
        ("metrics = \"yes\"", ":1: metrics is `\"yes\"`: expected no quotes: `true` or `false`"),
        (
            "[backup]\ntime = \"25:00\"",
            ":2: backup.time is `25:00`: expected a time of day such as `03:30`, or `off`",
        ),
        ("lisen = \"x\"", ":1: `lisen` is no setting: did you mean `listen`?"),
        ("[log]\nlevl = \"info\"", ":2: `log.levl` is no setting: did you mean `log.level`?"),
        ("smtpUrl = \"x\"", ":1: `smtpUrl` is no setting: did you mean `mail.smtpUrl`?"),
        ("[nonsense]\nx = 1", ":1: `nonsense` is no setting"),
        ("listen = \"127.0.0.1:1\"\nlisten = \"127.0.0.1:2\"", ":2: this is no TOML: duplicate key"),
        ("\n\nlisten = ", ":3: this is no TOML: "),
    ];
    for (file, expected) in cases {
        let said = refused(file);
        assert!(said.starts_with(expected), "{file:?}: {said}");
    }
}

#[test]
fn a_fault_elsewhere_names_the_flag_or_the_variable() {
    let flag = loaded(&[("listen", "nowhere")], &[], "").expect_err("a fault");
    assert!(flag.is_of_a_flag());
    assert!(
        flag.to_string().starts_with("flag --listen: listen is `nowhere`: expected an address"),
        "{flag}"
    );
    let variable = loaded(&[], &[("DATELINE_LOG", "loud")], "").expect_err("a fault");
    assert!(!variable.is_of_a_flag());
    assert!(variable.to_string().starts_with("environment DATELINE_LOG: log.level is `loud`:"), "{variable}");
}

/// Every way in which a value can be said, each with a value that must not be shown.
#[test]
fn no_secret_is_ever_shown() {
    for setting in SETTINGS.iter().filter(|setting| setting.is_secret) {
        for canary in ["canary\u{7}value", "canary value without shape \n"] {
            let refused = loaded(&[], &[(setting.env, canary)], "");
            let told =
                refused.map_or_else(|error| format!("{error} {error:?}"), |config| format!("{config:?}"));
            assert!(!told.contains("canary"), "{}: {told}", setting.key);
        }
        let file = format!("{} = 17654321", setting.key);
        assert!(!refused(&file).contains("17654321"), "{}", setting.key);
        let broken = format!("{} = \"canary", setting.key);
        assert!(!refused(&broken).contains("canary"), "{}", setting.key);
    }
    let said = [
        ("GITHUB_TOKEN", "ghp_canary"),
        ("RESEND_API_KEY", "re_canary"),
        ("DATELINE_SMTP_URL", "smtp://user:canary@localhost"),
        ("DATELINE_SENTRY_DSN", "http://canary@localhost/1"),
        ("DATELINE_OTLP_HEADERS", "authorization=canary"),
        ("DATELINE_SECRET_KEY", "cacacacacacacacacacacacacacacacacacacacacacacacacacacacacacacaca"),
    ];
    let config = loaded(&[], &said, "").expect("a configuration");
    let told = format!("{config:?}{:?}{}", config.shown(), show::as_text(&config.shown(), config.file()));
    assert!(!told.contains("canary") && !told.contains("cacaca"), "{told}");
    let secrets = config.secrets();
    let has = |text: &str| secrets.iter().any(|secret| secret.expose() == text);
    assert!(
        has("ghp_canary") && has("smtp://user:canary@localhost") && has("canary"),
        "parts are secrets too"
    );
    let row = config.shown().into_iter().find(|row| row.key == "github.token").expect("a setting");
    assert_eq!((row.value.as_str(), row.origin.as_str()), ("set", "environment GITHUB_TOKEN"));
}

#[cfg(unix)]
#[test]
fn a_file_with_secrets_that_others_read_is_refused_with_the_mending_command() {
    use std::os::unix::fs::PermissionsExt;
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join(CONFIG_FILE);
    let load = |text: &str, mode: u32| {
        std::fs::write(&path, text).expect("the file is written");
        std::fs::set_permissions(&path, PermissionsExt::from_mode(mode)).expect("it is ours");
        Sources { file: Some(path.clone()), ..Sources::default() }.load().map(drop)
    };
    let secret = "github.token = \"ghp_canary\"";
    for mode in [0o640, 0o604, 0o644] {
        let error = load(secret, mode).expect_err("others can read it").to_string();
        assert!(error.contains("chmod 600") && error.contains("github.token"), "{error}");
    }
    assert_eq!(load(secret, 0o600), Ok(()));
    assert_eq!(load("projectsMax = 2", 0o644), Ok(()));
}

#[test]
fn the_file_is_looked_for_in_the_data_folder_and_then_in_the_users() {
    let folder = tempfile::tempdir().expect("a folder");
    let text = |path: &Path| path.to_str().expect("a plain path").to_owned();
    let (data, user) = (folder.path().join("data"), folder.path().join("config"));
    std::fs::create_dir_all(user.join("dateline")).expect("a folder");
    std::fs::create_dir_all(&data).expect("a folder");
    let load = || {
        let environment = variables(&[("DATELINE_DATA", &text(&data)), ("XDG_CONFIG_HOME", &text(&user))]);
        Sources { environment, ..Sources::default() }.load()
    };
    assert_eq!(load().expect("a configuration").file(), None);
    write_private(&user.join("dateline").join(CONFIG_FILE), "projectsMax = 3");
    assert_eq!(load().expect("a configuration").projects_max, 3);
    write_private(&data.join(CONFIG_FILE), "projectsMax = 4");
    assert_eq!(load().expect("a configuration").projects_max, 4);
    write_private(&data.join(CONFIG_FILE), "data = \"/elsewhere\"");
    let error = load().expect_err("it lies in the folder it names").to_string();
    assert!(error.contains("dateline.toml:1: data is"), "{error}");
}

#[test]
fn a_slip_in_a_variables_name_is_noticed_and_other_programs_are_left_alone() {
    let environment =
        variables(&[("DATELINE_LISTN", "x"), ("DATELINE_BIN", "x"), ("GITHUB_TOKN", "x"), ("PATH", "x")]);
    let sources = Sources { environment, ..Sources::default() };
    assert_eq!(sources.near_misses(), [("DATELINE_LISTN".to_owned(), "DATELINE_LISTEN")]);
}

#[test]
fn values_are_read_as_documented() {
    let good: &[(&str, &str)] = &[
        ("listen", "[::1]:0"),
        ("log.level", "info,dateline_store=debug"),
        ("log.level", "off"),
        ("hosts", "dateline.example.org,dateline.example.org:8443,[::1]:80"),
        ("trustedProxies", "10.0.0.0/8,::1"),
        ("publicUrl", "https://example.org/dateline"),
        ("mail.from", "Dateline <news@example.org>"),
        ("mail.smtpUrl", "smtps://user:pass@mail.example.org:465"),
        ("backup.time", "off"),
        ("backup.timezone", "Europe/Berlin"),
        ("sentry.dsn", "https://0123456789abcdef@errors.example.org/1"),
        ("otlp.headers", "authorization=Bearer x,x-team=a"),
    ];
    let bad: &[(&str, &str)] = &[
        ("listen", "8377"),
        ("log.level", "inof"),
        ("log.level", "3"),
        ("log.format", "xml"),
        ("hosts", "https://example.org"),
        ("hosts", "a/b"),
        ("trustedProxies", "10.0.0.0/33"),
        ("trustedProxies", "proxy"),
        ("publicUrl", "https://user:password@example.org"),
        ("publicUrl", "ftp://example.org"),
        ("mail.from", "news"),
        ("mail.from", "a@b\r\nBcc: c@d"),
        ("mail.smtpUrl", "http://mail.example.org"),
        ("backup.time", "3:30"),
        ("backup.timezone", "Mars/Olympus"),
        ("backup.keep", "0"),
        ("densityMinMs", "999"),
        ("secretKey.value", "0123"),
        ("secretKey.source", "cloud"),
        ("otlp.headers", "authorization"),
        ("sentry.dsn", "https://errors.example.org/1"),
    ];
    let setting = |key: &str| SETTINGS.iter().find(|setting| setting.key == key).expect("a setting");
    for (key, value) in good {
        assert!((setting(key).check)(value), "{key} = {value}");
    }
    for (key, value) in bad {
        assert!(!(setting(key).check)(value), "{key} = {value}");
    }
    for setting in SETTINGS {
        assert!((setting.check)(setting.default), "{} takes its own default", setting.key);
    }
}

fn committed(path: &str) -> String {
    let root = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("..");
    std::fs::read_to_string(root.join(path)).unwrap_or_else(|error| panic!("{path}: {error}"))
}

#[test]
fn what_is_written_about_settings_is_fresh() {
    let hint = "run `bash script/generate`";
    assert_eq!(committed(".env.example"), show::env_example(), "{hint}");
    assert!(committed("docs/configuration.md").contains(&show::documented()), "{hint}");
}

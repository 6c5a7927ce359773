use super::*;
use proptest::prelude::*;

fn check(given: &str, redacted: &str) {
    let result = redact_secrets(given);
    assert_eq!(result.text, redacted, "{given:?}");
    assert_eq!(result.found, given != redacted, "{given:?}");
    assert!(!redact_secrets(redacted).found, "{redacted:?} is redacted again");
}

fn check_stays(given: &str) {
    check(given, given);
}

#[test]
fn known_prefixes_go() {
    check("use ghp_16C7e42F292c6912E7710c838347Ae178B4a now", "use [redacted] now");
    for prefix in ["gho_", "ghu_", "ghs_", "ghr_"] {
        check(&format!("x={prefix}16C7e42F292c6912E7710c838347Ae178B4a."), "x=[redacted].");
    }
    check("(github_pat_11ABCDEFG0abcdefghijkl_mnopqrstuvwxyz)", "([redacted])");
    check("glpat-abc_DEF-123456789012", "[redacted]");
    check("xoxb-123456789012-abcdefABCDEF", "[redacted]");
    check("AKIAIOSFODNN7EXAMPLE, and", "[redacted], and");
    check("sk-proj-abc123DEF456ghi789", "[redacted]");
    check("sk-abcdefghijklmnopqrstuvwx", "[redacted]");
    check("sk-ant-api03-AbCdEf", "[redacted]");
}

#[test]
fn blocks_signed_tokens_and_passwords_in_addresses_go() {
    check(
        "a\n-----BEGIN RSA PRIVATE KEY-----\nMIIE\nxx==\n-----END RSA PRIVATE KEY-----\nb",
        "a\n[redacted]\nb",
    );
    check("-----BEGIN OPENSSH PRIVATE KEY----- b3BlbnNz cut off", "[redacted]");
    check(
        "jwt eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0In0.dozjgNryP4J3jVmNHl0w5N_XgL0n3I9P ok",
        "jwt [redacted] ok",
    );
    check("clone https://ann:s3cret@example.com/x.git", "clone https://[redacted]@example.com/x.git");
    check(
        "https://0123abcd@example.com and postgres://u:p@ss@db/x",
        "https://[redacted]@example.com and postgres://[redacted]@db/x",
    );
    check("Authorization: Bearer abcdef0123456789abcdef", "Authorization: Bearer [redacted]");
}

#[test]
fn assignments_go() {
    check("password=hunter2", "password=[redacted]");
    check("DB_PASSWORD = hunter2 # local", "DB_PASSWORD = [redacted] # local");
    check("api_key: 'abc-def-ghi'", "api_key: '[redacted]'");
    check("{\"client_secret\": \"tr0ub4dor&3\"}", "{\"client_secret\": \"[redacted]\"}");
    check("token: abc123def456", "token: [redacted]");
}

#[test]
fn random_strings_go() {
    check("key 9f86d081884c7d659a2feaa0c55ad015 end", "key [redacted] end");
    check("id Zm9vYmFyQmF6UXV4MTIzNDU2Nzg5MEFCQ0RFRg== end", "id [redacted] end");
    check("v x7Kp2mQ9vR4tL8wN3zB6yH1jD5fG0sAc", "v [redacted]");
    check("wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY", "[redacted]");
}

#[test]
fn words_paths_and_names_of_objects_stay() {
    check_stays("599626b4f0c2d1e3a5b6c7d8e9f0a1b2c3d4e5f6");
    check_stays("https://github.com/o/r/commit/599626b4f0c2d1e3a5b6c7d8e9f0a1b2c3d4e5f6");
    check_stays(
        "https://github.com/o/r/compare/599626b4f0c2d1e3a5b6c7d8e9f0a1b2c3d4e5f6...0123456789abcdef0123456789abcdef01234567",
    );
    check_stays("550e8400-e29b-41d4-a716-446655440000");
    check_stays("src/components/publishing/static_site/front_matter/writer.rs");
    check_stays("AbstractSingletonProxyFactoryBeanDefinition2");
    check_stays("test_the_http2_client_reconnects_after_timeout_30s");
    check_stays("GetURLForHTTPRequestFromXMLParserConfiguration");
    check_stays("this-is-a-very-long-branch-name-for-issue-1234");
    check_stays("--------------------------------------------");
    check_stays("image@sha256:9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08");
    check_stays("sha512-AbCdEf0123456789AbCdEf0123456789AbCdEf0123456789==");
    check_stays("ssh://git@github.com/a/b, https://medium.com/@ann/post");
    check_stays("sk-learn-compatible-estimators, task-runner-configuration");
}

#[test]
fn sentences_about_secrets_stay() {
    check_stays("Fix the token: the parser now skips it");
    check_stays("Add --token=TOKEN and password=<yours>, api_key=$KEY, secret=${{ secrets.X }}");
    check_stays("let token = lexer.next_token(); max_tokens=4096");
    check_stays("secret: Option::None, password=None");
    check_stays("Basic authentication-and-authorization works");
    check_stays("password=[redacted] https://[redacted]@host/");
}

proptest! {
    #[test]
    fn redacting_twice_changes_nothing(text in "(?s).{0,200}|[a-zA-Z0-9=:/@ _.\"'-]{0,200}|(token|=|ghp_|sk-|[a-z0-9A-Z]{8}|\\[redacted\\]|@|://| ){0,30}") {
        let once = redact_secrets(&text);
        prop_assert!(!redact_secrets(&once.text).found, "{:?}", once.text);
    }
}

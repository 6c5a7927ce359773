//! Checks of what people send: every fault is named with its field, its value and what would be right.

use std::time::Duration;

use dateline_core::brief::Style;
use dateline_core::egress::{PrivateHosts, vet};
use dateline_core::pause::REASON_CHARS_MAX;
use dateline_core::platform::Platform;
use dateline_core::policy::Policy;
use dateline_core::project::{PlatformSettings, ProjectPlatform};
use dateline_core::publisher::Target;
use dateline_core::queue::{DEBOUNCE_MAX, KeyTemplate, LIMIT_MAX, PER_MAX};
use dateline_core::retry::{RetryKind, RetryPolicy};
use dateline_core::schedule::{Fault, FaultCode, Zone};
use dateline_core::secret::Secret;
use dateline_core::source::Source;

use crate::request::{DraftText, RequestError};

const NAME_CHARS_MAX: usize = 120;
const TAG_CHARS_MAX: usize = 60;
const TAGS_MAX: usize = 20;
const BOTS_MAX: usize = 50;
const BODY_BYTES_MAX: usize = 512 * 1024;
const NOTE_CHARS_MAX: usize = 2_000;

/// Collects faults, so that a person learns of all of them at once.
#[derive(Default)]
pub(super) struct Faults(Vec<Fault>);

impl Faults {
    pub(super) fn add(&mut self, pointer: impl Into<String>, value: &str, expected: impl Into<String>) {
        self.0.push(Fault::at(pointer, FaultCode::InvalidField, value, expected));
    }

    pub(super) fn push(&mut self, fault: Fault) {
        self.0.push(fault);
    }

    pub(super) fn extend(&mut self, faults: Vec<Fault>) {
        self.0.extend(faults);
    }

    pub(super) fn into_result(self) -> Result<(), RequestError> {
        if self.0.is_empty() { Ok(()) } else { Err(RequestError::Invalid { faults: self.0 }) }
    }

    pub(super) fn name(&mut self, name: &str) {
        self.line("/name", name, NAME_CHARS_MAX);
    }

    /// One line of text: 1 to `max` characters, no controls, not only spaces.
    fn line(&mut self, pointer: &str, text: &str, max: usize) {
        let chars = text.chars().count();
        if text.trim().is_empty() || chars > max || text.chars().any(char::is_control) {
            self.add(pointer, text, format!("1 to {max} characters without control characters"));
        }
    }

    pub(super) fn pause_reason(&mut self, reason: &str) {
        self.line("/reason", reason, REASON_CHARS_MAX);
    }

    /// How many may run at once.
    pub(super) fn limit(&mut self, pointer: &str, max: u32) {
        if !(1..=LIMIT_MAX).contains(&max) {
            self.add(pointer, &max.to_string(), format!("1 to {LIMIT_MAX}"));
        }
    }

    pub(super) fn timezone(&mut self, name: &str) {
        if let Err(unknown) = Zone::named(name) {
            let expected = match unknown.suggestion {
                Some(near) => format!("an IANA zone name such as `{near}`"),
                None => "an IANA zone name such as `Europe/Berlin`".to_owned(),
            };
            self.push(Fault::at("/timezone", FaultCode::UnknownTimezone, name, expected));
        }
    }

    pub(super) fn style(&mut self, style: &Style) {
        self.lines("/style/tags", &style.tags, TAGS_MAX);
        self.lines("/style/bots", &style.bots, BOTS_MAX);
    }

    fn lines(&mut self, pointer: &str, values: &[String], max: usize) {
        if values.len() > max {
            self.add(pointer, &values.len().to_string(), format!("at most {max} entries"));
        }
        for (index, value) in values.iter().enumerate().take(max) {
            self.line(&format!("{pointer}/{index}"), value, TAG_CHARS_MAX);
        }
    }

    pub(super) fn platforms(&mut self, platforms: &[ProjectPlatform]) {
        if platforms.is_empty() {
            self.add("/platforms", "", "at least one platform");
        }
        for (index, entry) in platforms.iter().enumerate() {
            let pointer = format!("/platforms/{index}");
            if platforms.iter().take(index).any(|earlier| earlier.platform == entry.platform) {
                self.add(format!("{pointer}/platform"), entry.platform.name(), "each platform at most once");
            }
            self.settings(&format!("{pointer}/settings"), entry.platform, &entry.settings);
        }
    }

    fn settings(&mut self, pointer: &str, platform: Platform, settings: &PlatformSettings) {
        if let Some(max) = settings.body_chars_max {
            let pointer = format!("{pointer}/bodyCharsMax");
            if platform != Platform::Mastodon {
                self.add(pointer, &max.to_string(), "nothing: only MASTODON instances set their own limit");
            } else if !(100..=100_000).contains(&max) {
                self.add(pointer, &max.to_string(), "100 to 100000 characters");
            }
        }
        match &settings.target {
            Some(target) if takes_files(platform) => self.target(&format!("{pointer}/target"), target),
            Some(_) => self.add(
                format!("{pointer}/target"),
                platform.name(),
                "no target: only DEVTO, HASHNODE, RELEASE_NOTES and MARKDOWN are published to files",
            ),
            None => {}
        }
    }

    fn target(&mut self, pointer: &str, target: &Target) {
        match target {
            Target::Folder { path, site: _ } => self.absolute(&format!("{pointer}/path"), path),
            Target::Feed { path, title, site_url } => {
                self.absolute(&format!("{pointer}/path"), path);
                self.line(&format!("{pointer}/title"), title, NAME_CHARS_MAX);
                let rest = site_url.strip_prefix("https://").or_else(|| site_url.strip_prefix("http://"));
                let is_address = rest.is_some_and(|rest| {
                    !rest.is_empty()
                        && !rest.starts_with('/')
                        && !rest
                            .contains(|c: char| c.is_whitespace() || c.is_control() || "<>\"\\".contains(c))
                });
                if !is_address || site_url.len() > 2_000 {
                    self.add(format!("{pointer}/siteUrl"), site_url, "an absolute http or https address");
                }
            }
        }
    }

    pub(super) fn absolute(&mut self, pointer: &str, path: &str) {
        let is_bad = path.contains('\0') || path.len() > 4_096 || !std::path::Path::new(path).is_absolute();
        if is_bad {
            self.add(pointer, path, "an absolute path");
        }
    }

    pub(super) fn policy(&mut self, policy: &Policy) {
        let retry = &policy.retry;
        if !(1..=20).contains(&retry.attempts_max) {
            let value = retry.attempts_max.to_string();
            self.add("/policy/retry/attemptsMax", &value, "1 to 20 attempts");
        }
        let (second, hour, day) =
            (Duration::from_secs(1), Duration::from_secs(3600), Duration::from_secs(86_400));
        self.duration("/policy/retry/baseMs", retry.base, second / 10, hour);
        self.duration("/policy/retry/capMs", retry.cap, second / 10, day);
        if retry.cap < retry.base {
            self.add("/policy/retry/capMs", &retry.cap.as_millis().to_string(), "at least baseMs");
        }
        self.delays(retry);
        if policy.auto_pause_after > 1_000 {
            let value = policy.auto_pause_after.to_string();
            self.add("/policy/autoPauseAfter", &value, "0 to 1000 failures");
        }
        if let Some(until) = retry.until {
            self.duration("/policy/retry/untilMs", until, second, day * 30);
        }
        self.duration("/policy/latenessWindowMs", policy.lateness_window, Duration::ZERO, day * 366);
        if let Some(ask_for) = policy.ask_for {
            self.duration("/policy/askMs", ask_for, second * 60, day * 31);
        }
        let timeouts = &policy.timeouts;
        self.duration("/policy/timeouts/startMs", timeouts.start, second, day * 30);
        self.duration("/policy/timeouts/runMs", timeouts.run, second, day);
        self.duration("/policy/timeouts/stepMs", timeouts.step, second, day);
        self.duration("/policy/timeouts/heartbeatMs", timeouts.heartbeat, second, day);
        self.gates(policy);
    }

    /// What is counted together, and how much of it.
    fn gates(&mut self, policy: &Policy) {
        let least = Duration::from_millis(100);
        if let Some(concurrency) = &policy.concurrency {
            self.key("/policy/concurrency/key", &concurrency.key);
            self.limit("/policy/concurrency/limit", concurrency.limit);
        }
        if let Some(rate) = &policy.rate_limit {
            self.limit("/policy/rateLimit/max", rate.max);
            self.duration("/policy/rateLimit/perMs", rate.per, least, PER_MAX);
            if let Some(key) = &rate.key {
                self.key("/policy/rateLimit/key", key);
            }
        }
        if let Some(debounce) = &policy.debounce {
            self.duration("/policy/debounceMs", debounce.quiet, least, DEBOUNCE_MAX);
            if let Some(longest) = debounce.longest {
                self.duration("/policy/debounceMaxMs", longest, debounce.quiet, DEBOUNCE_MAX);
            }
            if let Some(key) = &debounce.key {
                self.key("/policy/debounceKey", key);
            }
        }
    }

    fn key(&mut self, pointer: &str, template: &KeyTemplate) {
        if let Err(fault) = KeyTemplate::parse(template.as_str()) {
            self.add(pointer, template.as_str(), fault.to_string());
        }
    }

    /// A table says as much as can count.
    fn delays(&mut self, retry: &RetryPolicy) {
        let (pointer, count) = ("/policy/retry/delaysMs", retry.delays.len());
        let is_table = retry.kind == RetryKind::Table;
        if is_table && count == 0 {
            self.add(pointer, "[]", "at least one delay, since kind is TABLE");
        }
        if is_table && count > 1 && count >= usize::try_from(retry.attempts_max).unwrap_or(usize::MAX) {
            let most = retry.attempts_max.saturating_sub(1).max(1);
            let expected =
                format!("at most {most}, one fewer than attemptsMax; the last counts for all that follow");
            self.add(pointer, &count.to_string(), expected);
        }
        let (least, most) = (Duration::from_millis(100), Duration::from_secs(86_400));
        for (index, delay) in retry.delays.iter().enumerate() {
            self.duration(&format!("{pointer}/{index}"), *delay, least, most);
        }
    }

    fn duration(&mut self, pointer: &str, value: Duration, min: Duration, max: Duration) {
        if value < min || value > max {
            let expected = format!("{} to {} milliseconds", min.as_millis(), max.as_millis());
            self.add(pointer, &value.as_millis().to_string(), expected);
        }
    }

    /// What a project reads must be well formed before it is looked at.
    pub(super) fn source(&mut self, source: &Source, allowed: &PrivateHosts) {
        let branch = match source {
            Source::Git { path, branch } => {
                self.absolute("/source/path", path);
                branch
            }
            Source::Github { owner, repo, branch, api_url, token: _ } => {
                self.slug("/source/owner", owner, 39);
                self.slug("/source/repo", repo, 100);
                if let Some(url) = api_url
                    && let Err(refusal) = vet(url, allowed)
                {
                    self.add("/source/apiUrl", url, refusal.to_string());
                }
                branch
            }
        };
        if branch.as_ref().is_some_and(|name| name.is_empty() || name.chars().any(char::is_control)) {
            self.add("/source/branch", branch.as_deref().unwrap_or_default(), "a branch's name");
        }
    }

    fn slug(&mut self, pointer: &str, name: &str, max: usize) {
        let is_plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.');
        let is_dots = name.chars().all(|c| c == '.');
        if name.is_empty() || name.len() > max || is_dots || !name.chars().all(is_plain) {
            self.add(pointer, name, format!("1 to {max} letters, digits, `-`, `_` or `.`"));
        }
    }

    /// A token is never repeated, not even a wrong one.
    pub(super) fn token(&mut self, token: Option<&Secret>) {
        let is_plain = |text: &str| text.bytes().all(|byte| byte.is_ascii_graphic());
        if token.is_some_and(|token| !(8..=255).contains(&token.expose().len()) || !is_plain(token.expose()))
        {
            self.add("/source/token", "", "8 to 255 visible characters without spaces");
        }
    }

    pub(super) fn reason(&mut self, reason: Option<&str>) {
        if let Some(reason) = reason {
            self.text("/reason", reason);
        }
    }

    fn text(&mut self, pointer: &str, text: &str) {
        if text.chars().count() > NOTE_CHARS_MAX || has_controls(text) {
            self.add(pointer, text, "at most 2000 characters without control characters");
        }
    }

    pub(super) fn draft_text(&mut self, text: &DraftText) {
        if let Some(title) = &text.title {
            self.line("/title", title, 300);
        }
        if text.body.trim().is_empty() || text.body.len() > BODY_BYTES_MAX || has_controls(&text.body) {
            self.add("/body", &text.body, "some text without control characters, at most 512 KiB");
        }
        self.lines("/tags", &text.tags, TAGS_MAX);
        if let Some(note) = &text.note {
            self.text("/note", note);
        }
    }
}

/// Refuses when there is any fault.
pub(super) fn fault_free(faults: Vec<Fault>) -> Result<(), RequestError> {
    Faults(faults).into_result()
}

/// Whether a platform's texts are Markdown, and so make sense as files of a site or entries of a feed.
fn takes_files(platform: Platform) -> bool {
    match platform {
        Platform::Devto | Platform::Hashnode | Platform::ReleaseNotes | Platform::Markdown => true,
        Platform::Linkedin | Platform::Mastodon | Platform::Bluesky | Platform::Email => false,
    }
}

fn has_controls(text: &str) -> bool {
    text.chars().any(|c| c.is_control() && c != '\n' && c != '\t')
}

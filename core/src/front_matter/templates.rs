//! Braces in a text that a site generator would run: shown as they are instead.
//!
//! A commit message may quote a template; without this, `{{ site.github }}` prints somebody's data and `{{< x >}}`
//! stops the build.

use std::borrow::Cow;
use std::sync::LazyLock;

use regex::{Captures, Regex};

use crate::publisher::SiteKind;

static HUGO: LazyLock<Regex> =
    LazyLock::new(|| Regex::new(r"\{\{(<|%)([^\n]*?)(>|%)\}\}|\{\{(<|%)").expect("a constant pattern"));
static LIQUID_END: LazyLock<Regex> =
    LazyLock::new(|| Regex::new(r"\{%-?\s*endraw\s*-?%\}").expect("a constant pattern"));
static ZOLA: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r"(\{\{|\{%)([ \t]*(?:\w+(?:::\w+)*[ \t]*\([^\n]*?\)|end)[ \t]*)(\}\}|%\})")
        .expect("a constant pattern")
});

/// Returns `body` so that `site`'s templates leave it alone.
pub(super) fn guarded(site: SiteKind, body: &str) -> Cow<'_, str> {
    match site {
        SiteKind::Hugo => HUGO.replace_all(body, |found: &Captures<'_>| match (found.get(2), found.get(1)) {
            (Some(inner), Some(mark)) => {
                let inner = inner.as_str().replace("/*", "").replace("*/", "");
                format!("{{{{{}/*{inner}*/{}}}}}", mark.as_str(), &found[3])
            }
            _ => "{ {".to_owned() + &found[4],
        }),
        SiteKind::Jekyll if body.contains("{{") || body.contains("{%") => {
            let inner = LIQUID_END.replace_all(body, "{% endraw %}{{ '$0' }}{% raw %}");
            Cow::Owned(format!("{{% raw %}}\n{inner}\n{{% endraw %}}"))
        }
        SiteKind::Zola => ZOLA.replace_all(body, "$1/*$2*/$3"),
        SiteKind::Jekyll | SiteKind::Astro => Cow::Borrowed(body),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(site: SiteKind, body: &str, expected: &str) {
        assert_eq!(guarded(site, body), expected, "{site:?}");
    }

    #[test]
    fn braces_are_shown_as_they_are() {
        check(SiteKind::Hugo, "a {{< x y >}} {{% z %}} {{ .b }}", "a {{</* x y */>}} {{%/* z */%}} {{ .b }}");
        check(SiteKind::Hugo, "`{{< open`", "`{ {< open`");
        check(SiteKind::Jekyll, "plain { }", "plain { }");
        check(SiteKind::Jekyll, "{{ site.x }}", "{% raw %}\n{{ site.x }}\n{% endraw %}");
        check(
            SiteKind::Jekyll,
            "{% endraw %}{{ x }}",
            "{% raw %}\n{% endraw %}{{ '{% endraw %}' }}{% raw %}{{ x }}\n{% endraw %}",
        );
        check(
            SiteKind::Zola,
            "{{ f(a=1) }} {% g() %}x{% end %} {{ no }}",
            "{{/* f(a=1) */}} {%/* g() */%}x{%/* end */%} {{ no }}",
        );
        check(SiteKind::Astro, "{{ x }}", "{{ x }}");
    }
}

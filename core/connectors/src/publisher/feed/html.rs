//! Markdown as HTML that may stand in anybody's reader.

use std::collections::HashSet;
use std::sync::LazyLock;

use ammonia::Builder;
use dateline_core::markdown::{TooComplex, to_html};

/// The sanitiser's own defaults know neither scripts, styles, SVG nor MathML; images and other schemes go as well.
static SANITISER: LazyLock<Builder<'static>> = LazyLock::new(|| {
    let mut builder = Builder::default();
    builder.rm_tags(["img", "map", "area"]).url_schemes(HashSet::from(["http", "https"]));
    builder
});

/// Returns `markdown` as HTML, sanitised after it was rendered.
pub(super) fn safe_html(markdown: &str) -> Result<String, TooComplex> {
    Ok(SANITISER.clean(&to_html(markdown)?).to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_that_acts_survives() {
        for hostile in [
            "<script>alert(1)</script>",
            "<img src=x onerror=alert(1)>",
            "[x](javascript:alert(1))",
            "[x](JaVa&#x09;Script:alert(1))",
            "[x](data:text/html,<script>alert(1)</script>)",
            "![x](https://a.b/c.svg)",
            "<svg><set attributeName=href to=javascript:alert(1)>",
            "<math><mtext></form><form><mglyph><style></math><img src onerror=alert(1)>",
            "<style>*{}</style>",
            "<iframe srcdoc='<script>'>",
            "<base href=//evil>",
            "<meta http-equiv=refresh content=0>",
            "<form action=//evil><input>",
            "<a href=vbscript:x>y</a>",
            "<javascript:alert(1)>",
        ] {
            let html = safe_html(hostile).expect("simple").to_lowercase();
            for banned in [
                "<script",
                "<img",
                "javascript:",
                "vbscript:",
                "data:",
                "<svg",
                "<math",
                "<style",
                "<iframe",
                "<base",
                "<meta",
                "<form",
                "<input",
                "onerror=",
            ] {
                // Escaped words may talk of anything.
                assert!(
                    !html.contains(banned)
                        || !banned.starts_with('<')
                            && !html.contains(&format!("href=\"{banned}"))
                            && !html.contains("<a href=\"j"),
                    "{hostile:?} gives {html:?}"
                );
            }
        }
    }

    #[test]
    fn words_links_and_code_stay() {
        let html = safe_html("**a** `b` [c](https://d.e/)\n\n- f").expect("simple");
        assert!(
            html.contains("<strong>a</strong>")
                && html.contains("<code>b</code>")
                && html.contains("<li>f</li>"),
            "{html}"
        );
        assert!(html.contains("href=\"https://d.e/\""), "{html}");
    }
}

//! The contract for people and programs: `/openapi.json`, and `/docs`, a page that needs no network.

use std::sync::LazyLock;

use poem::http::header::{CACHE_CONTROL, CONTENT_SECURITY_POLICY};
use poem::http::{HeaderValue, Method};
use poem::{Request, Response};

use super::problem::{Code, Problem};

/// The page may load its own files and call this server; React sets styles in attributes, hence the one exception.
const POLICY: HeaderValue = HeaderValue::from_static(
    "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; \
     connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
);

const PAGE: &str = r#"<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Dateline: the HTTP interface</title>
<link rel="stylesheet" href="/docs/style.css">
</head>
<body>
<div id="ui"></div>
<script src="/docs/bundle.js"></script>
<script src="/docs/start.js"></script>
</body>
</html>
"#;

const START: &str =
    "SwaggerUIBundle({ dom_id: '#ui', url: '/openapi.json', deepLinking: true, validatorUrl: null });\n";

/// The files of Swagger UI, cut out of the page that poem-openapi carries; made when somebody first looks.
static BUNDLE: LazyLock<Bundle> = LazyLock::new(Bundle::cut_out);

struct Bundle {
    style: String,
    script: String,
}

/// Returns the answer for one of the documents' own paths, `None` for any other path.
///
/// # Errors
/// 405 for anything but GET and HEAD.
pub fn answer(request: &Request) -> Option<Result<Response, Problem>> {
    let (media, text): (_, fn() -> &'static str) = match request.uri().path() {
        "/openapi.json" => ("application/json", || dateline_openapi::DOCUMENT),
        "/docs" | "/docs/" => ("text/html; charset=utf-8", || PAGE),
        "/docs/start.js" => ("text/javascript; charset=utf-8", || START),
        "/docs/bundle.js" => ("text/javascript; charset=utf-8", || &BUNDLE.script),
        "/docs/style.css" => ("text/css; charset=utf-8", || &BUNDLE.style),
        _ => return None,
    };
    if request.method() != Method::GET {
        let allow = Some("GET, HEAD".to_owned());
        return Some(Err(Problem {
            allow,
            ..Problem::new(Code::MethodNotAllowed, "this resource takes GET, HEAD")
        }));
    }
    let mut response = Response::builder().content_type(media).body(text());
    response.headers_mut().insert(CONTENT_SECURITY_POLICY, POLICY);
    response.headers_mut().insert(CACHE_CONTROL, HeaderValue::from_static("no-cache"));
    Some(Ok(response))
}

impl Bundle {
    fn cut_out() -> Self {
        let page = poem_openapi::OpenApiService::new((), "", "").swagger_ui_html();
        let between = |from: &str, to: &str| {
            let rest = page.split_once(from).map_or("", |(_, rest)| rest);
            rest.split_once(to).map_or("", |(text, _)| text).to_owned()
        };
        Self {
            style: between("<style charset=\"UTF-8\">", "</style>\n    <script charset"),
            script: between("<script charset=\"UTF-8\">", "</script>\n</head>"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_page_is_whole_and_asks_no_other_server() {
        assert!(BUNDLE.script.len() > 1_000_000 && BUNDLE.script.contains("SwaggerUIBundle"));
        assert!(BUNDLE.style.len() > 100_000 && BUNDLE.style.contains(".swagger-ui"));
        assert!(!BUNDLE.style.contains("@import") && !BUNDLE.style.contains("url(http"));
        assert!(!PAGE.contains("://"));
    }
}

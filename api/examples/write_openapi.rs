//! Writes `openapi/dateline.json` from the handlers.

fn main() -> std::io::Result<()> {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../openapi/dateline.json");
    std::fs::write(path, dateline_api::http::document::published())
}

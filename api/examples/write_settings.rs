//! Writes `.env.example` and the table in `docs/configuration.md` from the table of settings.

use std::path::Path;

use dateline_api::config::show::{documented, env_example};

const BEGIN: &str = "<!-- settings -->\n";
const END: &str = "<!-- end of settings -->\n";

fn main() -> std::io::Result<()> {
    let root = Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/.."));
    std::fs::write(root.join(".env.example"), env_example())?;
    let page = root.join("docs/configuration.md");
    let text = std::fs::read_to_string(&page)?;
    let (before, rest) =
        text.split_once(BEGIN).ok_or_else(|| std::io::Error::other("the page has no table"))?;
    let (_, after) = rest.split_once(END).ok_or_else(|| std::io::Error::other("the table has no end"))?;
    std::fs::write(page, format!("{before}{BEGIN}{}{END}{after}", documented()))
}

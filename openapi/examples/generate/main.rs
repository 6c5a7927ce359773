//! Writes `src/generated/*.rs`, the Rust client's types and calls, from `dateline.json`.
//!
//! `bash script/generate` runs this, and makes the TypeScript types beside it.

mod rust;

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let here = env!("CARGO_MANIFEST_DIR");
    // Read now, not when this was compiled: it may just have been written.
    let document = std::fs::read_to_string(format!("{here}/dateline.json"))?;
    for (path, text) in rust::files(&document)? {
        std::fs::write(format!("{here}/src/generated/{path}"), text)?;
    }
    Ok(())
}

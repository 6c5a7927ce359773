//! The client in `src/generated` is what the document says.

#[path = "../examples/generate/rust/mod.rs"]
mod rust;

#[test]
fn the_generated_code_is_fresh() {
    for (name, text) in rust::files(dateline_openapi::DOCUMENT).expect("the document is understood") {
        let path = format!("{}/src/generated/{name}", env!("CARGO_MANIFEST_DIR"));
        let committed = std::fs::read_to_string(&path).expect("it is committed");
        assert!(committed == text, "{path} is stale: run `bash script/generate` and read the difference");
    }
}

#[test]
fn every_operation_that_answers_json_has_a_call() {
    let document: serde_json::Value = serde_json::from_str(dateline_openapi::DOCUMENT).expect("JSON");
    let [_, (_, calls)] = rust::files(dateline_openapi::DOCUMENT).expect("the document is understood");
    for (path, item) in document["paths"].as_object().expect("paths") {
        for (method, operation) in item.as_object().expect("operations") {
            let answers = operation["responses"].as_object().expect("answers");
            let is_text = answers.iter().any(|(status, answer)| {
                let content = answer["content"].as_object().filter(|content| !content.is_empty());
                status.starts_with('2')
                    && content.is_some_and(|content| !content.contains_key("application/json"))
            });
            let id = operation["operationId"].as_str().expect("an id");
            assert_eq!(calls.contains(&format!("\"{id}\"")), !is_text, "{method} {path}");
        }
    }
}

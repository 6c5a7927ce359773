use dateline_core::caller::{Role, Scope};
use poem::http::HeaderValue;

use super::*;

const DOCUMENT: &str = r##"{
  "paths": {
    "/things/{id}": {
      "get": {"operationId": "getThing", "security": [{}], "x-scope": "READ", "x-role": "MEMBER", "parameters": [
        {"in": "path", "name": "id", "schema": {"type": "string", "pattern": "^t_[0-9]+$"}},
        {"in": "query", "name": "limit", "schema": {"type": "integer", "minimum": 1, "maximum": 200}},
        {"in": "query", "name": "on", "schema": {"type": "boolean"}}
      ]},
      "patch": {"operationId": "patchThing", "requestBody": {"required": true, "content": {"application/json":
        {"schema": {"$ref": "#/components/schemas/Thing"}}}}}
    },
    "/things/all": {"get": {"operationId": "allThings"}}
  },
  "components": {"schemas": {
    "Thing": {"type": "object", "required": ["name"], "additionalProperties": false, "properties": {
      "name": {"type": "string", "minLength": 1, "maxLength": 5, "pattern": "^[^\\x00-\\x1f]*$"},
      "count": {"type": "integer", "minimum": 0, "maximum": 9},
      "word": {"type": "string", "enum": ["A", "B"]},
      "at": {"type": "string", "format": "date-time"},
      "tags": {"type": "array", "maxItems": 2, "uniqueItems": true, "items": {"type": "string"}},
      "few": {"type": "array", "minItems": 1, "maxItems": 2, "items": {"type": "string"}},
      "target": {"oneOf": [], "discriminator": {"propertyName": "kind", "mapping": {"X": "#/components/schemas/X"}}}
    }},
    "X": {"type": "object", "required": ["kind", "path"], "additionalProperties": false, "properties": {
      "kind": {"type": "string", "enum": ["X"]}, "path": {"type": "string"}}}
  }}
}"##;

fn contract() -> Contract {
    Contract::compile(DOCUMENT).expect("the document can be read")
}

fn faults_of(body: &str) -> Vec<(String, String)> {
    let contract = contract();
    let operation = contract.operation(&Method::PATCH, "/things/t_1").expect("it is there");
    let headers = HeaderMap::from_iter([(
        poem::http::header::CONTENT_TYPE,
        HeaderValue::from_static("application/json"),
    )]);
    match operation.check_body(&headers, body.as_bytes()) {
        Ok(_) => Vec::new(),
        Err(problem) => problem.errors.into_iter().map(|fault| (fault.pointer, fault.expected)).collect(),
    }
}

#[test]
fn every_fault_of_a_body_is_named_by_its_place() {
    let check = |body: &str, pointer: &str, expected: &str| {
        let faults = faults_of(body);
        assert_eq!(faults, [(pointer.to_owned(), expected.to_owned())], "{body}");
    };
    check("[]", "", "an object with at, count, few, name, tags, target, word");
    check("{}", "/name", "a text of 1 to 5 characters without control characters");
    check(r#"{"name":5}"#, "/name", "a text of 1 to 5 characters without control characters");
    check(r#"{"name":null}"#, "/name", "a text of 1 to 5 characters without control characters");
    check(r#"{"name":"a\u0000"}"#, "/name", "a text of 1 to 5 characters without control characters");
    check(r#"{"name":"a","count":"5"}"#, "/count", "an integer from 0 to 9");
    check(r#"{"name":"a","count":1.5}"#, "/count", "an integer from 0 to 9");
    check(r#"{"name":"a","count":10}"#, "/count", "an integer from 0 to 9");
    check(r#"{"name":"a","count":18446744073709551615}"#, "/count", "an integer from 0 to 9");
    check(r#"{"name":"a","word":"a"}"#, "/word", "one of A, B");
    check(r#"{"name":"a","at":"yesterday"}"#, "/at", "an instant (RFC 3339)");
    check(r#"{"name":"a","tags":["x","x"]}"#, "/tags/1", "each value only once");
    check(r#"{"name":"a","tags":["1","2","3"]}"#, "/tags", "a list of at most 2");
    check(r#"{"name":"a","few":[]}"#, "/few", "a list of 1 to 2");
    check(r#"{"name":"a","target":{}}"#, "/target/kind", "X");
    check(r#"{"name":"a","target":{"kind":"X","path":1}}"#, "/target/path", "a text");
    check(
        r#"{"name":"a","target":{"kind":"X","path":"","x/y":1}}"#,
        "/target/x~1y",
        "no such field; the fields are kind, path",
    );
    assert_eq!(faults_of(r#"{"id":1,"count":-1}"#).len(), 3);
    assert_eq!(faults_of(r#"{"name":"a","target":{"kind":"X","path":"/"},"at":"2026-01-01T00:00:00Z"}"#), []);
}

#[test]
fn paths_and_methods_outside_the_contract_are_refused() {
    let contract = contract();
    let code = |method: Method, path: &str| {
        contract.operation(&method, path).map(|o| o.id.clone()).map_err(|p| p.code)
    };
    assert_eq!(code(Method::GET, "/things/all"), Ok("allThings".into()));
    assert_eq!(code(Method::GET, "/things/t_5"), Ok("getThing".into()));
    for path in ["/things", "/things/t_1/", "//things/t_1", "/", ""] {
        assert_eq!(code(Method::GET, path), Err(Code::NotFound), "{path}");
    }
    for path in ["/things/x", "/things/"] {
        assert_eq!(code(Method::GET, path), Ok("getThing".into()), "whose answer is for the owner only");
        let refused = contract.check_ids(&Method::GET, path).expect_err("no such id");
        assert_eq!(refused.code, Code::NotFound, "{path}");
    }
    assert_eq!(contract.check_ids(&Method::GET, "/things/t_5"), Ok(()));
    let refused = contract.operation(&Method::PUT, "/things/t_1").expect_err("no such method");
    assert_eq!((refused.code, refused.allow.as_deref()), (Code::MethodNotAllowed, Some("GET, PATCH, HEAD")));
}

#[test]
fn a_query_holds_only_what_is_declared() {
    let contract = contract();
    let operation = contract.operation(&Method::GET, "/things/t_1").expect("it is there");
    for query in
        ["limit=0", "limit=201", "limit=-1", "limit=1e9", "limit=", "limit=1&limit=2", "x=1", "on=yes"]
    {
        assert_eq!(operation.check_query(Some(query)).map_err(|p| p.code), Err(Code::Invalid), "{query}");
    }
    let scope = |query| operation.check_query(Some(query)).expect("it is right");
    assert_eq!(scope("limit=5&on=true"), scope("on=true&limit=200"));
    assert_ne!(scope("on=true"), scope("on=false"));
}

#[test]
fn only_plain_json_is_taken() {
    let check = |value: &str| {
        let header = HeaderValue::from_str(value).expect("a header");
        check_media_type(&HeaderMap::from_iter([(poem::http::header::CONTENT_TYPE, header)])).is_ok()
    };
    assert!(check("application/json") && check("Application/JSON; charset=UTF-8"));
    assert!(
        !check("text/plain") && !check("application/x-www-form-urlencoded") && !check("application/jsonp")
    );
    assert!(!check("application/json; charset=latin1"));
    assert!(check_media_type(&HeaderMap::new()).is_err());
}

#[test]
fn an_operation_with_security_says_what_it_needs() {
    let needs = contract().operation(&Method::GET, "/things/t_1").expect("it is there").needs;
    assert_eq!(needs, Some(Needs { scope: Scope::Read, role: Role::Member }));
    assert_eq!(contract().operation(&Method::GET, "/things/all").expect("it is there").needs, None);
    let silent = DOCUMENT.replace(r#""x-scope": "READ", "#, "");
    assert!(Contract::compile(&silent).is_err());
}

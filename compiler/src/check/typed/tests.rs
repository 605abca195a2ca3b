use serde_json::json;

use super::{read, snake};

fn shown(scheme: &str, document: &serde_json::Value) -> Vec<String> {
    let found = read(scheme, "x.json", document.to_string().as_bytes()).expect("a description");
    let line = |(name, op): &(String, super::Operation)| {
        let params: Vec<String> = op
            .params
            .iter()
            .map(|p| format!("{}{}: {}", p.name, if p.optional { "?" } else { "" }, p.ty))
            .collect();
        let word = if op.readonly {
            " readonly"
        } else if op.idempotent {
            " idempotent"
        } else {
            ""
        };
        format!("{name}({}) -> {}{word}", params.join(", "), op.result)
    };
    found.iter().map(line).collect()
}

#[test]
fn an_openapi_document_becomes_operations() {
    let document = json!({
        "openapi": "3.0.3",
        "servers": [{ "url": "https://pets.example/v1" }],
        "paths": {
            "/pets/{id}": {
                "parameters": [{ "name": "id", "in": "path", "required": true, "schema": { "type": "string" } }],
                "get": {
                    "operationId": "getPetById",
                    "parameters": [{ "name": "full", "in": "query", "schema": { "type": "boolean" } }, { "name": "X-Trace", "in": "header" }],
                    "responses": { "200": { "content": { "application/json": { "schema": { "$ref": "#/components/schemas/Pet" } } } } }
                },
                "delete": { "operationId": "delete-pet", "responses": { "204": {} } }
            },
            "/pets": { "post": {
                "requestBody": { "required": true, "content": { "application/json": { "schema": { "$ref": "#/components/schemas/Pet" } } } },
                "responses": { "201": { "content": { "application/json": { "schema": { "type": "array", "items": { "type": "integer" } } } } } }
            } }
        },
        "components": { "schemas": {
            "Pet": { "allOf": [{ "$ref": "#/components/schemas/Named" }, { "type": "object", "required": ["kind"], "properties": {
                "kind": { "enum": ["cat", "dog"] }, "born": { "type": "string", "format": "date-time", "nullable": true }, "parent": { "$ref": "#/components/schemas/Pet" } } }] },
            "Named": { "type": "object", "required": ["name"], "properties": { "name": { "type": "string" } } }
        } }
    });
    let mut lines = shown("openapi", &document);
    lines.sort();
    assert_eq!(
        lines,
        [
            "delete_pet(id: string) -> null idempotent",
            "get_pet_by_id(id: string, full?: bool) -> { name: string, kind: \"cat\" | \"dog\", born?: time, parent?: json } readonly",
            "post_pets(name: string, kind: \"cat\" | \"dog\", born?: time, parent?: json) -> [int]",
        ]
    );
}

#[test]
fn a_list_of_an_mcp_server_becomes_operations() {
    let document = json!({ "jsonrpc": "2.0", "id": 1, "result": { "tools": [
        { "name": "search", "inputSchema": { "type": "object", "properties": { "q": { "type": "string" }, "n": { "type": ["integer", "null"] } }, "required": ["q"] },
          "outputSchema": { "type": "object", "properties": { "hits": { "type": "array", "items": { "oneOf": [{ "type": "string" }, { "type": "number" }] } } }, "required": ["hits"] },
          "annotations": { "readOnlyHint": true } },
        { "name": "no-name", "inputSchema": { "type": "object" } }
    ] } });
    assert_eq!(
        shown("mcp", &document),
        ["search(q: string, n?: int) -> { hits: [string | float] } readonly"]
    );
}

#[test]
fn what_is_none_is_told_with_its_place() {
    let wrong = |scheme: &str, text: &str| {
        let unread = read(scheme, "x.json", text.as_bytes()).err().expect("refused");
        format!("{}: {}", unread.place, unread.why)
    };
    assert_eq!(
        wrong("openapi", "{\"swagger\": \"2.0\"}"),
        "/openapi: this is no OpenAPI document of version 3"
    );
    assert_eq!(wrong("mcp", "{\"tools\": [{ \"name\": \"a\" }]}"), "/tools/0: there is no `inputSchema`");
    assert!(wrong("mcp", "{").starts_with("/: it is no JSON"));
    assert!(wrong("component", "x").starts_with("/: it is no WebAssembly component"));
    assert_eq!([snake("getPetById"), snake("HTTPGet"), snake("a-b")], ["get_pet_by_id", "httpget", "a_b"]);
}

#[test]
fn yaml_says_the_same_as_json_and_an_alias_bomb_is_refused() {
    let document = "
openapi: 3.1.0
paths:
  /pets:
    get:
      operationId: listPets
      parameters:
        - { name: limit, in: query, schema: &count { type: integer } }
        - { name: page, in: query, schema: *count }
      responses:
        200: # a number as a key, as most write it
          content: { application/json: { schema: { type: array, items: { type: string } } } }
";
    let found = read("openapi", "pets.yaml", document.as_bytes()).expect("a description");
    let (name, list) = found.first().expect("an operation");
    assert_eq!(
        (name.as_str(), list.params.len(), list.result.to_string()),
        ("list_pets", 2, "[string]".to_owned())
    );

    let bomb = (1..40).fold("a0: &a0 [x]\n".to_owned(), |text, n| {
        let before = format!("*a{}", n - 1);
        format!("{text}a{n}: &a{n} [{before}, {before}, {before}, {before}]\n")
    });
    let refused =
        read("openapi", "bomb.yml", bomb.as_bytes()).map(|_| ()).expect_err("it unfolds without end");
    assert!(refused.why.starts_with("it is no YAML: "), "{}", refused.why);
    let wrong = read("openapi", "x.yaml", b"a: [1\nb: 2").map(|_| ()).expect_err("it is no YAML");
    assert!(!wrong.why.contains('\n'), "one line: {}", wrong.why);
}

#[test]
fn of_a_component_what_speaks_of_resources_is_left_out_and_told_if_nothing_else_is_there() {
    // As toolchains do it: what is exported is named by a component within.
    let component = |functions: &str| {
        let text = format!(
            r#"(component
                (core module $m (func (export "f") (param i32)) (func (export "g") (param i32) (result i32) (i32.const 0)))
                (core instance $i (instantiate $m))
                (type $sheet (resource (rep i32)))
                (func $cut (param "s" (own $sheet)) (canon lift (core func $i "f")))
                (func $page (param "n" u32) (result u32) (canon lift (core func $i "g")))
                (component $names
                    (import "sheet" (type $t (sub resource)))
                    (import "cut" (func $c (param "s" (own $t))))
                    (import "page" (func $p (param "n" u32) (result u32)))
                    (export $e "paper" (type $t))
                    {functions})
                (instance $named (instantiate $names
                    (with "sheet" (type $sheet)) (with "cut" (func $cut)) (with "page" (func $page))))
                (export "acme:press/pages" (instance $named)))"#
        );
        read("component", "x.wasm", &wat::parse_str(text).expect("a component"))
    };
    let cut = r#"(export "cut-it" (func $c) (func (param "s" (own $e))))"#;
    let page = r#"(export "page-of" (func $p))"#;
    let both = component(&format!("{cut}{page}")).expect("one is left");
    let (name, page) = both.first().expect("an operation");
    assert_eq!((both.len(), name.as_str(), page.result.to_string()), (1, "page_of", "int".to_owned()));
    let none = component(cut).map(|_| ()).expect_err("nothing is left");
    assert!(none.why.contains("the resource `paper`"), "{}: {}", none.place, none.why);
}

//! Options that are refused, by name, before anything is sent.

use browser_tests::call::{member, refused, swap};
use browser_tests::{call, emulator};
use js_sys::{Function, Object, Proxy};
use serde_json::{Value, json};
use wasm_bindgen::JsValue;
use wasm_bindgen_test::wasm_bindgen_test;

const NOTHING_SENT: (&str, &str) = ("outcome", "not_sent");

fn valid() -> Value {
    json!({
        "endpoint": emulator::url(),
        "projectId": emulator::PROJECT_ID,
        "credentials": { "ak": "UNUSED", "sk": emulator::SECRET },
        "instanceId": "00000000-0000-4000-8000-000000000001",
    })
}

async fn refuses(options: &JsValue, field: &str, part: &str) {
    let fields = json!({
        "field": field,
        "code": "INVALID_ARGUMENT",
        "retryable": false,
        NOTHING_SENT.0: NOTHING_SENT.1,
    });
    let error = refused(swap(options), "InvalidArgumentError", fields).await;
    let message = member(&error, "message");
    assert!(message.as_str().unwrap().contains(part), "{message}");
}

#[wasm_bindgen_test]
async fn slips_are_named_with_what_was_meant() {
    for (slip, meant) in [
        ("instnaceId", "instanceId"),
        ("instance_id", "instanceId"),
        ("projectid", "projectId"),
        ("regoin", "region"),
        ("credential", "credentials"),
        ("timeout", "timeoutMs"),
        ("retries", "retry"),
    ] {
        let mut options = valid();
        options[slip] = json!("x");
        refuses(
            &call::options(&options),
            slip,
            &format!("did you mean {meant}"),
        )
        .await;
    }
}

#[wasm_bindgen_test]
async fn a_slip_is_named_whatever_its_value() {
    let function = Function::new_no_args("");
    for (slip, value, meant) in [
        ("onevent", JsValue::from(&function), "onEvent"),
        ("fecth", JsValue::from(&function), "fetch"),
        (
            "signl",
            JsValue::from(web_sys::AbortController::new().unwrap().signal()),
            "signal",
        ),
        ("retyr", JsValue::from(js_sys::Symbol::iterator()), "retry"),
    ] {
        let options = call::with(&valid(), slip, value);
        refuses(&options, slip, &format!("did you mean {meant}")).await;
    }
}

#[wasm_bindgen_test]
async fn values_of_another_kind_are_named() {
    for (name, value, field, part) in [
        ("instanceId", json!("x"), "instanceId", "UUID"),
        ("instanceId", json!(null), "instanceId", "UUID"),
        ("projectId", json!("x"), "projectId", "32"),
        (
            "endpoint",
            json!("http://example.com"),
            "endpoint",
            "plain http",
        ),
        (
            "endpoint",
            json!("https://example.com/x"),
            "endpoint",
            "origin",
        ),
        ("endpoint", json!([]), "endpoint", "list"),
        ("via", json!("//example.com"), "via", "plain path"),
        ("via", json!("/\\example.com"), "via", "plain path"),
        ("timeoutMs", json!("5"), "timeoutMs", "whole number"),
        ("timeoutMs", json!(0), "timeoutMs", "1 to 600000"),
        ("retry", json!({ "tries": 3 }), "retry.tries", "maxAttempts"),
        ("retry", json!(3), "retry", "object or false"),
        ("algorithm", json!("HMAC"), "algorithm", "SDK-HMAC-SHA256"),
        ("signal", json!({}), "signal", "AbortSignal"),
        ("fetch", json!("fetch"), "fetch", "function"),
        ("onEvent", json!({}), "onEvent", "function"),
        (
            "credentials",
            json!({ "ak": "a" }),
            "credentials.sk",
            "missing",
        ),
        (
            "credentials",
            json!({ "sk": "s" }),
            "credentials.ak",
            "missing",
        ),
        (
            "credentials",
            json!({ "ak": "a", "sk": "s", "key": 1 }),
            "credentials.key",
            "not part",
        ),
        (
            "credentials",
            json!("a"),
            "credentials",
            "must be { ak, sk }",
        ),
    ] {
        let mut options = valid();
        options[name] = value;
        refuses(&call::options(&options), field, part).await;
    }
}

#[wasm_bindgen_test]
async fn what_is_no_object_is_refused() {
    for options in [
        JsValue::from(7),
        JsValue::from("options"),
        JsValue::TRUE,
        JsValue::from(Function::new_no_args("")),
    ] {
        refuses(&options, "options", "object").await;
    }
    let missing = "region";
    for nothing in [
        JsValue::UNDEFINED,
        JsValue::NULL,
        JsValue::from(Object::new()),
    ] {
        refuses(&nothing, missing, "is missing").await;
    }
}

#[wasm_bindgen_test]
async fn objects_that_throw_leave_the_module_in_order() {
    let handler = Object::new();
    for trap in ["get", "ownKeys", "getPrototypeOf", "has"] {
        let throws = Function::new_no_args("throw new Error('a trap')");
        js_sys::Reflect::set(&handler, &trap.into(), &throws).unwrap();
    }
    let proxy = Proxy::new(&Object::new(), &handler);
    refuses(&proxy, "options", "cannot be read").await;
    for name in [
        "credentials",
        "retry",
        "endpoint",
        "instanceId",
        "projectId",
    ] {
        let fields = json!({ NOTHING_SENT.0: NOTHING_SENT.1 });
        let options = call::with(&valid(), name, proxy.clone());
        refused(swap(&options), "InvalidArgumentError", fields).await;
    }
    refuses(&call::options(&json!({})), "region", "is missing").await;
}

#[wasm_bindgen_test]
async fn credentials_must_be_given_in_a_page() {
    let mut options = valid();
    options["credentials"] = Value::Null;
    refused(
        swap(&call::options(&options)),
        "CredentialsError",
        json!({ "code": "CREDENTIALS", NOTHING_SENT.0: NOTHING_SENT.1 }),
    )
    .await;
}

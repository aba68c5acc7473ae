//! Aborting and timing out really cancel.

use browser_tests::call::{call, member, refused, rejected, resolved, swap};
use browser_tests::{call, emulator};
use js_sys::{Date, Function};
use serde_json::{Value, json};
use wasm_bindgen::JsValue;
use wasm_bindgen::prelude::Closure;
use wasm_bindgen_test::wasm_bindgen_test;
use web_sys::AbortController;

const REASON: &str = "the operator changed her mind";

/// The emulator saw the client leave before its answer.
async fn was_cancelled(target: &Value) {
    for _ in 0..80 {
        let requests = emulator::requests(target).await;
        if requests
            .first()
            .is_some_and(|request| request["outcome"] == "abandoned")
        {
            return;
        }
        emulator::pause(25).await;
    }
    panic!("the request was not cancelled");
}

#[wasm_bindgen_test]
async fn before() {
    let target = emulator::target(json!({})).await;
    let controller = AbortController::new().unwrap();
    controller.abort_with_reason(&REASON.into());
    let options = call::with(&target, "signal", controller.signal());
    assert_eq!(rejected(swap(&options)).await, REASON);
    assert!(emulator::requests(&target).await.is_empty());
}

#[wasm_bindgen_test]
async fn before_without_a_reason() {
    let target = emulator::target(json!({})).await;
    let controller = AbortController::new().unwrap();
    controller.abort();
    let options = call::with(&target, "signal", controller.signal());
    let error = rejected(swap(&options)).await;
    assert_eq!(member(&error, "name"), "AbortError");
}

#[wasm_bindgen_test]
async fn during_the_request() {
    let target = emulator::target(json!({})).await;
    emulator::arm(&target, json!({ "kind": "delay", "ms": 60_000 })).await;
    let controller = AbortController::new().unwrap();
    let promise = swap(&call::with(&target, "signal", controller.signal()));
    emulator::pause(300).await;
    controller.abort_with_reason(&REASON.into());
    let started = Date::now();
    assert_eq!(rejected(promise).await, REASON);
    assert!(Date::now() - started < 2_000.0);
    was_cancelled(&target).await;
    assert_eq!(emulator::swaps(&target).await.1, 0);
}

#[wasm_bindgen_test]
async fn during_the_wait_before_a_repetition() {
    let target = emulator::target(json!({})).await;
    emulator::arm(
        &target,
        json!({ "kind": "gateway_refused", "retry_after": 30 }),
    )
    .await;
    let controller = AbortController::new().unwrap();
    let aborting = controller.clone();
    let on_event = Closure::<dyn FnMut(JsValue)>::new(move |event: JsValue| {
        if member(&event, "type") == "retry" {
            aborting.abort_with_reason(&REASON.into());
        }
    });
    let options = call::with(&target, "signal", controller.signal());
    js_sys::Reflect::set(&options, &"onEvent".into(), on_event.as_ref()).unwrap();
    let started = Date::now();
    assert_eq!(rejected(swap(&options)).await, REASON);
    assert!(Date::now() - started < 5_000.0);
    assert_eq!(emulator::swaps(&target).await, (1, 0));
}

#[wasm_bindgen_test]
async fn timeout() {
    let mut target = emulator::target(json!({})).await;
    target["timeoutMs"] = json!(150);
    emulator::arm(&target, json!({ "kind": "delay", "ms": 60_000 })).await;
    let fields = json!({
        "timeoutMs": 150,
        "code": "TIMEOUT",
        "outcome": "unknown",
        "retryable": false,
    });
    refused(swap(&call::options(&target)), "RequestTimeoutError", fields).await;
    was_cancelled(&target).await;
}

#[wasm_bindgen_test]
async fn timeout_of_the_body() {
    let mut target = emulator::target(json!({})).await;
    target["timeoutMs"] = json!(300);
    emulator::arm(&target, json!({ "kind": "slow_bytes", "ms_per_byte": 200 })).await;
    let fields = json!({ "outcome": "unknown" });
    refused(swap(&call::options(&target)), "RequestTimeoutError", fields).await;
}

#[wasm_bindgen_test]
async fn a_read_that_timed_out_is_tried_again() {
    let mut target = emulator::target(json!({})).await;
    target["timeoutMs"] = json!(1_000);
    emulator::arm(&target, json!({ "kind": "delay", "ms": 60_000 })).await;
    let answer = resolved(call("showInstance", &call::options(&target))).await;
    assert_eq!(member(&answer, "instance_id"), target["instanceId"]);
}

#[wasm_bindgen_test]
async fn a_fetch_that_never_answers_is_waited_for_no_longer() {
    let mut target = emulator::target(json!({})).await;
    target["timeoutMs"] = json!(100);
    let never = Function::new_no_args("return new Promise(() => {})");
    let options = call::with(&target, "fetch", never);
    let fields = json!({ "outcome": "unknown" });
    refused(swap(&options), "RequestTimeoutError", fields).await;
}

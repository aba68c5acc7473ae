//! Answers that are not what the API promises, and those that a page may not read.

use browser_tests::call::{call, member, refused, resolved, swap};
use browser_tests::{call, emulator};
use serde_json::{Value, json};
use wasm_bindgen_test::wasm_bindgen_test;

/// A swap whose answer is lost: the error's class, its outcome, and how often it really ran. Never sent again.
async fn lost(fault: Value, name: &str, swaps_run: u64) {
    let target = emulator::target(json!({ "job_ms": 0 })).await;
    emulator::arm(&target, fault.clone()).await;
    let fields = json!({ "outcome": "unknown", "retryable": false });
    let error = refused(swap(&call::options(&target)), name, fields).await;
    if name == "ResponseFormatError" {
        assert!(member(&error, "bodyExcerpt").is_string());
    }
    // A browser may tell of a failure before the emulator has run the operation.
    for _ in 0..40 {
        if emulator::swaps(&target).await.1 == swaps_run {
            break;
        }
        emulator::pause(25).await;
    }
    assert_eq!(emulator::swaps(&target).await, (1, swaps_run), "{fault}");
}

#[wasm_bindgen_test]
async fn cut_json() {
    lost(
        json!({ "kind": "malformed_body" }),
        "ResponseFormatError",
        1,
    )
    .await;
}

#[wasm_bindgen_test]
async fn a_page_of_html() {
    lost(json!({ "kind": "html" }), "ResponseFormatError", 0).await;
}

#[wasm_bindgen_test]
async fn no_content() {
    lost(json!({ "kind": "no_content" }), "ResponseFormatError", 1).await;
}

#[wasm_bindgen_test]
async fn json_of_another_shape() {
    for body in [json!({ "job_id": 7 }), json!([]), json!({}), json!("done")] {
        lost(
            json!({ "kind": "body", "body": body }),
            "ResponseFormatError",
            1,
        )
        .await;
    }
}

#[wasm_bindgen_test]
async fn a_body_beyond_the_bound_is_not_read_to_its_end() {
    lost(json!({ "kind": "endless_body" }), "ResponseFormatError", 1).await;
}

#[wasm_bindgen_test]
async fn a_redirect_is_refused() {
    let location = format!("{}/v2/elsewhere", emulator::url());
    lost(
        json!({ "kind": "redirect", "location": location }),
        "ConnectionError",
        0,
    )
    .await;
}

#[wasm_bindgen_test]
async fn an_answer_without_cors_cannot_be_read_and_the_swap_may_have_run() {
    lost(
        json!({ "kind": "no_cors", "preflight": false }),
        "ConnectionError",
        1,
    )
    .await;
}

#[wasm_bindgen_test]
async fn a_refused_preflight_is_a_connection_error_with_its_cause() {
    let target = emulator::target(json!({})).await;
    emulator::arm(&target, json!({ "kind": "no_cors" })).await;
    let fields = json!({ "outcome": "unknown", "code": "CONNECTION" });
    let error = refused(swap(&call::options(&target)), "ConnectionError", fields).await;
    let cause = js_sys::Reflect::get(&error, &"cause".into()).unwrap();
    assert_eq!(member(&cause, "name"), "TypeError", "what fetch threw");
    assert_eq!(emulator::swaps(&target).await, (0, 0));
}

#[wasm_bindgen_test]
async fn nobody_listens() {
    let mut target = emulator::target(json!({})).await;
    target["endpoint"] = json!("http://127.0.0.1:9");
    let fields = json!({ "outcome": "unknown" });
    refused(swap(&call::options(&target)), "ConnectionError", fields).await;
}

#[wasm_bindgen_test]
async fn a_read_is_tried_again_where_a_swap_is_not() {
    for fault in [
        json!({ "kind": "status", "status": 503 }),
        json!({ "kind": "no_cors", "preflight": false }),
        json!({ "kind": "gateway_refused" }),
    ] {
        let mut target = emulator::target(json!({})).await;
        target["retry"] = json!({ "baseDelayMs": 1, "maxDelayMs": 1 });
        emulator::arm(&target, fault.clone()).await;
        let answer = resolved(call("showInstance", &call::options(&target))).await;
        assert_eq!(member(&answer, "instance_id"), target["instanceId"]);
        assert_eq!(emulator::requests(&target).await.len(), 2, "{fault}");
    }
}

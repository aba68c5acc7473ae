//! The boundary in a dedicated worker: fetch, timers and signals are found there too.
#![cfg(target_arch = "wasm32")]

use browser_tests::call::{member, refused, resolved, swap};
use browser_tests::{call, emulator};
use huaweicloud_dcs::js::Client;
use serde_json::json;
use wasm_bindgen::JsValue;
use wasm_bindgen_test::{wasm_bindgen_test, wasm_bindgen_test_configure};

wasm_bindgen_test_configure!(run_in_dedicated_worker);

#[wasm_bindgen_test]
fn there_is_no_window_here() {
    let window = js_sys::Reflect::get(&js_sys::global(), &"window".into());
    assert!(window.unwrap().is_undefined());
}

#[wasm_bindgen_test]
async fn a_switchover() {
    let mut target = emulator::target(json!({})).await;
    target["intervalMs"] = json!(50);
    let client = Client::new(&JsValue::UNDEFINED).unwrap();
    let report = resolved(client.switchover(&call::options(&target))).await;
    assert_eq!(member(&report, "result"), "swapped");
    assert_eq!(emulator::swaps(&target).await, (1, 1));
}

#[wasm_bindgen_test]
async fn a_timeout() {
    let mut target = emulator::target(json!({})).await;
    target["timeoutMs"] = json!(100);
    emulator::arm(&target, json!({ "kind": "delay", "ms": 60_000 })).await;
    let fields = json!({ "timeoutMs": 100, "outcome": "unknown" });
    refused(swap(&call::options(&target)), "RequestTimeoutError", fields).await;
}

#[wasm_bindgen_test]
async fn a_refusal() {
    let mut target = emulator::target(json!({})).await;
    target["credentials"]["sk"] = json!("another");
    let fields = json!({ "httpStatusCode": 401, "outcome": "rejected" });
    refused(
        swap(&call::options(&target)),
        "ServiceResponseError",
        fields,
    )
    .await;
}

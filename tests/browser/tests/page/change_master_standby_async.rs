//! ChangeMasterStandbyAsync: the one request that swaps.

use browser_tests::call::{member, refused, resolved, swap, to_json};
use browser_tests::{call, emulator};
use js_sys::{Array, Object};
use serde_json::{Value, json};
use wasm_bindgen::JsCast;
use wasm_bindgen_test::wasm_bindgen_test;

#[wasm_bindgen_test]
async fn resolves_the_job_id_and_nothing_else() {
    let target = emulator::target(json!({ "job_ms": 0 })).await;
    let answer = resolved(swap(&call::options(&target))).await;
    let keys = Object::keys(answer.unchecked_ref::<Object>());
    assert_eq!(to_json(&keys), json!(["job_id"]));
    assert!(
        member(&answer, "job_id")
            .as_str()
            .is_some_and(|id| id.len() >= 32)
    );
    assert_eq!(emulator::swaps(&target).await, (1, 1));
}

#[wasm_bindgen_test]
async fn the_answer_carries_status_and_request_id() {
    let target = emulator::target(json!({})).await;
    let answer = resolved(swap(&call::options(&target))).await;
    assert_eq!(member(&answer, "httpStatusCode"), 200);
    assert_eq!(
        member(&answer, "requestId"),
        emulator::requests(&target).await[0]["request_id"]
    );
}

#[wasm_bindgen_test]
async fn the_request_is_that_of_the_api_reference() {
    let target = emulator::target(json!({})).await;
    resolved(swap(&call::options(&target))).await;
    let requests = emulator::requests(&target).await;
    assert_eq!(requests.len(), 1);
    let path = format!(
        "/v2/{}/instances/{}/async-swap",
        emulator::PROJECT_ID,
        target["instanceId"].as_str().unwrap()
    );
    for (name, expected) in [
        ("method", "PUT"),
        ("path", &path),
        ("query", ""),
        ("authentication", "SDK-HMAC-SHA256"),
        (
            "signed_headers",
            "content-type;host;x-project-id;x-sdk-date",
        ),
    ] {
        assert_eq!(requests[0][name], expected, "{name}");
    }
}

/// A refusal, told whole, after one request at most.
async fn service_error(target: &Value, status: u16, code: &str, message: &str, outcome: &str) {
    let fields = json!({
        "httpStatusCode": status,
        "code": code,
        "error_code": code,
        "outcome": outcome,
        "retryable": false,
    });
    let error = refused(swap(&call::options(target)), "ServiceResponseError", fields).await;
    let told = member(&error, "error_msg");
    assert!(told.as_str().unwrap().contains(message), "{told}");
    // `X-Request-Id` is read across origins, since the service exposes it.
    assert_eq!(
        member(&error, "requestId").as_str().map(str::len),
        Some(32),
        "{told}"
    );
    let keys = Array::from(&Object::keys(error.unchecked_ref::<Object>()));
    assert!(!to_json(&keys).to_string().contains("secret"));
    assert!(emulator::swaps(target).await.0 <= 1);
}

#[wasm_bindgen_test]
async fn error_400() {
    let target = emulator::target(json!({ "status": "RESTARTING" })).await;
    service_error(&target, 400, "DCS.4049", "", "unknown").await;
}

#[wasm_bindgen_test]
async fn error_401_wrong_signature() {
    let mut target = emulator::target(json!({})).await;
    target["credentials"]["sk"] = json!("another-secret");
    service_error(
        &target,
        401,
        "APIGW.0301",
        "verify aksk signature fail",
        "rejected",
    )
    .await;
    assert_eq!(emulator::swaps(&target).await, (1, 0));
}

#[wasm_bindgen_test]
async fn error_403() {
    let mut target = emulator::target(json!({})).await;
    target["credentials"] = emulator::new_key(json!({ "readOnly": true })).await;
    service_error(&target, 403, "DCS.3002", "read permission only", "rejected").await;
}

#[wasm_bindgen_test]
async fn error_404() {
    let mut target = emulator::target(json!({})).await;
    let unknown = "ffffffff-ffff-4fff-8fff-ffffffffffff";
    let known = std::mem::replace(&mut target["instanceId"], json!(unknown));
    let error = refused(
        swap(&call::options(&target)),
        "ServiceResponseError",
        json!({ "httpStatusCode": 404, "error_code": "DCS.3022", "outcome": "rejected" }),
    )
    .await;
    assert_eq!(
        member(&error, "hint"),
        "Check instance id, project id and region"
    );
    target["instanceId"] = known;
    assert_eq!(emulator::swaps(&target).await, (0, 0));
}

#[wasm_bindgen_test]
async fn error_500_leaves_the_outcome_unknown() {
    let target = emulator::target(json!({})).await;
    let fault = json!({ "kind": "status", "status": 500, "error_code": "DCS.5000" });
    emulator::arm(&target, fault).await;
    service_error(
        &target,
        500,
        "DCS.5000",
        "Internal service error",
        "unknown",
    )
    .await;
}

#[wasm_bindgen_test]
async fn sent_again_only_after_a_refusal_of_the_gateway() {
    let mut target = emulator::target(json!({ "job_ms": 0 })).await;
    target["retry"] = json!({ "baseDelayMs": 1, "maxDelayMs": 1 });
    emulator::arm(&target, json!({ "kind": "gateway_refused" })).await;
    resolved(swap(&call::options(&target))).await;
    assert_eq!(emulator::swaps(&target).await, (2, 1));
}

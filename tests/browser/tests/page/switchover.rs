//! A whole switchover, and the job it starts.

use browser_tests::call::{call, member, refused, resolved, swap};
use browser_tests::{call, emulator};
use huaweicloud_dcs::js::Client;
use serde_json::json;
use wasm_bindgen::JsValue;
use wasm_bindgen_test::wasm_bindgen_test;

#[wasm_bindgen_test]
async fn swaps_once_and_proves_it() {
    let mut target = emulator::target(json!({})).await;
    target["intervalMs"] = json!(50);
    let client = Client::new(&JsValue::UNDEFINED).unwrap();
    let report = resolved(client.switchover(&call::options(&target))).await;
    assert_eq!(member(&report, "result"), "swapped");
    assert_eq!(member(&report, "verified"), true);
    assert_eq!(member(&report, "outcome"), "accepted");
    let roles = |when: &str| {
        let nodes = member(&report, when);
        let master = nodes
            .as_array()
            .unwrap()
            .iter()
            .find(|node| node["role"] == "master");
        master.unwrap()["nodeId"].clone()
    };
    assert_ne!(roles("before"), roles("after"));
    assert_eq!(emulator::swaps(&target).await, (1, 1));
}

#[wasm_bindgen_test]
async fn the_second_of_two_at_once_is_refused() {
    let mut target = emulator::target(json!({})).await;
    target["intervalMs"] = json!(50);
    let client = Client::new(&JsValue::UNDEFINED).unwrap();
    let first = client.switchover(&call::options(&target));
    let fields = json!({ "field": "instanceId", "outcome": "not_sent" });
    let second = client.switchover(&call::options(&target));
    refused(second, "InvalidArgumentError", fields).await;
    assert_eq!(member(&resolved(first).await, "result"), "swapped");
    assert_eq!(emulator::swaps(&target).await, (1, 1));
}

#[wasm_bindgen_test]
async fn a_lost_answer_is_found_out_by_reading() {
    let mut target = emulator::target(json!({})).await;
    target["intervalMs"] = json!(50);
    let fault = json!({ "kind": "no_cors", "preflight": false });
    let client = Client::new(&JsValue::UNDEFINED).unwrap();
    let armed = json!({ "instanceId": target["instanceId"] });
    emulator::arm_swap(&armed, fault).await;
    let report = resolved(client.switchover(&call::options(&target))).await;
    assert_eq!(member(&report, "result"), "swapped");
    assert_eq!(emulator::swaps(&target).await, (1, 1));
}

#[wasm_bindgen_test]
async fn an_instance_that_cannot_swap_is_not_asked_to() {
    let target = emulator::target(json!({ "cache_mode": "single" })).await;
    let client = Client::new(&JsValue::UNDEFINED).unwrap();
    let fields = json!({ "outcome": "not_sent", "code": "SWITCHOVER" });
    let promise = client.switchover(&call::options(&target));
    let error = refused(promise, "SwitchoverError", fields).await;
    assert_eq!(member(&error, "report")["result"], "not swapped");
    assert_eq!(emulator::swaps(&target).await, (0, 0));
}

#[wasm_bindgen_test]
async fn a_job_is_followed_to_its_end() {
    let mut target = emulator::target(json!({ "job_ms": 200 })).await;
    let answer = resolved(swap(&call::options(&target))).await;
    let mut options = target.as_object_mut().unwrap().clone();
    options.remove("instanceId");
    options.insert("jobId".to_owned(), member(&answer, "job_id"));
    let options = json!(options);
    let job = resolved(call("showJobInfo", &call::options(&options))).await;
    assert_eq!(member(&job, "job_id"), options["jobId"]);
    let mut following = options.clone();
    following["intervalMs"] = json!(50);
    let client = Client::new(&JsValue::UNDEFINED).unwrap();
    let follow = client.follow(&call::options(&following)).unwrap();
    let mut states = Vec::new();
    loop {
        let job = resolved(follow.next()).await;
        if job.is_undefined() {
            break;
        }
        states.push(member(&job, "status"));
    }
    assert!(states.len() > 1, "{states:?}");
    assert_eq!(states.last(), Some(&json!("SUCCESS")));
}

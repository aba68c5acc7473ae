//! Each way to prove who is calling: right, it swaps; wrong, it does not.

use browser_tests::call::{call, member, refused, resolved, swap};
use browser_tests::{call, emulator};
use huaweicloud_dcs::js::{Credential, access_key_id};
use js_sys::Function;
use serde_json::{Value, json};
use wasm_bindgen::JsValue;
use wasm_bindgen_test::wasm_bindgen_test;

async fn accepted(target: &Value, options: &JsValue, authentication: &str) {
    resolved(swap(options)).await;
    let requests = emulator::requests(target).await;
    let last = requests.last().expect("a request");
    assert_eq!(last["authentication"], authentication);
}

async fn not_accepted(options: &JsValue) {
    let fields =
        json!({ "httpStatusCode": 401, "outcome": "rejected", "error_code": "APIGW.0301" });
    refused(swap(options), "ServiceResponseError", fields).await;
}

/// A function that resolves to this.
fn provider(credentials: &Value) -> JsValue {
    Function::new_no_args(&format!("return Promise.resolve({credentials})")).into()
}

#[wasm_bindgen_test]
async fn an_access_key_with_each_algorithm() {
    for algorithm in ["SDK-HMAC-SHA256", "SDK-HMAC-SM3", "V11-HMAC-SHA256"] {
        let mut target = emulator::target(json!({})).await;
        target["region"] = json!(emulator::REGION);
        target["algorithm"] = json!(algorithm);
        accepted(&target, &call::options(&target), algorithm).await;
        target["credentials"]["sk"] = json!("another");
        not_accepted(&call::options(&target)).await;
    }
}

#[wasm_bindgen_test]
async fn a_temporary_access_key() {
    let mut target = emulator::target(json!({})).await;
    target["credentials"] = emulator::new_key(json!({ "securityToken": "of-the-agency" })).await;
    accepted(&target, &call::options(&target), "SDK-HMAC-SHA256").await;
    target["credentials"]["securityToken"] = json!("of-another");
    not_accepted(&call::options(&target)).await;
}

#[wasm_bindgen_test]
async fn a_token() {
    let mut target = emulator::target(json!({})).await;
    target["credentials"] = json!({ "token": emulator::new_token().await });
    accepted(&target, &call::options(&target), "token").await;
    target["credentials"] = json!({ "token": "of-nobody" });
    not_accepted(&call::options(&target)).await;
}

#[wasm_bindgen_test]
async fn a_held_credential() {
    let target = emulator::target(json!({})).await;
    let held = Credential::new(&call::options(&target["credentials"])).unwrap();
    let options = call::with(&target, "credentials", held.clone());
    accepted(&target, &options, "SDK-HMAC-SHA256").await;
    let ak = target["credentials"]["ak"].as_str().unwrap();
    assert_eq!(access_key_id(&held), ak.len() as i32, "it is still held");
}

#[wasm_bindgen_test]
async fn a_provider() {
    let target = emulator::target(json!({})).await;
    let options = call::with(&target, "credentials", provider(&target["credentials"]));
    accepted(&target, &options, "SDK-HMAC-SHA256").await;
    let mut wrong = target["credentials"].clone();
    wrong["sk"] = json!("another");
    not_accepted(&call::with(&target, "credentials", provider(&wrong))).await;
}

#[wasm_bindgen_test]
async fn a_provider_that_fails() {
    let target = emulator::target(json!({})).await;
    let throws = Function::new_no_args("throw new Error('no network')");
    let options = call::with(&target, "credentials", throws);
    let fields = json!({ "outcome": "not_sent", "code": "CREDENTIALS" });
    let error = refused(swap(&options), "CredentialsError", fields).await;
    let cause = js_sys::Reflect::get(&error, &"cause".into()).unwrap();
    assert_eq!(member(&cause, "message"), "no network");
    assert!(emulator::requests(&target).await.is_empty());
}

#[wasm_bindgen_test]
async fn a_signer_that_gives_no_proof() {
    let mut target = emulator::target(json!({})).await;
    target["credentials"] = Value::Null;
    let empty = Function::new_no_args("return {}");
    let options = call::with(&target, "signer", empty);
    let fields = json!({ "outcome": "not_sent", "code": "CREDENTIALS" });
    refused(swap(&options), "CredentialsError", fields).await;
}

#[wasm_bindgen_test]
async fn the_project_id_is_looked_up_through_iam() {
    let mut target = emulator::target(json!({})).await;
    target["projectId"] = Value::Null;
    target["region"] = json!(emulator::REGION);
    target["iamEndpoint"] = json!(emulator::url());
    let answer = resolved(call("showInstance", &call::options(&target))).await;
    assert_eq!(member(&answer, "instance_id"), target["instanceId"]);
    let path = &emulator::requests(&target).await[0]["path"];
    assert!(path.as_str().unwrap().contains(emulator::PROJECT_ID));
}

//! The emulator's admin addresses, and keys and instances of a test's own.

use serde_json::{Value, json};
use wasm_bindgen::prelude::wasm_bindgen;
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;

#[wasm_bindgen(inline_js = "
    export async function ask(url, method, body) {
        const response = await fetch(url, { method, body });
        const text = await response.text();
        if (!response.ok) throw new Error(url + ': ' + text);
        return text;
    }
    export const pause = (ms) => new Promise((resolve) => setTimeout(resolve, ms));
    export const newAccessKeyId = () =>
        'TEST' + Array.from(crypto.getRandomValues(new Uint8Array(8)), (byte) =>
            byte.toString(16).padStart(2, '0').toUpperCase()).join('');
")]
extern "C" {
    fn ask(url: &str, method: &str, body: Option<String>) -> js_sys::Promise;
    #[wasm_bindgen(js_name = pause)]
    fn js_pause(ms: u32) -> js_sys::Promise;
    /// A name that no other test uses.
    #[wasm_bindgen(js_name = newAccessKeyId)]
    pub fn new_access_key_id() -> String;
}

/// The secret key of every test: what they print is searched for it afterwards.
pub const SECRET: &str = "MARKER-SK-9f27c1d4e8b3a605";
/// The project that the emulator knows.
pub const PROJECT_ID: &str = "0123456789abcdef0123456789abcdef";
/// The region that it plays.
pub const REGION: &str = "cn-north-4";

/// Where the emulator listens.
pub fn url() -> &'static str {
    option_env!("DCS_EMULATOR_URL").unwrap_or("http://127.0.0.1:47811")
}

async fn admin(method: &str, path: &str, body: Option<Value>) -> Value {
    let address = format!("{}/_emulator/{path}", url());
    let body = body.map(|body| body.to_string());
    let text = JsFuture::from(ask(&address, method, body)).await;
    let text = text.unwrap_or_else(|error| {
        let error: js_sys::Error = error.unchecked_into();
        panic!("{path}: {}", String::from(error.message()))
    });
    serde_json::from_str(&text.as_string().unwrap_or_default()).expect("JSON of the emulator")
}

/// Waits.
pub async fn pause(ms: u32) {
    let _: Result<JsValue, JsValue> = JsFuture::from(js_pause(ms)).await;
}

/// Registers an access key with the marker as its secret; `more` as the emulator takes it.
pub async fn new_key(more: Value) -> Value {
    let mut key = json!({ "ak": new_access_key_id(), "sk": SECRET });
    let mut registration = key.clone();
    merge(&mut registration, more.clone());
    admin("POST", "credentials", Some(registration)).await;
    if let Some(token) = more.get("securityToken") {
        key["securityToken"] = token.clone();
    }
    key
}

/// Registers a token.
pub async fn new_token() -> String {
    let token = format!("token-{}", new_access_key_id());
    admin("POST", "credentials", Some(json!({ "token": token }))).await;
    token
}

/// Makes an instance; its jobs take 40 ms unless told otherwise.
pub async fn new_instance(overrides: Value) -> String {
    let mut wanted = json!({ "job_ms": 40 });
    merge(&mut wanted, overrides);
    let made = admin("POST", "instances", Some(wanted)).await;
    made["instance_id"].as_str().expect("an id").to_owned()
}

/// Options of a call about an instance of its own, with a key of its own.
pub async fn target(overrides: Value) -> Value {
    json!({
        "endpoint": url(),
        "projectId": PROJECT_ID,
        "credentials": new_key(json!({})).await,
        "instanceId": new_instance(overrides).await,
    })
}

/// Arms a fault for the instance of these options.
pub async fn arm(options: &Value, fault: Value) {
    let wanted = json!({ "match": { "instance_id": options["instanceId"] }, "fault": fault });
    admin("POST", "faults", Some(wanted)).await;
}

/// Arms a fault for the swap of this instance only.
pub async fn arm_swap(options: &Value, fault: Value) {
    let matching = json!({
        "operation": "ChangeMasterStandbyAsync",
        "instance_id": options["instanceId"],
    });
    admin(
        "POST",
        "faults",
        Some(json!({ "match": matching, "fault": fault })),
    )
    .await;
}

/// How often a swap of the instance was asked for, and how often it ran.
pub async fn swaps(options: &Value) -> (u64, u64) {
    let state = admin("GET", "state?requests=0", None).await;
    let counters = &state["instances"][options["instanceId"].as_str().unwrap()]["counters"];
    let count = |name: &str| counters[name].as_u64().expect("a counter");
    (count("swap_requests"), count("swaps_run"))
}

/// What arrived about the instance, oldest first.
pub async fn requests(options: &Value) -> Vec<Value> {
    let mut state = admin("GET", "state?requests=200", None).await;
    let Value::Array(mut all) = state["requests"].take() else {
        panic!("no log");
    };
    all.retain(|request| request["instance_id"] == options["instanceId"]);
    all
}

/// Puts the members of one object over those of another.
pub fn merge(into: &mut Value, over: Value) {
    let Value::Object(over) = over else {
        panic!("not an object: {over}");
    };
    for (name, value) in over {
        into[name] = value;
    }
}

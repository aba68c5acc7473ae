//! Calls of the boundary with JSON options, and what they give as JSON.

use huaweicloud_dcs::js::{Client, change_master_standby_async};
use js_sys::{JSON, Promise, Reflect};
use serde_json::Value;
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;

/// Options as JavaScript has them.
pub fn options(value: &Value) -> JsValue {
    JSON::parse(&value.to_string()).expect("valid JSON")
}

/// Options with a member that JSON cannot say.
pub fn with(value: &Value, name: &str, member: impl Into<JsValue>) -> JsValue {
    let options = options(value);
    Reflect::set(&options, &name.into(), &member.into()).expect("a plain object");
    options
}

/// A member as JSON; null when it is undefined.
pub fn member(value: &JsValue, name: &str) -> Value {
    let member = Reflect::get(value, &name.into()).unwrap_or_default();
    to_json(&member)
}

/// A value as JSON; null when it has none.
pub fn to_json(value: &JsValue) -> Value {
    let text = JSON::stringify(value)
        .ok()
        .and_then(|text| text.as_string());
    text.map_or(Value::Null, |text| {
        serde_json::from_str(&text).expect("JSON")
    })
}

/// `changeMasterStandbyAsync(options)`
pub fn swap(options: &JsValue) -> Promise {
    change_master_standby_async(options)
}

/// `new DcsClient().OPERATION(options)`
pub fn call(operation: &str, options: &JsValue) -> Promise {
    Client::new(&JsValue::UNDEFINED)
        .expect("a client without options")
        .call(operation, options)
}

/// What a promise resolves to.
pub async fn resolved(promise: Promise) -> JsValue {
    match JsFuture::from(promise).await {
        Ok(value) => value,
        Err(error) => {
            let error: js_sys::Error = error.unchecked_into();
            panic!("rejected: {}", String::from(error.to_string()))
        }
    }
}

/// What a promise is rejected with.
pub async fn rejected(promise: Promise) -> JsValue {
    match JsFuture::from(promise).await {
        Ok(value) => panic!("resolved: {}", to_json(&value)),
        Err(error) => error,
    }
}

/// Awaits an error of this package: its class, and these of its fields.
pub async fn refused(promise: Promise, name: &str, fields: Value) -> JsValue {
    let error = rejected(promise).await;
    let text = member(&error, "message");
    assert!(error.is_instance_of::<js_sys::Error>(), "no Error: {text}");
    assert_eq!(member(&error, "name"), name, "{text}");
    let Value::Object(fields) = fields else {
        panic!("not an object: {fields}");
    };
    for (field, expected) in fields {
        assert_eq!(member(&error, &field), expected, "{field} of {text}");
    }
    error
}

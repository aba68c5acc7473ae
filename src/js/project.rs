//! The project id of a region, from IAM: looked up once however many calls wait, and kept per key and region.

use std::cell::RefCell;
use std::collections::BTreeMap;

use js_sys::Promise;
use wasm_bindgen::JsValue;
use wasm_bindgen_futures::future_to_promise;

use super::client::Context;
use super::error::Fail;
use super::sign::Credential;
use crate::credential::Credential as Core;
use crate::error::Error;
use crate::json::Json;
use crate::operation::list_projects;
use crate::sign::token_fingerprint;

thread_local! {
    static FOUND: RefCell<BTreeMap<String, Promise>> = const { RefCell::new(BTreeMap::new()) };
    /// Why a look-up failed, for the calls that wait for it: a promise is rejected with JavaScript's values only.
    static FAILED: RefCell<BTreeMap<String, (Error, Option<JsValue>)>> = const { RefCell::new(BTreeMap::new()) };
}

/// Finds the project id of `region`.
pub async fn find(
    context: &Context,
    credential: &Credential,
    region: &str,
    iam: &str,
) -> Result<String, Fail> {
    let who = match &credential.0.core {
        Core::AccessKey(key) => key.ak().to_owned(),
        // A token is secret: its hash tells it apart as well.
        Core::Token(token) => token_fingerprint(token),
    };
    let key = [&who, region, iam].join("\n");
    let known = FOUND.with(|found| found.borrow().get(&key).cloned());
    let promise = known.unwrap_or_else(|| {
        let promise = future_to_promise(look_up(context.clone(), region.to_owned(), key.clone()));
        FOUND.with(|found| found.borrow_mut().insert(key.clone(), promise.clone()));
        promise
    });
    match context.wait(&promise).await? {
        Ok(id) => Ok(id.as_string().unwrap_or_default()),
        Err(_) => {
            let failed = FAILED.with(|failed| failed.borrow().get(&key).cloned());
            let (error, cause) = failed.unwrap_or((
                Error::credentials("the project id cannot be looked up"),
                None,
            ));
            Err(Fail::Error(error, cause))
        }
    }
}

async fn look_up(mut context: Context, region: String, key: String) -> Result<JsValue, JsValue> {
    // Others may wait for it: the signal of the call that asks first must not end it.
    context.signal = None;
    let args = Json::Object(vec![("region".to_owned(), Json::String(region.clone()))]);
    let found = match context
        .execute(&list_projects::OPERATION, &args)
        .await
        .result
    {
        Ok(answer) => {
            let json = answer.response.json.unwrap_or_default();
            list_projects::only_project(&json, &region).map_err(|error| (error, None))
        }
        Err(Fail::Error(error, cause)) => Err((error, cause)),
        Err(Fail::Abort(_)) => Err((Error::Aborted, None)),
    };
    found.map(JsValue::from).map_err(|failure| {
        FAILED.with(|failed| failed.borrow_mut().insert(key.clone(), failure));
        // Not kept: the next call asks again.
        FOUND.with(|found| found.borrow_mut().remove(&key));
        JsValue::NULL
    })
}

//! What is exported beside the client, of the module that also signs.

use std::rc::Rc;

use js_sys::Promise;
use wasm_bindgen::JsValue;
use wasm_bindgen::prelude::wasm_bindgen;

use super::options::Options;
use super::{Client, values};
use crate::json::Json;
use crate::operation::change_master_standby_async;
use crate::region::REGIONS;

/// Swaps master and standby: `new Client().call("changeMasterStandbyAsync", options)`.
#[wasm_bindgen(js_name = changeMasterStandbyAsync)]
pub fn change_master_standby_async(options: &JsValue) -> Promise {
    let client = Client {
        options: Options::default(),
        shared: Rc::default(),
    };
    client.call(change_master_standby_async::OPERATION.name, options)
}

/// The regions that DCS is known to serve.
#[wasm_bindgen]
pub fn regions() -> JsValue {
    let mut regions = Vec::new();
    for region in &REGIONS {
        let mut json = Json::object();
        json.add_text("id", region.id);
        json.add_text("dcsEndpoint", &region.dcs_endpoint());
        json.add_text("iamEndpoint", &region.iam_endpoint());
        regions.push(json);
    }
    values::to_js(&Json::Array(regions))
}

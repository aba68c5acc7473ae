//! The answer of an attempt, as `response.js` has read it to its limit.

use js_sys::{Array, Promise};
use wasm_bindgen::JsValue;
use wasm_bindgen::prelude::wasm_bindgen;
use web_sys::AbortSignal;

use crate::http::{Response, RetryAfter};
use crate::json::Json;

#[wasm_bindgen(module = "/src/js/client/response.js")]
extern "C" {
    /// `Answer` of `response.js`. What the service did not give is undefined.
    pub type Answer;
    #[wasm_bindgen(method, getter)]
    fn status(this: &Answer) -> u16;
    #[wasm_bindgen(method, getter, js_name = requestId)]
    fn request_id(this: &Answer) -> Option<String>;
    #[wasm_bindgen(method, getter, js_name = dateMs)]
    fn date_ms(this: &Answer) -> Option<f64>;
    #[wasm_bindgen(method, getter, js_name = retryAfterSeconds)]
    fn retry_after_seconds(this: &Answer) -> Option<u32>;
    #[wasm_bindgen(method, getter, js_name = retryAfterMs)]
    fn retry_after_ms(this: &Answer) -> Option<f64>;
    /// The start of the body.
    #[wasm_bindgen(method, getter)]
    fn text(this: &Answer) -> String;
    /// The body's value, packed, if it is JSON.
    #[wasm_bindgen(method, getter)]
    fn packed(this: &Answer) -> Option<String>;
    /// The body's value as the caller is given it.
    #[wasm_bindgen(method, getter)]
    pub fn value(this: &Answer) -> JsValue;

    /// Reads what `fetch` gave, to the end of its body. Of a good answer only the `members` of these names are packed.
    #[wasm_bindgen(js_name = readAnswer)]
    pub fn read_answer(
        fetched: &JsValue,
        stop: &AbortSignal,
        secrets: &Array,
        members: &str,
    ) -> Promise;
}

/// The answer as the core has it.
pub(super) fn to_response(answer: &Answer) -> Response {
    let seconds = answer.retry_after_seconds().map(RetryAfter::Seconds);
    let date = || {
        answer
            .retry_after_ms()
            .map(|ms| RetryAfter::Date(ms as i64))
    };
    Response {
        status: answer.status(),
        request_id: answer.request_id(),
        date_ms: answer.date_ms().map(|ms| ms as i64),
        retry_after: seconds.or_else(date),
        body: answer.text(),
        json: answer.packed().map(|packed| Json::unpack(&packed)),
    }
}

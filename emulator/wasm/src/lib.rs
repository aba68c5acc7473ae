//! The emulator's core behind a JavaScript function: a request in, an answer out.
//!
//! What crosses: a request as method, target, header pairs and body; an answer as an array of
//! status, header pairs, body and script. The time, the randomness and the timers are JavaScript's.
#![cfg(target_arch = "wasm32")]

mod page;

use std::sync::Arc;

use bytes::Bytes;
use dcs_emulator_core::app::App;
use dcs_emulator_core::config::{CodeForm, Options};
use dcs_emulator_core::fleet::nodes::embedded::InMemory;
use dcs_emulator_core::script::{Script, Step};
use futures_util::future::{AbortHandle, abortable};
use http::{Request, Response};
use js_sys::{Array, Promise, Uint8Array};
use serde_json::Value;
use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::future_to_promise;

use page::{Given, Page};

/// A whole cloud.
#[wasm_bindgen]
pub struct Cloud {
    app: Arc<App>,
}

/// A request that is being answered.
#[wasm_bindgen]
pub struct Asked {
    abort: AbortHandle,
    answer: Promise,
}

#[wasm_bindgen]
impl Asked {
    /// Resolves to the answer.
    #[wasm_bindgen(getter)]
    pub fn answer(&self) -> Promise {
        self.answer.clone()
    }

    /// The caller is gone: what has not begun does not begin.
    pub fn abort(&self) {
        self.abort.abort();
    }
}

/// Starts a cloud with these options, as JSON.
///
/// # Errors
/// An option that cannot be used, by its name.
#[wasm_bindgen(js_name = startCloud)]
pub async fn start_cloud(options: String, given: Given) -> Result<Cloud, JsError> {
    let options = read(&options).map_err(|why| JsError::new(&why))?;
    let world = Arc::new(Page::new(given));
    let app = App::start(options, world, Box::new(InMemory)).await;
    let app = app.map_err(|why| JsError::new(&why))?;
    Ok(Cloud { app })
}

/// The most instances at the start, and the longest job in milliseconds: more is a slip.
const MOST_INSTANCES: u64 = 10_000;
const DAY_MS: u64 = 86_400_000;

fn read(options: &str) -> Result<Options, String> {
    let given: Value = serde_json::from_str(options).map_err(|error| error.to_string())?;
    let mut read = Options::default();
    for (name, value) in given.as_object().into_iter().flatten() {
        let count = |most: u64| {
            let count = value.as_u64().filter(|count| *count <= most);
            count.ok_or_else(|| format!("{name} must be a whole number from 0 to {most}"))
        };
        match (name.as_str(), value) {
            ("instances", _) => read.instances = count(MOST_INSTANCES)? as usize,
            ("jobMs", _) => read.job_ms = count(DAY_MS)?,
            ("variety", Value::Bool(variety)) => read.variety = *variety,
            ("region", Value::String(region)) if !region.is_empty() => {
                read.region.clone_from(region);
            }
            ("codes", Value::String(form)) if form == "dcs" => read.codes = CodeForm::Dcs,
            ("codes", Value::String(form)) if form == "nine-digit" => {
                read.codes = CodeForm::NineDigit;
            }
            ("variety" | "region" | "codes", _) => return Err(format!("{name} cannot be {value}")),
            _ => return Err(format!("{name} is not an option here")),
        }
    }
    Ok(read)
}

#[wasm_bindgen]
impl Cloud {
    /// Answers a request. The headers come as name, value, name, value.
    ///
    /// # Errors
    /// What is no request at all.
    pub fn ask(
        &self,
        method: &str,
        target: &str,
        headers: Vec<String>,
        body: Vec<u8>,
    ) -> Result<Asked, JsError> {
        let mut request = Request::builder().method(method).uri(target);
        for pair in headers.chunks_exact(2) {
            request = request.header(&pair[0], &pair[1]);
        }
        let request = request.body(Some(Bytes::from(body)))?;
        let app = Arc::clone(&self.app);
        let (answer, abort) = abortable(async move { app.answer(request).await });
        let answer = future_to_promise(async move {
            match answer.await {
                Ok(answer) => Ok(written(answer)),
                Err(aborted) => Err(JsError::from(aborted).into()),
            }
        });
        Ok(Asked { abort, answer })
    }
}

fn written(mut answer: Response<Bytes>) -> JsValue {
    let script = answer.extensions_mut().remove::<Script>();
    let (parts, body) = answer.into_parts();
    let headers = Array::new();
    for (name, value) in &parts.headers {
        headers.push(&name.as_str().into());
        headers.push(
            &String::from_utf8_lossy(value.as_bytes())
                .into_owned()
                .into(),
        );
    }
    let steps = script.map_or(JsValue::UNDEFINED, |script| {
        script.0.iter().map(step).collect::<Array>().into()
    });
    let status = JsValue::from(parts.status.as_u16());
    let body = Uint8Array::from(&body[..]);
    [status, headers.into(), body.into(), steps]
        .iter()
        .collect::<Array>()
        .into()
}

/// A step as its name, its bytes and its number.
#[allow(clippy::cast_precision_loss, reason = "sizes and pauses are small")]
fn step(step: &Step) -> JsValue {
    let (name, bytes, number) = match step {
        Step::Write(bytes) => ("write", Some(bytes), 0.0),
        Step::Trickle { bytes, pause } => ("trickle", Some(bytes), pause.as_millis() as f64),
        Step::Repeat { chunk, total } => ("repeat", Some(chunk), *total as f64),
        Step::Endless(chunk) => ("endless", Some(chunk), 0.0),
        Step::Hang => ("hang", None, 0.0),
        Step::Close => ("close", None, 0.0),
        Step::Reset => ("reset", None, 0.0),
    };
    let bytes = bytes.map_or(JsValue::UNDEFINED, |b| Uint8Array::from(&b[..]).into());
    [name.into(), bytes, number.into()]
        .iter()
        .collect::<Array>()
        .into()
}

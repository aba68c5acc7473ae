//! The journal of a switchover, as the caller gives it. An abort does not interrupt it: a record that is half written helps
//! nobody.

use js_sys::Promise;
use wasm_bindgen::JsValue;
use wasm_bindgen::prelude::wasm_bindgen;

use super::context::Context;
use super::failure::Failure;
use super::values::to_js;
use super::wait::{Wait, Waited, message_of, wait_for};
use crate::json::Json;
use crate::switchover::Record;

#[wasm_bindgen(module = "/src/js/client/journal.js")]
extern "C" {
    /// The record under a key, packed; empty when there is none.
    #[wasm_bindgen(js_name = readRecord)]
    fn read_record(journal: &JsValue, key: &str) -> Promise;
    /// Writes a record; gives another one that stands in its place, packed, or an empty text.
    #[wasm_bindgen(js_name = writeRecord)]
    fn write_record(journal: &JsValue, key: &str, record: &JsValue) -> Promise;
    /// Removes a record.
    #[wasm_bindgen(js_name = removeRecord)]
    fn remove_record(journal: &JsValue, key: &str) -> Promise;
}

/// The journal of one instance. Its key is the id of the instance: no two instances have the same.
pub(super) struct Journal<'a> {
    context: &'a Context,
    key: &'a str,
}

/// What came of writing a record.
pub(super) enum Written {
    /// It is written.
    Done,
    /// This one stands in its place: another switchover has begun.
    Taken(Record),
    /// It cannot be written, for this reason.
    Failed(String),
}

impl<'a> Journal<'a> {
    /// The journal for an instance, if the caller has given one.
    pub(super) fn of(context: &'a Context, instance_id: &'a str) -> Option<Self> {
        let given = !context.options.journal.is_undefined();
        given.then_some(Self {
            context,
            key: instance_id,
        })
    }

    /// The open record, if there is one; or why that cannot be read.
    pub(super) async fn read(&self) -> Result<Option<Record>, String> {
        let found = text(self.wait(&read_record(self.given(), self.key)).await)?;
        read_text(&found)
    }

    /// Writes a record.
    pub(super) async fn write(&self, record: &Record) -> Written {
        let record = to_js(&record.to_json());
        let written = self.wait(&write_record(self.given(), self.key, &record));
        match text(written.await).and_then(|found| read_text(&found)) {
            Ok(None) => Written::Done,
            Ok(Some(other)) => Written::Taken(other),
            Err(why) => Written::Failed(why),
        }
    }

    /// Removes the record.
    pub(super) async fn remove(&self) -> Result<(), String> {
        text(self.wait(&remove_record(self.given(), self.key)).await)?;
        Ok(())
    }

    fn given(&self) -> &JsValue {
        &self.context.options.journal
    }

    fn wait(&self, work: &JsValue) -> Wait {
        wait_for(work, self.context.config.timeout_ms, &JsValue::UNDEFINED)
    }
}

/// What a journal answered.
fn text(waited: Result<Waited, Failure>) -> Result<String, String> {
    match waited {
        Ok(Waited::Value(text)) => Ok(text.as_string().unwrap_or_default()),
        Ok(Waited::Thrown(thrown)) => Err(message_of(&thrown)),
        // No signal ends it.
        Ok(Waited::Late) | Err(_) => Err("it did not answer in time".to_owned()),
    }
}

/// The record that it holds; none in an empty text.
fn read_text(packed: &str) -> Result<Option<Record>, String> {
    if packed.is_empty() {
        return Ok(None);
    }
    let record = Record::read(&Json::unpack(packed));
    record.map(Some).map_err(|error| error.message())
}

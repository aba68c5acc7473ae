//! The journal of a switchover, as the caller gives it. An abort does not interrupt it: a record that is half written helps
//! nobody.

use js_sys::Promise;
use wasm_bindgen::JsValue;
use wasm_bindgen::prelude::wasm_bindgen;

use super::context::Context;
use super::values::to_js;
use super::wait::{Waited, message_of, wait_for};
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
        let packed = self
            .text(&read_record(&self.context.options.journal, self.key))
            .await?;
        if packed.is_empty() {
            return Ok(None);
        }
        let record = Record::read(&Json::unpack(&packed)).map_err(|error| error.message())?;
        Ok(Some(record))
    }

    /// Writes a record.
    pub(super) async fn write(&self, record: &Record) -> Written {
        let record = to_js(&record.to_json());
        let journal = &self.context.options.journal;
        let found = match self.text(&write_record(journal, self.key, &record)).await {
            Ok(found) if found.is_empty() => return Written::Done,
            Ok(found) => Record::read(&Json::unpack(&found)),
            Err(why) => return Written::Failed(why),
        };
        found.map_or_else(|error| Written::Failed(error.message()), Written::Taken)
    }

    /// Removes the record.
    pub(super) async fn remove(&self) -> Result<(), String> {
        self.text(&remove_record(&self.context.options.journal, self.key))
            .await?;
        Ok(())
    }

    async fn text(&self, work: &JsValue) -> Result<String, String> {
        let no_signal = JsValue::UNDEFINED;
        match wait_for(work, self.context.config.timeout_ms, &no_signal).await {
            Ok(Waited::Value(text)) => Ok(text.as_string().unwrap_or_default()),
            Ok(Waited::Thrown(thrown)) => Err(message_of(&thrown)),
            Ok(Waited::Late) => Err("it did not answer in time".to_owned()),
            Err(failure) => Err(failure.to_error().message()),
        }
    }
}

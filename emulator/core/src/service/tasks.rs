//! `ListBackgroundTask`.

use bytes::Bytes;
use http::Response;
use serde_json::{Value, json};

use crate::clock::parse_task_time;
use crate::errors::{Dcs, answer};
use crate::fleet::task::Task;

use super::dcs::{find, page};
use super::{Call, Ids, parameter};

/// The tasks of an instance, the newest first.
pub fn list(ids: &Ids, call: &Call<'_>) -> Result<Response<Bytes>, Dcs> {
    let instance = find(ids, call)?;
    let (offset, limit) = page(call.query)?;
    let time = |name: &'static str| {
        parameter(call.query, name)
            .filter(|text| !text.is_empty())
            .map(|text| parse_task_time(&text).ok_or(Dcs::InvalidParameter(name)))
            .transpose()
    };
    let (start, end) = (time("start_time")?, time("end_time")?);
    // The times have whole seconds, so the last one counts to its end.
    let asked = |task: &Task| {
        start.is_none_or(|start| task.created_ms >= start)
            && end.is_none_or(|end| task.created_ms < end + 1000)
    };
    let all: Vec<Task> = instance.listed_tasks().into_iter().filter(asked).collect();
    let tasks: Vec<Value> = all
        .iter()
        .skip(offset)
        .take(limit)
        .map(Task::listed)
        .collect();
    // The count is a string, as it is in the service's own models.
    Ok(answer(
        200,
        json!({ "task_count": all.len().to_string(), "tasks": tasks }),
    ))
}

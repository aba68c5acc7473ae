//! Faults that change what a right answer says.

use bytes::Bytes;
use http::{HeaderValue, Response};
use serde_json::{Value, json};

use crate::app::App;
use crate::errors::{self, PUBLISHED};
use crate::service::Operation;

use super::apply::taken;
use super::world::{other_instance, other_job};
use super::{Fault, Missing, Shape};

/// Changes an answer of the operation.
pub fn edit(
    app: &App,
    operation: &Operation,
    fault: &Fault,
    request_id: &str,
    answer: Response<Bytes>,
) -> Response<Bytes> {
    match fault {
        Fault::SecondCopy { .. } => second_copy(fault, operation.is_iam(), request_id),
        Fault::AboutAnother {
            instance_id,
            job_status,
        } if operation.is_swap() => {
            let instance = other_instance(app, operation.instance_id(), instance_id.as_deref());
            let job = other_job(app, &instance, job_status.as_deref());
            changed(answer, |body| {
                if let Some(id) = body.get_mut("job_id") {
                    *id = json!(job);
                }
            })
        }
        Fault::WithoutNodeIds { value } => changed(answer, |body| without_node_ids(body, *value)),
        Fault::Date { offset_ms } => {
            let mut answer = answer;
            let date = app.clock.http_date_off_by(*offset_ms);
            if let Ok(date) = HeaderValue::from_str(&date) {
                answer.headers_mut().insert("date", date);
            }
            answer
        }
        _ => answer,
    }
}

fn changed(answer: Response<Bytes>, change: impl FnOnce(&mut Value)) -> Response<Bytes> {
    let (parts, bytes) = taken(answer);
    let bytes = match serde_json::from_slice::<Value>(&bytes) {
        Ok(mut body) => {
            change(&mut body);
            Bytes::from(body.to_string())
        }
        Err(_) => bytes,
    };
    Response::from_parts(parts, bytes)
}

fn without_node_ids(body: &mut Value, value: Missing) {
    let groups = body["group_list"].as_array_mut().into_iter().flatten();
    let nodes = groups.flat_map(|group| {
        group["replication_list"]
            .as_array_mut()
            .into_iter()
            .flatten()
    });
    for node in nodes.filter_map(Value::as_object_mut) {
        match value {
            Missing::Absent => drop(node.remove("node_id")),
            Missing::Null => drop(node.insert("node_id".to_owned(), Value::Null)),
            Missing::Empty => drop(node.insert("node_id".to_owned(), json!(""))),
        }
    }
}

/// What a second copy of a request is told when the first one runs.
fn second_copy(fault: &Fault, iam: bool, request_id: &str) -> Response<Bytes> {
    let Fault::SecondCopy {
        status,
        error_code,
        error_msg,
        no_message,
        shape,
    } = fault
    else {
        return errors::answer(500, Value::Null);
    };
    let code = error_code.as_deref().unwrap_or("DCS.4049");
    let known = PUBLISHED.get(code);
    let message = error_msg.as_deref().or(known.map(|row| row.message));
    let status = status.or(known.map(|row| row.status)).unwrap_or(400);
    let mut body = match shape {
        Shape::Iam => json!({ "error": { "code": status, "message": message } }),
        Shape::Service if iam => json!({ "error": { "code": status, "message": message } }),
        Shape::Gateway => {
            json!({ "error_msg": message, "error_code": code, "request_id": request_id })
        }
        Shape::Service => {
            json!({ "error_code": code, "error_msg": message, "error_ext_msg": null })
        }
    };
    if *no_message {
        for at in ["", "/error"] {
            if let Some(fields) = body.pointer_mut(at).and_then(Value::as_object_mut) {
                fields.retain(|name, _| !matches!(name.as_str(), "error_msg" | "message"));
            }
        }
    }
    errors::answer(status, body)
}

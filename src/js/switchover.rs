//! Drives the machine of a switchover with calls and timers.

use js_sys::Object;
use wasm_bindgen::JsValue;

use super::client::{Context, Shared};
use super::error::{Fail, switchover_error, to_js};
use super::timer::{now_ms, sleep};
use super::value::{list, object, optional, set};
use crate::error::{Error, Outcome};
use crate::json::Json;
use crate::operation::{Node, change_master_standby_async, show_job_info};
use crate::switchover::{Machine, Report, Step, Verdict};

/// Marks an instance while its switchover is under way.
struct Mark<'a>(&'a Shared, String);

impl Drop for Mark<'_> {
    fn drop(&mut self) {
        self.0.swapping.borrow_mut().remove(&self.1);
    }
}

/// Runs a switchover to its report.
///
/// # Errors
/// `SwitchoverError` with the report unless the roles were seen to change; the signal's reason when it is aborted.
pub async fn run(context: &Context, args: &Json) -> Result<JsValue, JsValue> {
    let not_sent = |error: &Error| to_js(error, None, Some(Outcome::NotSent));
    change_master_standby_async::OPERATION
        .path_and_query("", args)
        .map_err(|error| not_sent(&error))?;
    let id = args
        .str("instanceId")
        .unwrap_or_default()
        .to_ascii_lowercase();
    if !context.shared.swapping.borrow_mut().insert(id.clone()) {
        let error = Error::invalid(
            "instanceId",
            "has a switchover under way in this client; wait for it",
        );
        return Err(not_sent(&error));
    }
    let _mark = Mark(&context.shared, id.clone());
    let started = now_ms();
    let mut machine = Machine::new(id.clone(), context.config.switchover, started);
    let (mut job, mut cause) = (JsValue::UNDEFINED, JsValue::UNDEFINED);
    let mut phase = None;
    let aborted = loop {
        let elapsed = || JsValue::from((now_ms() - started) as f64);
        if phase != Some(machine.phase()) {
            phase = Some(machine.phase());
            context.emit(
                "phase",
                &[
                    ("phase", machine.phase().as_str().into()),
                    ("elapsedMs", elapsed()),
                    ("instanceId", id.as_str().into()),
                ],
            );
        }
        match machine.step() {
            Step::Done => break None,
            Step::Wait(ms) => match sleep(ms, context.signal.as_ref()).await {
                Ok(()) => machine.waited(),
                Err(reason) => {
                    machine.stop(Outcome::Unknown, 0, now_ms());
                    break Some(reason);
                }
            },
            Step::Call(operation) => {
                let done = context.execute(operation, &machine.args()).await;
                match done.result {
                    Err(Fail::Abort(reason)) => {
                        machine.stop(done.outcome, done.requests, now_ms());
                        break Some(reason);
                    }
                    Err(fail) => {
                        let error = fail.error();
                        cause = fail.into_js(None);
                        machine.answered(Err(error), done.outcome, done.requests, now_ms());
                    }
                    Ok(answer) => {
                        let json = answer.response.json.unwrap_or_default();
                        if operation == &show_job_info::OPERATION {
                            job = answer.value;
                            context.emit(
                                "job",
                                &[
                                    ("job", job.clone()),
                                    ("elapsedMs", elapsed()),
                                    ("instanceId", id.as_str().into()),
                                ],
                            );
                        }
                        machine.answered(Ok(json), done.outcome, done.requests, now_ms());
                    }
                }
            }
        }
    };
    finish(context, &id, machine.report(), &job, cause, aborted)
}

/// Tells of the end, and resolves or rejects.
fn finish(
    context: &Context,
    id: &str,
    report: &Report,
    job: &JsValue,
    cause: JsValue,
    aborted: Option<JsValue>,
) -> Result<JsValue, JsValue> {
    let value = JsValue::from(to_js_report(report, id, job));
    context.emit(
        "report",
        &[("report", value.clone()), ("instanceId", id.into())],
    );
    match aborted {
        Some(reason) => Err(reason),
        None if report.verdict == Verdict::Swapped => Ok(value),
        None => {
            let fields = object(&[
                ("report", value),
                ("outcome", report.outcome.as_str().into()),
            ]);
            if report.error.is_some() {
                set(&fields, "cause", &cause);
            }
            Err(switchover_error(
                &[report.verdict.as_str(), ": ", &report.reason].concat(),
                &fields,
            ))
        }
    }
}

fn to_js_report(report: &Report, id: &str, job: &JsValue) -> Object {
    let nodes = |nodes: &Option<Vec<Node>>| match nodes {
        Some(nodes) => list(nodes.iter().map(node)),
        None => JsValue::UNDEFINED,
    };
    object(&[
        ("instanceId", id.into()),
        ("result", report.verdict.as_str().into()),
        ("verified", report.verified.into()),
        ("outcome", report.outcome.as_str().into()),
        ("reason", report.reason.as_str().into()),
        ("before", nodes(&report.before)),
        ("after", nodes(&report.after)),
        ("job", job.clone()),
        ("durationMs", (report.duration_ms as f64).into()),
        (
            "attempts",
            object(&[
                ("swap", report.swap_requests.into()),
                ("reads", report.read_requests.into()),
            ])
            .into(),
        ),
    ])
}

fn node(node: &Node) -> Object {
    object(&[
        ("nodeId", node.id.as_str().into()),
        ("role", node.role.as_str().into()),
        ("status", node.status.as_str().into()),
        ("ip", optional(node.ip.as_deref())),
        ("azCode", optional(node.az.as_deref())),
    ])
}

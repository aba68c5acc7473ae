//! The states of a job, read one after the other until it ends.

use std::cell::RefCell;
use std::rc::Rc;

use js_sys::Promise;
use wasm_bindgen::JsValue;
use wasm_bindgen::prelude::wasm_bindgen;
use wasm_bindgen_futures::future_to_promise;

use super::client::Context;
use super::error::{Fail, switchover_error};
use super::timer::{now_ms, sleep};
use super::value::object;
use crate::error::Error;
use crate::json::Json;
use crate::operation::{JobStatus, show_job_info};
use crate::switchover::{Following, Next};

/// A job that is followed.
#[wasm_bindgen]
pub struct Follow(Rc<Inner>);

struct Inner {
    context: Context,
    args: Json,
    following: RefCell<Following>,
}

impl Follow {
    pub(super) fn new(context: Context, args: Json) -> Result<Self, Error> {
        show_job_info::OPERATION.path_and_query("", &args)?;
        let following = RefCell::new(Following::new(context.config.switchover, now_ms()));
        Ok(Self(Rc::new(Inner {
            context,
            args,
            following,
        })))
    }
}

#[wasm_bindgen]
impl Follow {
    /// The next state; undefined after the last one. Rejects when the job failed, or time is up.
    pub fn next(&self) -> Promise {
        let inner = Rc::clone(&self.0);
        future_to_promise(async move { inner.next().await.map_err(|fail| fail.into_js(None)) })
    }
}

impl Inner {
    async fn next(&self) -> Result<JsValue, Fail> {
        loop {
            let next = self.following.borrow_mut().next();
            match next {
                Next::Ended => return Ok(JsValue::UNDEFINED),
                Next::Late => {
                    let timeout_ms = self.context.config.switchover.follow_timeout_ms;
                    return Err(Error::Timeout { timeout_ms }.into());
                }
                Next::Wait(ms) => {
                    sleep(ms, self.context.signal.as_ref())
                        .await
                        .map_err(Fail::Abort)?;
                }
                Next::Read => {
                    let done = self
                        .context
                        .execute(&show_job_info::OPERATION, &self.args)
                        .await;
                    let answer = match done.result {
                        Ok(answer) => answer,
                        Err(Fail::Abort(reason)) => return Err(Fail::Abort(reason)),
                        Err(fail) => {
                            // A read that fails is tried again at the next turn, unless that is hopeless.
                            if self.following.borrow_mut().failed(&fail.error(), now_ms()) {
                                return Err(fail);
                            }
                            continue;
                        }
                    };
                    let job = answer
                        .response
                        .json
                        .as_ref()
                        .map(crate::operation::Job::read);
                    let Some(Ok(job)) = job else { continue };
                    self.following.borrow_mut().read(job.status, now_ms());
                    if job.status == JobStatus::Fail {
                        let why = job
                            .fail_reason
                            .as_deref()
                            .unwrap_or("the service gave no reason");
                        let fields = object(&[("job", answer.value)]);
                        let message = ["the job failed: ", why].concat();
                        return Err(Fail::Abort(switchover_error(&message, &fields)));
                    }
                    return Ok(answer.value);
                }
            }
        }
    }
}

//! What is exported: the client, and what it starts.

use std::cell::RefCell;
use std::rc::Rc;

use js_sys::Promise;
use wasm_bindgen::JsValue;
use wasm_bindgen::prelude::wasm_bindgen;
use wasm_bindgen_futures::{JsFuture, spawn_local};

use super::context::{Context, Given, Shared};
use super::error::{How, to_js};
use super::platform::{self, Came, now_ms};
use super::run::Calling;
use super::switchover::{self, Switching};
use crate::error::{Error, Outcome};
use crate::json::Json;
use crate::operation::{Effect, Operation, change_master_standby_async, show_job_info};
use crate::region::REGIONS;
use crate::switchover::Following;

/// What a promise stands for: work, and what it works with.
pub struct Task {
    context: Rc<Context>,
    work: Work,
}

/// The kinds of work.
pub enum Work {
    /// A call of an operation.
    Call(Box<Calling>),
    /// A whole switchover.
    Switchover(Box<Switching>),
    /// The next state of a job.
    Follow(Rc<RefCell<Following>>, Option<Box<Calling>>),
    /// The project id of a region.
    LookUp(Box<Calling>),
}

impl Task {
    /// Starts work that can begin.
    pub fn start(context: Rc<Context>, work: Work) -> Promise {
        run(Ok(Self { context, work }))
    }

    async fn run(&mut self) -> Result<JsValue, JsValue> {
        let mut came = Came::default();
        self.context.done.set(false);
        loop {
            if let Err(error) = self.turn(&came) {
                return Err(self.failed(&error));
            }
            let room = &self.context.room;
            if self.context.done.get() {
                return Ok(platform::value(room));
            }
            came = Came::read(&JsFuture::from(platform::waiting(room)).await?);
        }
    }

    fn turn(&mut self, came: &Came) -> Result<(), Error> {
        let context = &self.context;
        match &mut self.work {
            Work::Call(calling) => calling.turn(context, came),
            Work::Switchover(switching) => switching.turn(context, came),
            Work::Follow(following, calling) => {
                switchover::follow(context, &mut following.borrow_mut(), calling, came)
            }
            Work::LookUp(calling) => {
                calling.turn(context, came)?;
                calling.found(context)
            }
        }
    }

    /// What the promise is rejected with.
    fn failed(&self, error: &Error) -> JsValue {
        let context = &self.context;
        let mut outcome = None;
        if let Work::Call(calling) = &self.work {
            let call = &calling.call;
            outcome = outcome_of(call.operation(), call.outcome());
            if context.how.get() == How::Reason {
                let mut event = Json::object();
                event.add_text("type", "aborted");
                event.add_text("operation", call.operation().name);
                event.add_given("outcome", outcome.map(Outcome::as_str));
                context.tell(&event);
            }
        }
        context.refused(error, outcome)
    }
}

/// The promise of a task, or of what refuses it. This is the one future there is; what a task waits for never rejects.
fn run(task: Result<Task, JsValue>) -> Promise {
    let room = match &task {
        Ok(task) => task.context.room.clone(),
        Err(_) => platform::alone(&JsValue::UNDEFINED),
    };
    let promise = platform::promise(&room);
    spawn_local(async move {
        let result = match task {
            Ok(mut task) => task.run().await,
            Err(error) => Err(error),
        };
        let failed = result.is_err();
        platform::finish(&room, failed, &result.unwrap_or_else(|error| error));
    });
    promise
}

fn outcome_of(operation: &Operation, outcome: Outcome) -> Option<Outcome> {
    (operation.effect == Effect::Swap).then_some(outcome)
}

/// A client of the Distributed Cache Service.
#[wasm_bindgen]
pub struct Client {
    given: Given,
    shared: Rc<Shared>,
    /// Of a client that follows a job.
    followed: Option<Followed>,
}

/// A job that is followed: what its reads work with, and their pace.
type Followed = (Rc<Context>, Rc<RefCell<Following>>);

#[wasm_bindgen]
impl Client {
    /// Reads the client's options. What they lack, each call may give.
    ///
    /// # Errors
    /// `InvalidArgumentError`.
    #[wasm_bindgen(constructor)]
    pub fn new(options: &JsValue) -> Result<Client, JsValue> {
        let (given, usable) = Given::read(options, None);
        if !usable {
            return Err(to_js(&Error::aborted(), How::Made, &given.room, None));
        }
        Ok(Self {
            given,
            shared: Rc::default(),
            followed: None,
        })
    }

    /// Calls the operation of that name; `switchover` is a whole switchover.
    pub fn call(&self, name: &str, options: &JsValue) -> Promise {
        run(self.task(name, options))
    }

    /// A client that follows a job: each of its calls gives the next state; undefined after the last one. It rejects when the
    /// job failed, or time is up.
    ///
    /// # Errors
    /// `InvalidArgumentError` or `CredentialsError`.
    pub fn follow(&self, options: &JsValue) -> Result<Client, JsValue> {
        let operation = &show_job_info::OPERATION;
        let context = self.context(options, operation)?;
        if let Err(error) = operation.path_and_query("", &context.args) {
            return Err(context.refused(&error, None));
        }
        let following = Following::new(context.config.switchover, now_ms());
        Ok(Self {
            given: Given::default(),
            shared: Rc::clone(&self.shared),
            followed: Some((Rc::new(context), Rc::new(RefCell::new(following)))),
        })
    }
}

impl Client {
    fn task(&self, name: &str, options: &JsValue) -> Result<Task, JsValue> {
        if let Some((context, following)) = &self.followed {
            return Ok(Task {
                context: Rc::clone(context),
                work: Work::Follow(Rc::clone(following), None),
            });
        }
        let called = Operation::find(name);
        let operation = called.unwrap_or(&change_master_standby_async::OPERATION);
        let mut context = self.context(options, operation)?;
        let args = std::mem::take(&mut context.args);
        let context = Rc::new(context);
        let refused =
            |error: Error| context.refused(&error, outcome_of(operation, Outcome::NotSent));
        let work = match called {
            Some(operation) => Work::Call(Calling::new(&context, operation, args)),
            None if name == "switchover" => {
                Work::Switchover(Switching::new(&context, &args).map_err(refused)?)
            }
            None => return Err(refused(Error::invalid("operation", "is not known"))),
        };
        Ok(Task { context, work })
    }

    fn context(
        &self,
        options: &JsValue,
        operation: &'static Operation,
    ) -> Result<Context, JsValue> {
        let (given, usable) = Given::read(options, Some(&self.given));
        let (how, error) = if usable {
            match given.check(operation.params) {
                Ok(config) => return Ok(Context::new(&self.shared, config, given)),
                Err(error) => (How::Plain, error),
            }
        } else {
            (How::Made, Error::aborted())
        };
        let outcome = outcome_of(operation, Outcome::NotSent);
        Err(to_js(&error, how, &given.room, outcome))
    }
}

/// Swaps master and standby: `new Client().call("changeMasterStandbyAsync", options)`.
#[wasm_bindgen(js_name = changeMasterStandbyAsync)]
pub fn change_master_standby_async(options: &JsValue) -> Promise {
    let client = Client {
        given: Given::default(),
        shared: Rc::default(),
        followed: None,
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
    platform::to_js(&Json::Array(regions))
}

//! A whole switchover: the machine of [`crate::switchover`] says what is next, and here it is done.

use wasm_bindgen::JsValue;

use super::call::{CallEnd, call};
use super::context::{Context, UnderWay};
use super::failure::{Failure, switchover_failure};
use super::journal::{Journal, Written};
use super::values::{set_member, to_js};
use super::wait::now;
use crate::json::Json;
use crate::operation::show_job_info;
use crate::switchover::{
    Answer, Decision, Event, Next, Phase, Purpose, Record, Switchover, Verdict,
};
use crate::time::Now;

/// Drives a switchover from its beginning: a check gives its plan, every other one its report. One that is to swap, and whose
/// journal holds an open record, finds out what became of that one.
///
/// # Errors
/// Of a check: the error that ended it, when one did. Of the others: `InvalidArgument` when this client has a swap of the instance
/// under way; `SwitchoverError` unless the roles were seen to change, or the goal held already. Of all: the caller's abort.
pub(super) async fn run(context: &Context, machine: Box<Switchover>) -> Result<JsValue, Failure> {
    let purpose = machine.purpose();
    let id = machine.instance_id().to_owned();
    let _under_way = match purpose {
        Purpose::Check => None,
        _ => Some(UnderWay::begin(&context.shared, &id, true)?),
    };
    let mut driver = Driver {
        context,
        found: (purpose == Purpose::Resume).then(|| machine.record().clone()),
        machine,
        journal: Journal::of(context, &id),
        started: now(),
        told: None,
        job: JsValue::UNDEFINED,
        failure: None,
        cause: None,
    };
    if purpose == Purpose::Swap {
        driver.read_journal().await?;
    }
    let driven = driver.drive().await;
    match purpose {
        Purpose::Check => driver.plan(driven),
        _ => driver.report(driven),
    }
}

struct Driver<'a> {
    context: &'a Context,
    machine: Box<Switchover>,
    journal: Option<Journal<'a>>,
    /// The record of another run, as it was found.
    found: Option<Record>,
    started: Now,
    /// The phase that was told last.
    told: Option<Phase>,
    /// The job as it was last read, for the caller.
    job: JsValue,
    /// What a call failed with last.
    failure: Option<Failure>,
    /// What the call failed with whose error the report has.
    cause: Option<Failure>,
}

impl Driver<'_> {
    /// Goes on with the record that the journal holds, if it holds one.
    async fn read_journal(&mut self) -> Result<(), Failure> {
        if let Some(journal) = &self.journal {
            match journal.read().await {
                Ok(None) => {}
                Ok(Some(record)) => {
                    if let Err(why) = self.go_on_with(record) {
                        self.machine.handle(Event::Written(Err(why)), now());
                    }
                }
                Err(why) => self.machine.handle(Event::Written(Err(why)), now()),
            }
        }
        Ok(())
    }

    /// Does what the machine asks for, until it is done. When the caller gives up, only a record that nobody needs any more is
    /// still removed.
    async fn drive(&mut self) -> Result<(), Failure> {
        let mut aborted = Ok(());
        loop {
            if aborted.is_ok() {
                self.tell_phase();
            }
            let event = match self.machine.next(now()) {
                Next::Done => return aborted,
                Next::Wait { ms } => match self.context.pause(ms).await {
                    Ok(_) => Event::Waited,
                    Err(failure) => {
                        aborted = Err(failure);
                        Event::Aborted(None)
                    }
                },
                Next::Call { request, fresh } => {
                    let is_job = request.operation() == &show_job_info::OPERATION;
                    let end = call(self.context, request, fresh).await;
                    if is_job {
                        self.tell_job(&end);
                    }
                    let sent = end.sent;
                    match end.result {
                        Ok(answer) => Event::Answer(Answer {
                            result: Ok(answer.json),
                            sent,
                            date_ms: answer.date_ms,
                        }),
                        Err(failure @ Failure::Aborted(_)) => {
                            aborted = Err(failure);
                            Event::Aborted(Some(sent))
                        }
                        Err(failure) => {
                            let result = Err(failure.to_error());
                            self.failure = Some(failure);
                            Event::Answer(Answer {
                                result,
                                sent,
                                date_ms: None,
                            })
                        }
                    }
                }
                Next::Write(record) => match self.write(&record).await {
                    Some(event) => event,
                    None => continue,
                },
                Next::Remove => match self.remove().await {
                    Some(event) => event,
                    None => continue,
                },
            };
            self.machine.handle(event, now());
            self.keep_cause();
        }
    }

    /// Keeps what the last call failed with, if the report has taken its error over.
    fn keep_cause(&mut self) {
        if let (Some(failure), Some(error)) = (&self.failure, &self.machine.report().error)
            && failure.to_error() == *error
        {
            self.cause = self.failure.take();
        }
    }

    /// Writes the record. When another switchover has begun meanwhile, this one finds out what becomes of that.
    async fn write(&mut self, record: &Record) -> Option<Event> {
        let Some(journal) = &self.journal else {
            return Some(Event::Written(Ok(())));
        };
        match journal.write(record).await {
            Written::Done => Some(Event::Written(Ok(()))),
            Written::Failed(why) => Some(Event::Written(Err(why))),
            // The swap of this one has been accepted: it goes on, whatever somebody wrote in its place.
            Written::Taken(_) if record.job_id.is_some() => {
                let why = "the record of another switchover stands in its place";
                Some(Event::Written(Err(why.to_owned())))
            }
            Written::Taken(other) => {
                let why = self.go_on_with(other).err()?;
                Some(Event::Written(Err(why)))
            }
        }
    }

    /// Finds out what becomes of the switchover that a record is of.
    fn go_on_with(&mut self, record: Record) -> Result<(), String> {
        let resumed = self.machine.resumed(record.clone(), now());
        *self.machine = resumed.map_err(|error| error.message())?;
        self.found = Some(record);
        Ok(())
    }

    /// Removes the record. That of another run is read again before: if it has changed, that run lives, and what becomes of it is
    /// found out; if another one stands in its place, that one stays.
    async fn remove(&mut self) -> Option<Event> {
        let Some(journal) = &self.journal else {
            return Some(Event::Written(Ok(())));
        };
        if let Some(found) = &self.found {
            match journal.read().await {
                Ok(Some(record)) if record.id == found.id && record != *found => {
                    let why = self.go_on_with(record).err()?;
                    return Some(Event::Written(Err(why)));
                }
                Ok(Some(record)) if record.id == found.id => {}
                other => return Some(Event::Written(other.map(drop))),
            }
        }
        Some(Event::Written(journal.remove().await))
    }

    fn tell_phase(&mut self) {
        let phase = self.machine.phase();
        if self.told != Some(phase) {
            self.told = Some(phase);
            self.context.tell_json(|| {
                let mut event = self.event("phase");
                event.add_text("phase", phase.as_str());
                event
            });
        }
    }

    fn tell_job(&mut self, end: &CallEnd) {
        if let Ok(answer) = &end.result {
            self.job = answer.value.clone();
            self.tell_with("job", "job", &self.job);
        }
    }

    /// Tells an event that has a member of JavaScript's own.
    fn tell_with(&self, kind: &str, name: &str, value: &JsValue) {
        self.context.tell(|| {
            let event = to_js(&self.event(kind));
            set_member(&event, name, value);
            event
        });
    }

    fn event(&self, kind: &str) -> Json {
        let elapsed_ms = now().monotonic_ms - self.started.monotonic_ms;
        let mut event = Json::object();
        event.add_text("type", kind);
        event.add_text("instanceId", self.machine.instance_id());
        event.add_number("elapsedMs", elapsed_ms as f64);
        event
    }

    /// The plan of a check, or the error that ended it.
    fn plan(self, driven: Result<(), Failure>) -> Result<JsValue, Failure> {
        driven?;
        let plan = self.machine.plan();
        match plan.error {
            Some(error) if plan.decision == Decision::NotSent => {
                Err(self.cause.unwrap_or_else(|| error.into()))
            }
            _ => Ok(to_js(&plan.to_json(self.machine.instance_id()))),
        }
    }

    /// The report, told as the last event, or what it is rejected with.
    fn report(self, driven: Result<(), Failure>) -> Result<JsValue, Failure> {
        let report = self.machine.report();
        let value = to_js(&report.to_json(self.machine.instance_id()));
        set_member(&value, "job", &self.job);
        self.tell_with("report", "report", &value);
        driven?;
        if matches!(report.verdict, Verdict::Swapped | Verdict::Already) && !report.goal_missed {
            return Ok(value);
        }
        let cause = match (&report.error, &self.cause) {
            (Some(_), Some(cause)) => cause.to_js(None),
            _ => JsValue::UNDEFINED,
        };
        Err(switchover_failure(report, &value, &cause))
    }
}

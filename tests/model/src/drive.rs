//! Drives a switchover and its calls as the boundary does.

use huaweicloud_dcs::call::{self, Call};
use huaweicloud_dcs::error::Error;
use huaweicloud_dcs::json::Json;
use huaweicloud_dcs::operation::Request;
use huaweicloud_dcs::retry::{Policy, Random};
use huaweicloud_dcs::switchover::{
    Answer, Event, Next, Options, Record, Report, Sent, Switchover, Times,
};
use huaweicloud_dcs::time::Now;

use crate::{Fault, INSTANCE, JOB_MS, Model, Other};

/// For one attempt, in milliseconds.
pub const TIMEOUT_MS: u32 = 400;
/// How reads are repeated.
pub const POLICY: Policy = Policy {
    max_attempts: 2,
    max_elapsed_ms: 1_000,
    base_delay_ms: 10,
    max_delay_ms: 20,
};
/// The wall clock at the start.
const UNIX_MS: i64 = 1_700_000_000_000;

/// How a switchover is driven.
pub struct Drive<'a> {
    /// What happens to each request.
    pub fault: &'a mut dyn FnMut(&Request, u32) -> Fault,
    /// The process dies before the request of half this number is sent (even), or before its answer is read (odd).
    pub dies_at: Option<u32>,
    /// The caller gives up at such a moment.
    pub aborts_at: Option<u32>,
    /// What the journal holds, if there is one.
    pub journal: Option<Option<Record>>,
    /// What it is given.
    pub options: Options,
}

/// How it ended.
#[derive(Debug)]
pub struct Driven {
    /// What it says; none when the process died.
    pub report: Option<Report>,
    /// How often it went round.
    pub steps: u32,
}

/// How a call ended.
enum Ended {
    Answer(Answer),
    Aborted(Sent),
    Died,
}

impl Drive<'_> {
    /// The times of the tests.
    pub fn times() -> Times {
        Times {
            interval_ms: 100,
            follow_timeout_ms: 2_000,
            verify_timeout_ms: 2_000,
        }
    }

    /// Drives one switchover to its end, or to the death of its process.
    ///
    /// # Panics
    /// When it does not end.
    pub fn run(&mut self, model: &mut Model) -> Driven {
        let now = self.now(model);
        let options = Options {
            journal: self.journal.is_some(),
            ..self.options.clone()
        };
        let mut switchover = match &self.journal {
            Some(Some(record)) => Switchover::resume(record.clone(), options, now),
            _ => Switchover::new(INSTANCE, options, "run", now),
        }
        .expect("the arguments are good");
        for steps in 0..20_000 {
            let now = self.now(model);
            let event = match switchover.next(now) {
                Next::Done => {
                    let report = Some(switchover.report().clone());
                    return Driven { report, steps };
                }
                Next::Wait { ms } => {
                    model.pass(i64::from(ms));
                    Event::Waited
                }
                Next::Write(record) => {
                    if model.world.other == Other::SwapsBeforeWrite && model.swaps.is_empty() {
                        model.somebody_swaps();
                        model.pass(JOB_MS);
                    }
                    self.journal = Some(Some(*record));
                    model.pass(1);
                    Event::Written(Ok(()))
                }
                Next::Remove => {
                    self.journal = Some(None);
                    Event::Written(Ok(()))
                }
                Next::Call { request, fresh } => match self.call(request, fresh, model) {
                    Ended::Answer(answer) => Event::Answer(answer),
                    Ended::Aborted(sent) => {
                        self.aborts_at = None;
                        Event::Aborted(Some(sent))
                    }
                    Ended::Died => {
                        let report = None;
                        return Driven { report, steps };
                    }
                },
            };
            switchover.handle(event, self.now(model));
        }
        panic!("no end: {switchover:?}");
    }

    fn call(&mut self, request: Request, fresh: Option<(Now, u32)>, model: &mut Model) -> Ended {
        let policy = if fresh.is_some() {
            Policy::NEVER
        } else {
            POLICY
        };
        let mut call = Call::new(
            request.clone(),
            policy,
            1,
            0,
            Random::new(7),
            self.now(model),
        );
        if let Some((read, ms)) = fresh {
            call = call.fresh(read, ms);
        }
        let mut fault = None;
        loop {
            match call.next(self.now(model)) {
                call::Next::Done(result) => {
                    let sent = call.sent();
                    let result: Result<Json, Error> =
                        result.map(|response| response.json.unwrap_or_default());
                    return Ended::Answer(Answer {
                        result,
                        sent,
                        date_ms: None,
                    });
                }
                call::Next::Wait { ms } => {
                    model.pass(i64::from(ms));
                    call.handle(call::Event::Waited, self.now(model));
                }
                call::Next::Sign { .. } => {
                    let what = (self.fault)(&request, model.requests);
                    if what == Fault::Freeze {
                        if model.world.other == Other::SwapsDuringFreeze && model.swaps.is_empty() {
                            model.somebody_swaps();
                        }
                        model.pass(3_000);
                    }
                    fault = Some(what);
                    call.handle(call::Event::Signed, self.now(model));
                }
                call::Next::Send => {
                    let before = Some(model.requests * 2);
                    let after = Some(model.requests * 2 + 1);
                    if self.dies_at == before {
                        return Ended::Died;
                    }
                    let what = fault.take().expect("it was signed");
                    let answer = model.send(&request, what);
                    if self.dies_at == after {
                        return Ended::Died;
                    }
                    if self.aborts_at == before || self.aborts_at == after {
                        return Ended::Aborted(call.sent());
                    }
                    let event = match answer {
                        Ok(response) => call::Event::Answer(response),
                        Err(failure) => call::Event::Failure(failure),
                    };
                    call.handle(event, self.now(model));
                }
            }
        }
    }

    /// The clocks: the wall clock jumps once the swap has been sent.
    fn now(&self, model: &Model) -> Now {
        let jump = if model.swaps_sent > 0 {
            model.world.clock_jump_ms
        } else {
            0
        };
        Now {
            monotonic_ms: model.now_ms,
            unix_ms: UNIX_MS + model.now_ms + jump,
        }
    }
}

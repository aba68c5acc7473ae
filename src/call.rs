//! One call of one operation, as a machine without I/O: it says what to do next, and is told what came of it.
//!
//! The driver asks for a [`Step`], signs and sends or waits, and reports back. Time and randomness are given to it.

use crate::error::{Error, Outcome, Problem};
use crate::http::{Failure, Response};
use crate::operation::{Answer, Effect, Operation};
use crate::retry::{self, Policy};

/// What the driver does next.
#[derive(Debug, PartialEq)]
pub enum Step {
    /// Sign anew (an old date is refused) and send to the endpoint of that index.
    Send {
        /// Index into the endpoints.
        endpoint: usize,
    },
    /// Pause, then ask again.
    Wait {
        /// Milliseconds.
        ms: u32,
    },
    /// The end.
    Done(Result<Response, Error>),
}

/// A difference of the clocks from which on the gateway refuses the date is 15 minutes; a little less is still
/// told apart from a slow answer.
const CLOCK_REFUSED_MS: i64 = 14 * 60 * 1000;

/// The most that a clock is corrected by: whoever can answer for the gateway must not get a signature for any day to come.
const CLOCK_CORRECTED_MS: i64 = 24 * 60 * 60 * 1000;

/// A call under way.
#[derive(Debug)]
pub struct Call {
    operation: &'static Operation,
    policy: Policy,
    endpoints: usize,
    started_ms: i64,
    clock_offset_ms: i64,
    clock_corrected: bool,
    attempts: u32,
    outcome: Outcome,
    pause: Option<u32>,
    result: Option<Result<Response, Error>>,
}

impl Call {
    /// A call not yet begun. `now_ms` is this machine's clock, `clock_offset_ms` what is added to it for signing.
    pub fn new(
        operation: &'static Operation,
        policy: Policy,
        endpoints: usize,
        now_ms: i64,
        clock_offset_ms: i64,
    ) -> Self {
        Self {
            operation,
            policy,
            // A swap goes to one endpoint only: a second one would be a second swap.
            endpoints: if operation.effect == Effect::Read {
                endpoints.max(1)
            } else {
                1
            },
            started_ms: now_ms,
            clock_offset_ms,
            clock_corrected: false,
            attempts: 0,
            outcome: Outcome::NotSent,
            pause: None,
            result: None,
        }
    }

    /// What to do next. After a `Wait`, ask again.
    pub fn step(&mut self) -> Step {
        match (self.result.take(), self.pause.take()) {
            (Some(result), _) => Step::Done(result),
            (None, Some(ms)) => Step::Wait { ms },
            (None, None) => Step::Send {
                endpoint: self.attempts as usize % self.endpoints,
            },
        }
    }

    /// To be told right before a request leaves: from here on it may have run.
    pub fn sending(&mut self) {
        self.attempts += 1;
        self.outcome = Outcome::Unknown;
    }

    /// An answer came.
    pub fn answered(&mut self, response: Response, now_ms: i64, random: f64) {
        if (200..300).contains(&response.status) {
            let checked = match (self.operation.answer, &response.json) {
                // Another 2xx may be of a portal on the way, which swaps nothing.
                (Answer::Empty, _) if response.status == 204 => Ok(()),
                (Answer::Empty, _) => Err("an answer of 204"),
                (Answer::Json(check), Some(json)) => check(json),
                (Answer::Json(_), None) => Err("a JSON body"),
            };
            if checked.is_ok() {
                self.outcome = Outcome::Accepted;
            }
            self.result = Some(match checked {
                Ok(()) => Ok(response),
                // Something answered, but whether it was the service cannot be told: the outcome stays unknown.
                Err(expected) => Err(Error::format(&response, expected)),
            });
            return;
        }
        if response.status < 400 {
            self.result = Some(Err(Error::format(
                &response,
                "an answer of 200, not a redirect",
            )));
            return;
        }
        let error = Error::from_response(&response);
        if retry::proves_refusal(&error) {
            self.outcome = Outcome::Rejected;
        }
        if self.correct_clock(&response, now_ms) {
            return;
        }
        self.failed_with(
            error,
            retry::retry_after_ms(&response, now_ms),
            now_ms,
            random,
        );
    }

    /// No answer came.
    pub fn failed(&mut self, failure: &Failure, now_ms: i64, random: f64) {
        let error = Error::from_failure(failure);
        self.failed_with(error, None, now_ms, random);
    }

    /// When the date was refused and the service's own is known: takes that one, once. A 401 proves that nothing ran.
    fn correct_clock(&mut self, response: &Response, now_ms: i64) -> bool {
        let Some(theirs) = response.date_ms else {
            return false;
        };
        let offset = theirs - now_ms;
        let refused = response.status == 401
            && (offset - self.clock_offset_ms).abs() > CLOCK_REFUSED_MS
            && offset.abs() <= CLOCK_CORRECTED_MS
            && !self.clock_corrected;
        if refused {
            self.clock_corrected = true;
            self.clock_offset_ms = offset;
            self.pause = None;
        }
        refused
    }

    fn failed_with(&mut self, error: Error, asked_ms: Option<u32>, now_ms: i64, random: f64) {
        let fresh_endpoint = self.attempts < self.endpoints as u32
            && matches!(
                &*error,
                Problem::Connection { .. } | Problem::Timeout { .. }
            );
        let repeat = retry::may_repeat(self.operation.effect, &error)
            && (self.attempts < self.policy.max_attempts || fresh_endpoint);
        let pause = match asked_ms {
            _ if fresh_endpoint => 0,
            Some(asked) => asked.max(self.policy.delay_ms(self.attempts, random)),
            None => self.policy.delay_ms(self.attempts, random),
        };
        let in_time =
            now_ms - self.started_ms + i64::from(pause) <= i64::from(self.policy.max_elapsed_ms);
        if repeat && (in_time || fresh_endpoint) {
            self.pause = Some(pause);
        } else {
            self.result = Some(Err(error));
        }
    }

    /// Requests sent so far.
    pub fn attempts(&self) -> u32 {
        self.attempts
    }

    /// What became of a swap, as far as is known now; also when the call is given up at this moment.
    pub fn outcome(&self) -> Outcome {
        self.outcome
    }

    /// What to add to this machine's clock for signing, in milliseconds.
    pub fn clock_offset_ms(&self) -> i64 {
        self.clock_offset_ms
    }

    /// The operation that is called.
    pub fn operation(&self) -> &'static Operation {
        self.operation
    }
}

#[cfg(test)]
mod tests;

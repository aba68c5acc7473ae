//! One call of one operation, as a machine without I/O.
//!
//! All machines of this crate (a call, the following of a job, a switchover) are driven in the same way: ask `next` what to do,
//! do it, and tell with one `handle` what came of it; then ask again, until it is done. Time is given with each question, and
//! nothing is ever asked for twice.

use crate::error::{Doubt, Error, ErrorKind, Outcome};
use crate::http::{Failure, Response};
use crate::operation::{Answer, Request};
use crate::refusal::{is_flow_control, proves_refusal};
use crate::retry::{self, Effect, Policy, Random};
use crate::time::Now;

/// What the driver does next.
#[derive(Debug, PartialEq)]
pub enum Next {
    /// Signs anew, for an old date is refused, for the endpoint of that index.
    Sign {
        /// Index into the endpoints.
        endpoint: usize,
    },
    /// Sends what was signed, at once: from here on it may run.
    Send,
    /// Pauses.
    Wait {
        /// Milliseconds.
        ms: u32,
    },
    /// The end.
    Done(Result<Response, Error>),
}

/// What came of it.
#[derive(Debug, Clone, PartialEq)]
pub enum Event {
    /// The request is signed.
    Signed,
    /// An answer came.
    Answer(Response),
    /// No answer came.
    Failure(Failure),
    /// The pause is over.
    Waited,
}

/// What was sent for a call, and what became of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Sent {
    /// What became of it.
    pub outcome: Outcome,
    /// Why that is not known, if so.
    pub doubt: Option<Doubt>,
    /// Requests handed over for sending.
    pub attempts: u32,
}

/// A difference of the clocks from which on the gateway refuses the date is 15 minutes; a little less is still
/// told apart from a slow answer.
const CLOCK_REFUSED_MS: i64 = 14 * 60 * 1000;

/// The most that a clock is corrected by: whoever can answer for the gateway must not get a signature for any day to come.
const CLOCK_CORRECTED_MS: i64 = 24 * 60 * 60 * 1000;

/// A call under way.
#[derive(Debug)]
pub struct Call {
    request: Request,
    policy: Policy,
    endpoints: usize,
    random: Random,
    started: Now,
    /// Not sent later than so many milliseconds after that moment.
    fresh: Option<(Now, u32)>,
    clock_offset_ms: i64,
    clock_corrected: bool,
    throttled: bool,
    /// What was known before the attempt under way.
    before: (Outcome, Option<Doubt>),
    attempts: u32,
    outcome: Outcome,
    doubt: Option<Doubt>,
    signed: bool,
    pause: Option<u32>,
    result: Option<Result<Response, Error>>,
}

impl Call {
    /// A call not yet begun. `clock_offset_ms` is what is added to this machine's clock for signing; `random` spreads the
    /// pauses.
    pub fn new(
        request: Request,
        policy: Policy,
        endpoints: usize,
        clock_offset_ms: i64,
        random: Random,
        now: Now,
    ) -> Self {
        // A swap goes to one endpoint only: a second one would be a second swap.
        let endpoints = match request.operation().effect {
            Effect::Read => endpoints.max(1),
            Effect::Swap => 1,
        };
        Self {
            request,
            policy,
            endpoints,
            random,
            started: now,
            fresh: None,
            clock_offset_ms,
            clock_corrected: false,
            throttled: false,
            before: (Outcome::NotSent, None),
            attempts: 0,
            outcome: Outcome::NotSent,
            doubt: None,
            signed: false,
            pause: None,
            result: None,
        }
    }

    /// The call, which is not sent any more once `ms` milliseconds have passed since `read`, and then ends with
    /// [`ErrorKind::Stale`]: it relies on what was read then.
    #[must_use]
    pub fn fresh(mut self, read: Now, ms: u32) -> Self {
        self.fresh = Some((read, ms));
        self
    }

    /// What to do next.
    pub fn next(&mut self, now: Now) -> Next {
        if let Some(result) = self.result.take() {
            return Next::Done(result);
        }
        if let Some(ms) = self.pause {
            return Next::Wait { ms };
        }
        if !self.signed {
            let endpoint = self.attempts as usize % self.endpoints;
            return Next::Sign { endpoint };
        }
        if let Some((read, ms)) = self.fresh
            && now.is_later_than(read, ms.into())
        {
            return Next::Done(Err(ErrorKind::Stale.into()));
        }
        self.signed = false;
        self.attempts += 1;
        self.before = (self.outcome, self.doubt);
        self.outcome = Outcome::Unknown;
        self.doubt = Some(Doubt::Lost);
        Next::Send
    }

    /// Takes what came of it.
    pub fn handle(&mut self, event: Event, now: Now) {
        match event {
            Event::Signed => self.signed = true,
            Event::Waited => self.pause = None,
            Event::Answer(response) => self.answered(response, now),
            Event::Failure(failure) => self.failed(Error::from_failure(&failure), None, now),
        }
    }

    fn answered(&mut self, response: Response, now: Now) {
        if response.status >= 400 {
            let ms = retry::retry_after_ms(&response, now.unix_ms);
            let error = Error::from_response(&response).retry_after(ms);
            if self.correct_clock(&response, now) {
                return;
            }
            return self.failed(error, ms, now);
        }
        let checked = match (self.request.operation().answer, &response.json) {
            (_, _) if !(200..300).contains(&response.status) => {
                Err("an answer of 200, not a redirect")
            }
            // Another 2xx may be of a portal on the way, which swaps nothing.
            (Answer::Empty, _) if response.status == 204 => Ok(()),
            (Answer::Empty, _) => Err("an answer of 204"),
            (Answer::Json { check, .. }, Some(json)) => check(json, &self.request),
            (Answer::Json { .. }, None) => Err("a JSON body"),
        };
        self.result = Some(match checked {
            Ok(()) => {
                (self.outcome, self.doubt) = (Outcome::Accepted, None);
                Ok(response)
            }
            // Something answered, but whether it was the service cannot be told: the outcome stays unknown.
            Err(expected) => {
                self.doubt = Some(Doubt::UnusableAnswer);
                Err(Error::format(&response, expected))
            }
        });
    }

    /// When the date was refused and the service's own is known: takes that one, once, and reads again. A swap is not sent again;
    /// the next one is signed with the right date.
    fn correct_clock(&mut self, response: &Response, now: Now) -> bool {
        let Some(theirs) = response.date_ms else {
            return false;
        };
        let offset = theirs - now.unix_ms;
        let refused = response.status == 401
            && (offset - self.clock_offset_ms).abs() > CLOCK_REFUSED_MS
            && offset.abs() <= CLOCK_CORRECTED_MS
            && !self.clock_corrected;
        if refused {
            self.clock_corrected = true;
            self.clock_offset_ms = offset;
        }
        refused && self.request.operation().effect == Effect::Read
    }

    fn failed(&mut self, error: Error, asked_ms: Option<u32>, now: Now) {
        match proves_refusal(&error, self.attempts == 1) {
            Ok(()) => (self.outcome, self.doubt) = (Outcome::Rejected, None),
            Err(doubt) => self.doubt = Some(doubt),
        }
        let fresh_endpoint = self.attempts < self.endpoints as u32
            && matches!(
                error.kind(),
                ErrorKind::Connection { .. } | ErrorKind::Timeout { .. }
            );
        self.throttled = is_flow_control(&error);
        let repeat = retry::may_repeat(self.request.operation().effect, &error)
            && (self.attempts < self.policy.max_attempts || fresh_endpoint);
        let own = self.policy.delay_ms(self.attempts, self.random.draw());
        let pause = match asked_ms {
            _ if fresh_endpoint => 0,
            Some(asked) => asked.max(own),
            None => own,
        };
        let elapsed_ms = now.monotonic_ms - self.started.monotonic_ms;
        let in_time = elapsed_ms + i64::from(pause) <= i64::from(self.policy.max_elapsed_ms);
        if repeat && (in_time || fresh_endpoint) {
            self.pause = Some(pause);
        } else {
            self.result = Some(Err(error));
        }
    }

    /// The attempt that [`Next::Send`] asked for was given up before it left.
    pub fn not_sent(&mut self) {
        self.attempts -= 1;
        (self.outcome, self.doubt) = self.before;
    }

    /// What was sent so far, and what became of it as far as is known now; also when the call is given up at this moment.
    pub fn sent(&self) -> Sent {
        Sent {
            outcome: self.outcome,
            doubt: self.doubt,
            attempts: self.attempts,
        }
    }

    /// Whether the last answer says that there are too many requests.
    pub fn is_throttled(&self) -> bool {
        self.throttled
    }

    /// What to add to this machine's clock for signing, in milliseconds.
    pub fn clock_offset_ms(&self) -> i64 {
        self.clock_offset_ms
    }

    /// What is called.
    pub fn request(&self) -> &Request {
        &self.request
    }
}

#[cfg(test)]
mod tests;

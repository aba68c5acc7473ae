//! What a switchover asks of its driver, and what it is told.

use super::Record;
use crate::call::Sent;
use crate::error::Error;
use crate::json::Json;
use crate::operation::Request;
use crate::time::Now;

/// What a switchover is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Purpose {
    /// Only to check.
    Check,
    /// To swap.
    Swap,
    /// To find out what became of one that another run began.
    Resume,
}

/// Where a switchover is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Phase {
    /// Reading instance, tasks and roles.
    Check,
    /// Sending the swap.
    Swap,
    /// Following the job.
    Follow,
    /// Reading the roles after the job has ended, or after a refusal.
    Verify,
    /// Reading what became of a swap of which it is not known.
    FindOut,
    /// Over.
    Done,
}

impl Phase {
    /// As JavaScript has it.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Check => "check",
            Self::Swap => "swap",
            Self::Follow => "follow",
            Self::Verify => "verify",
            Self::FindOut => "find_out",
            Self::Done => "done",
        }
    }
}

/// What the driver does next.
#[derive(Debug, Clone, PartialEq)]
pub enum Next {
    /// Calls the operation.
    Call {
        /// What is called.
        request: Request,
        /// Of the swap: it is sent once, and not any more when so many milliseconds have passed since that moment
        /// ([`crate::call::Call::fresh`]).
        fresh: Option<(Now, u32)>,
    },
    /// Pauses.
    Wait {
        /// Milliseconds.
        ms: u32,
    },
    /// Writes the record to the journal.
    Write(Box<Record>),
    /// Removes the record from the journal.
    Remove,
    /// Takes the [report](super::Switchover::report), or the [plan](super::Switchover::plan) of a check.
    Done,
}

/// What came of it.
#[derive(Debug, Clone, PartialEq)]
pub enum Event {
    /// The call has ended.
    Answer(Answer),
    /// The pause is over.
    Waited,
    /// The record was written or removed, or could not be, for this reason; at the start: whether there is one could not be read.
    Written(Result<(), String>),
    /// The caller has given up. If the swap was being sent, what became of it so far.
    Aborted(Option<Sent>),
}

/// How a call ended.
#[derive(Debug, Clone, PartialEq)]
pub struct Answer {
    /// The value of the answer.
    pub result: Result<Json, Error>,
    /// What was sent for it.
    pub sent: Sent,
    /// The service's `Date` in it, in milliseconds since 1970; none where it cannot be read, as across origins.
    pub date_ms: Option<i64>,
}

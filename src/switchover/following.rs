//! The pace of following a job: pauses that grow, and an end.

use super::Options;
use crate::error::Error;
use crate::operation::JobStatus;
use crate::retry::is_hopeless;

/// What following a job does next.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Next {
    /// Reads the job.
    Read,
    /// Pauses so many milliseconds.
    Wait(u32),
    /// The job has ended, and its last state was read.
    Ended,
    /// The time for the job is up.
    Late,
}

/// The pace of following a job: pauses that grow to five times the interval, and an end.
#[derive(Debug)]
pub struct Following {
    options: Options,
    deadline_ms: i64,
    pause: Option<u32>,
    interval_ms: u32,
    ended: bool,
    late: bool,
}

impl Following {
    /// Begins at once with a read.
    pub fn new(options: Options, now_ms: i64) -> Self {
        Self {
            options,
            deadline_ms: now_ms + i64::from(options.follow_timeout_ms),
            pause: None,
            interval_ms: options.interval_ms,
            ended: false,
            late: false,
        }
    }

    /// One that has come to its end.
    pub fn over() -> Self {
        Self {
            ended: true,
            ..Self::new(Options::default(), 0)
        }
    }

    /// What to do next; a pause is given once.
    pub fn step(&mut self) -> Next {
        match self.pause.take() {
            _ if self.ended => Next::Ended,
            _ if self.late => Next::Late,
            Some(ms) => Next::Wait(ms),
            None => Next::Read,
        }
    }

    /// The job was read.
    pub fn read(&mut self, status: JobStatus, now_ms: i64) {
        self.ended = matches!(status, JobStatus::Success | JobStatus::Fail);
        self.pace(now_ms);
    }

    /// A read failed; true when following ends with that error.
    pub fn failed(&mut self, error: &Error, now_ms: i64) -> bool {
        self.pace(now_ms);
        self.late || is_hopeless(error)
    }

    /// The next pause: a quarter longer than the last. It ends no later than the time for the job, so that the last read
    /// comes at its end.
    fn pace(&mut self, now_ms: i64) {
        self.late = now_ms >= self.deadline_ms;
        self.pause = Some(until(self.deadline_ms, self.interval_ms, now_ms));
        let most = self.options.interval_ms.saturating_mul(5);
        self.interval_ms = self
            .interval_ms
            .saturating_add(self.interval_ms / 4)
            .min(most);
    }
}

/// A pause of `ms` that ends no later than `deadline_ms`.
pub(super) fn until(deadline_ms: i64, ms: u32, now_ms: i64) -> u32 {
    let left = (deadline_ms - now_ms).clamp(0, i64::from(u32::MAX));
    ms.min(u32::try_from(left).unwrap_or(ms)).max(1)
}

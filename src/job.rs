//! Following a job to its end, as a machine without I/O; driven as [`crate::call`] says.

use crate::error::Error;
use crate::json::Json;
use crate::operation::{Job, JobStatus, Request, show_job_info};
use crate::retry::is_hopeless;
use crate::time::{Now, pause_until};

/// What the driver does next.
#[derive(Debug, PartialEq)]
pub enum Next {
    /// Calls the operation.
    Call(Request),
    /// Pauses.
    Wait {
        /// Milliseconds.
        ms: u32,
    },
    /// The end: the job has ended, or its time is up, or it cannot be read.
    Done(Result<(), Error>),
}

/// What came of it.
#[derive(Debug, Clone, PartialEq)]
pub enum Event<'a> {
    /// The call has ended.
    Answer(Result<&'a Json, Error>),
    /// The pause is over.
    Waited,
}

/// Pauses between two reads that grow by a quarter each, to five times the first, and end with the time given.
#[derive(Debug, Clone)]
pub(crate) struct Pace {
    deadline_ms: i64,
    interval_ms: u32,
    longest_ms: u32,
}

impl Pace {
    pub(crate) fn new(interval_ms: u32, deadline_ms: i64) -> Self {
        Self {
            deadline_ms,
            interval_ms,
            longest_ms: interval_ms.saturating_mul(5),
        }
    }

    /// The next pause.
    pub(crate) fn pause(&mut self, now: Now) -> u32 {
        let pause = pause_until(self.deadline_ms, self.interval_ms, now);
        let longer = self.interval_ms.saturating_add(self.interval_ms / 4);
        self.interval_ms = longer.min(self.longest_ms);
        pause
    }

    /// Whether a read that began at `began` began after the time was up, so that it is the last one.
    pub(crate) fn is_over(&self, began: Now) -> bool {
        began.monotonic_ms >= self.deadline_ms
    }
}

/// A job that is followed.
#[derive(Debug)]
pub struct FollowJob {
    request: Request,
    timeout_ms: u32,
    pace: Pace,
    /// When the read under way began.
    began: Now,
    pause: Option<u32>,
    result: Option<Result<(), Error>>,
}

impl FollowJob {
    /// A job to follow from now on, read every `interval_ms` milliseconds at first, for `timeout_ms` at most.
    ///
    /// # Errors
    /// `InvalidArgument` with field `jobId`.
    pub fn new(args: &Json, interval_ms: u32, timeout_ms: u32, now: Now) -> Result<Self, Error> {
        let deadline_ms = now.monotonic_ms + i64::from(timeout_ms);
        Ok(Self {
            request: show_job_info::OPERATION.request(args)?,
            timeout_ms,
            pace: Pace::new(interval_ms, deadline_ms),
            began: now,
            pause: None,
            result: None,
        })
    }

    /// What to do next.
    pub fn next(&mut self, now: Now) -> Next {
        if let Some(result) = &self.result {
            return Next::Done(result.clone());
        }
        if let Some(ms) = self.pause {
            return Next::Wait { ms };
        }
        self.began = now;
        Next::Call(self.request.clone())
    }

    /// Takes what came of it.
    pub fn handle(&mut self, event: Event<'_>, now: Now) {
        let answer = match event {
            Event::Waited => {
                self.pause = None;
                return;
            }
            Event::Answer(answer) => answer,
        };
        match answer.map(|json| Job::read(json).map(|job| job.status)) {
            Ok(Ok(JobStatus::Success | JobStatus::Fail)) => self.result = Some(Ok(())),
            Err(error) if is_hopeless(&error) => self.result = Some(Err(error)),
            _ if self.pace.is_over(self.began) => {
                self.result = Some(Err(Error::timeout(self.timeout_ms)));
            }
            // Also after a read that failed, or a status that is not known: the next one may tell.
            _ => self.pause = Some(self.pace.pause(now)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const JOB: &str = "0123456789abcdef0123456789abcdef";

    const fn at(ms: i64) -> Now {
        Now {
            monotonic_ms: ms,
            unix_ms: 0,
        }
    }

    fn state(status: &str) -> Json {
        serde_json::from_str(&format!(r#"{{"job_id":"{JOB}","status":{status}}}"#)).unwrap()
    }

    fn follow(timeout_ms: u32) -> FollowJob {
        let mut args = Json::object();
        args.add_text("jobId", JOB);
        FollowJob::new(&args, 100, timeout_ms, at(0)).unwrap()
    }

    #[test]
    fn pauses_grow_and_the_last_read_comes_at_the_end_of_the_time() {
        let mut job = follow(1000);
        let (mut now, mut pauses) = (0, Vec::new());
        loop {
            match job.next(at(now)) {
                Next::Call(_) => job.handle(Event::Answer(Ok(&state("\"RUNNING\""))), at(now)),
                Next::Wait { ms } => {
                    pauses.push(ms);
                    now += i64::from(ms);
                    job.handle(Event::Waited, at(now));
                }
                Next::Done(result) => {
                    assert_eq!(result, Err(Error::timeout(1000)));
                    break;
                }
            }
        }
        assert_eq!(pauses, [100, 125, 156, 195, 243, 181]);
        assert_eq!(now, 1000);
    }

    #[test]
    fn a_job_that_has_ended_is_not_read_again() {
        for status in ["\"SUCCESS\"", "\"FAIL\""] {
            let mut job = follow(1000);
            assert!(matches!(job.next(at(0)), Next::Call(_)));
            job.handle(Event::Answer(Ok(&state(status))), at(1));
            assert_eq!(job.next(at(2)), Next::Done(Ok(())));
            assert_eq!(job.next(at(3)), Next::Done(Ok(())));
        }
    }

    #[test]
    fn what_cannot_be_read_is_read_again_unless_that_is_hopeless() {
        let mut job = follow(1000);
        for event in [
            Event::Answer(Err(Error::connection("reset"))),
            Event::Answer(Ok(&state("\"SUCCEEDED\""))),
            Event::Answer(Ok(&state("null"))),
        ] {
            assert!(matches!(job.next(at(0)), Next::Call(_)));
            job.handle(event, at(1));
            assert!(matches!(job.next(at(1)), Next::Wait { .. }));
            job.handle(Event::Waited, at(2));
        }
        job.next(at(3));
        job.handle(Event::Answer(Err(Error::credentials("gone"))), at(4));
        assert_eq!(job.next(at(4)), Next::Done(Err(Error::credentials("gone"))));
    }

    /// The answer to a read that began before the time was up is not the last word.
    #[test]
    fn the_last_read_begins_after_the_time_is_up() {
        let mut job = follow(1000);
        job.next(at(900));
        job.handle(Event::Answer(Ok(&state("\"RUNNING\""))), at(1500));
        assert_eq!(job.next(at(1500)), Next::Wait { ms: 1 });
        job.handle(Event::Waited, at(1501));
        assert!(matches!(job.next(at(1501)), Next::Call(_)));
        job.handle(Event::Answer(Ok(&state("\"SUCCESS\""))), at(1600));
        assert_eq!(job.next(at(1600)), Next::Done(Ok(())));
    }
}

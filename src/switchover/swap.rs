//! The swap: what its answer proves, and what is done next.

use super::check::is_at_rest;
use super::nodes::{Comparison, compare, read_one_group};
use super::{Sent, Step, Switchover, Verdict};
use crate::error::{Doubt, Error, ErrorKind, Outcome};
use crate::json::Json;
use crate::operation::{Instance, change_master_standby_async};
use crate::refusal::is_flow_control;

/// The pause after flow control refused a swap and did not say how long to wait, in milliseconds.
const THROTTLED_MS: u32 = 1_000;

impl Switchover {
    /// Counts the requests of a call for the swap. A call that sent none changes nothing about an earlier one, which flow control
    /// refused.
    pub(super) fn swap_ended(&mut self, sent: &Sent) {
        self.report.swap_requests += sent.attempts;
        if sent.attempts > 0 {
            self.report.outcome = sent.outcome;
            self.report.doubt = sent.doubt;
        }
    }

    pub(super) fn swap_answered(&mut self, result: Result<Json, Error>, sent: Sent) {
        let error = match result {
            Ok(json) => {
                let id = change_master_standby_async::job_id(&json).unwrap_or_default();
                let id = id.to_owned();
                return self.accepted(&id);
            }
            Err(error) => error,
        };
        let throttled = is_flow_control(&error);
        self.throttled |= throttled;
        match (sent.outcome, error.kind()) {
            (Outcome::NotSent, ErrorKind::Stale) => self.stale(error),
            (Outcome::NotSent, _) => self.refuse_with(&error.message(), Some(error)),
            (Outcome::Rejected, ErrorKind::Service(service))
                if throttled && self.report.swap_requests < self.options.max_attempts =>
            {
                // While it waits the world goes on: roles and goal are read again before the next one.
                self.pause = Some(service.retry_after_ms.unwrap_or(THROTTLED_MS).max(1));
                self.check_again();
            }
            (Outcome::Rejected, _) => {
                self.report.error = Some(error);
                self.verify_refusal();
            }
            _ => {
                self.report.error = Some(error);
                self.find_out(sent.doubt.unwrap_or(Doubt::Lost));
            }
        }
    }

    fn accepted(&mut self, job_id: &str) {
        self.record.job_id = Some(job_id.to_owned());
        self.follow(job_id);
        if self.recorded {
            self.step = Step::WriteJob;
            self.pause = None;
        }
    }

    /// Whether flow control may have refused the second copy of a swap whose first ran.
    pub(super) fn is_refusal_in_doubt(&self) -> bool {
        self.options.transport_repeats && self.throttled
    }

    /// Even a refusal that is a proof is verified with one read of instance and roles; what is behind one in doubt is found out.
    pub(super) fn verify_refusal(&mut self) {
        self.pause = None;
        if self.is_refusal_in_doubt() {
            self.refusal_doubted = true;
            self.find_out(Doubt::RefusalNotKnown);
        } else {
            self.step = Step::VerifyInstance;
        }
    }

    /// The instance after a refusal.
    pub(super) fn instance_after_refusal(&mut self, result: Result<Json, Error>) {
        let at_rest = match &result {
            Ok(json) => Instance::read(json).is_ok_and(|instance| is_at_rest(&instance)),
            Err(_) => true, // The proof stands for itself; the roles may still be read.
        };
        if at_rest {
            self.step = Step::VerifyRoles;
        } else {
            // Something is at work in the instance: it may be this swap, of which a second copy was refused.
            self.find_out(Doubt::RefusalNotKnown);
        }
    }

    /// The roles after a refusal.
    pub(super) fn roles_after_refusal(&mut self, result: Result<Json, Error>) {
        let why = self
            .report
            .error
            .as_ref()
            .map(Error::message)
            .unwrap_or_default();
        let before = self.report.before.clone().unwrap_or_default();
        let nodes = result.ok().and_then(|json| read_one_group(&json).ok());
        let comparison = nodes.as_ref().map(|nodes| compare(&before, nodes));
        if comparison != Some(Comparison::Foreign) {
            self.report.after = nodes;
        }
        match comparison {
            Some(Comparison::Changed) => {
                self.report.outcome = Outcome::Unknown;
                self.report.doubt = Some(Doubt::RefusalNotKnown);
                let reason = [
                    "the swap was refused, but the roles have changed: it was sent twice on its way, or somebody else swapped: ",
                    &why,
                ];
                self.end(Verdict::Swapped, true, &reason, None);
            }
            Some(Comparison::Same) => {
                let reason = ["the swap was refused, and the roles are as before: ", &why];
                self.end(Verdict::NotSwapped, true, &reason, None);
            }
            _ => {
                let reason = ["the swap was refused: ", &why];
                self.end(Verdict::NotSwapped, false, &reason, None);
            }
        }
    }
}

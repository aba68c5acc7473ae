//! The machine, and below it the machine of single calls, against a model of the service: by hand for each story, and
//! through every interleaving of faults up to a depth.

use super::*;
use crate::call::{Call, Step as CallStep};
use crate::http::{Failure, Response};
use crate::operation::Effect;
use crate::retry::Policy;

const INSTANCE: &str = "00000000-0000-4000-8000-000000000001";
const TIMEOUT_MS: u32 = 400;
const OPTIONS: Options = Options {
    interval_ms: 100,
    follow_timeout_ms: 2_000,
    verify_timeout_ms: 2_000,
};
const POLICY: Policy = Policy {
    max_attempts: 2,
    max_elapsed_ms: 1_000,
    base_delay_ms: 10,
    max_delay_ms: 20,
};

/// What the job of a swap does in this world.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum World {
    Good,
    JobFails,
    JobHangs,
    RolesStuck,
    RolesLate,
}

/// What happens to one request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Fault {
    None,
    Status(u16),
    /// 500 after the operation ran.
    StatusAfter(u16),
    LostBefore,
    LostAfter,
    TimeoutBefore,
    TimeoutAfter,
    Malformed,
}

const READ_FAULTS: &[Fault] = &[
    Fault::None,
    Fault::Status(400),
    Fault::Status(401),
    Fault::Status(429),
    Fault::Status(503),
    Fault::LostBefore,
    Fault::TimeoutBefore,
    Fault::Malformed,
];
const SWAP_FAULTS: &[Fault] = &[
    Fault::None,
    Fault::Status(400),
    Fault::Status(401),
    Fault::Status(429),
    Fault::Status(500),
    Fault::StatusAfter(500),
    Fault::StatusAfter(408),
    // Sent twice on its way: the answer is that of the second.
    Fault::StatusAfter(409),
    Fault::LostBefore,
    Fault::LostAfter,
    Fault::TimeoutBefore,
    Fault::TimeoutAfter,
    Fault::Malformed,
];

/// The service: an instance of two nodes and at most one job.
struct Model {
    world: World,
    now_ms: i64,
    swapped_at: Option<i64>,
    swaps_run: u32,
    swaps_sent: u32,
    requests: u32,
}

impl Model {
    const JOB_MS: i64 = 250;

    fn roles_changed(&self) -> bool {
        let delay = match self.world {
            World::Good => Self::JOB_MS,
            World::RolesLate => Self::JOB_MS + 500,
            _ => return false,
        };
        self.swapped_at.is_some_and(|at| self.now_ms >= at + delay)
    }

    /// Whether the swap has changed, or will change, the roles.
    fn takes_effect(&self) -> bool {
        self.swaps_run > 0 && matches!(self.world, World::Good | World::RolesLate)
    }

    fn job_status(&self) -> &'static str {
        let done = self
            .swapped_at
            .is_some_and(|at| self.now_ms >= at + Self::JOB_MS);
        match self.world {
            _ if !done => "RUNNING",
            World::JobHangs => "RUNNING",
            World::JobFails => "FAIL",
            _ => "SUCCESS",
        }
    }

    fn run(&mut self, operation: &Operation) -> String {
        match operation.name {
            "changeMasterStandbyAsync" => {
                self.swaps_run += 1;
                self.swapped_at.get_or_insert(self.now_ms);
                r#"{"job_id":"0123456789abcdef0123456789abcdef"}"#.to_owned()
            }
            "showJobInfo" => {
                format!(
                    r#"{{"job_id":"j","status":"{}","fail_reason":"why"}}"#,
                    self.job_status()
                )
            }
            "showInstance" => {
                r#"{"instance_id":"i","status":"RUNNING","cache_mode":"ha"}"#.to_owned()
            }
            _ => {
                let (a, b) = if self.roles_changed() {
                    ("slave", "master")
                } else {
                    ("master", "slave")
                };
                groups(&[("a", a, "Active"), ("b", b, "Active")])
            }
        }
    }

    /// Sends one request with a fault.
    fn send(&mut self, operation: &Operation, fault: Fault) -> Result<Response, Failure> {
        self.requests += 1;
        self.swaps_sent += u32::from(operation.effect == Effect::Swap);
        self.now_ms += 5;
        let runs = matches!(
            fault,
            Fault::None
                | Fault::StatusAfter(_)
                | Fault::LostAfter
                | Fault::TimeoutAfter
                | Fault::Malformed
        );
        let body = if runs {
            self.run(operation)
        } else {
            String::new()
        };
        match fault {
            Fault::None => Ok(response(200, &body)),
            Fault::Malformed => Ok(response(200, &body[..body.len() / 2])),
            Fault::Status(status) | Fault::StatusAfter(status) => Ok(response(status, "{}")),
            Fault::LostBefore | Fault::LostAfter => Err(Failure::Connection("reset".into())),
            Fault::TimeoutBefore | Fault::TimeoutAfter => {
                self.now_ms += i64::from(TIMEOUT_MS);
                Err(Failure::Timeout(TIMEOUT_MS))
            }
        }
    }
}

fn response(status: u16, body: &str) -> Response {
    let json = serde_json::from_str(body).ok();
    Response {
        status,
        body: body.to_owned(),
        json,
        ..Response::default()
    }
}

fn groups(nodes: &[(&str, &str, &str)]) -> String {
    let nodes = nodes.iter().map(|(id, role, status)| {
        format!(r#"{{"node_id":"{id}","replication_role":"{role}","status":"{status}"}}"#)
    });
    let list = nodes.collect::<Vec<_>>().join(",");
    format!(r#"{{"group_list":[{{"replication_list":[{list}]}}]}}"#)
}

/// Drives machine and calls to the end, as the boundary does; `fault` picks what happens to each request.
fn drive(world: World, mut fault: impl FnMut(&Operation, u32) -> Fault) -> (Report, Model) {
    let mut model = Model {
        world,
        now_ms: 0,
        swapped_at: None,
        swaps_run: 0,
        swaps_sent: 0,
        requests: 0,
    };
    let mut machine = Machine::new(INSTANCE.to_owned(), OPTIONS, 0);
    for _ in 0..1000 {
        match machine.step() {
            Step::Done => return (machine.report().clone(), model),
            Step::Wait(ms) => {
                model.now_ms += i64::from(ms);
                machine.waited();
            }
            Step::Call(operation) => {
                let mut call = Call::new(operation, POLICY, 1, model.now_ms, 0);
                let result = loop {
                    match call.step() {
                        CallStep::Done(result) => break result,
                        CallStep::Wait { ms } => model.now_ms += i64::from(ms),
                        CallStep::Send { .. } => {
                            call.sending();
                            let fault = fault(operation, model.requests);
                            match model.send(operation, fault) {
                                Ok(response) => call.answered(response, model.now_ms, 0.5),
                                Err(failure) => call.failed(&failure, model.now_ms, 0.5),
                            }
                        }
                    }
                };
                let json = result.map(|response| response.json.unwrap_or_default());
                machine.answered(json, call.outcome(), call.attempts(), model.now_ms);
            }
        }
    }
    panic!("no end: {machine:?}");
}

/// The promises, against what the model knows.
fn judge(report: &Report, model: &Model, story: &dyn std::fmt::Debug) {
    assert!(model.swaps_run <= 1, "two swaps ran: {story:?}");
    assert_eq!(report.swap_requests, model.swaps_sent, "{story:?}");
    assert_eq!(
        report.swap_requests + report.read_requests,
        model.requests,
        "{story:?}"
    );
    match report.verdict {
        Verdict::Swapped => {
            assert!(
                model.roles_changed() && report.verified,
                "said swapped: {story:?}"
            );
            assert_ne!(report.before, report.after);
        }
        Verdict::NotSwapped => assert!(!model.takes_effect(), "said not swapped: {story:?}"),
        Verdict::Unknown => assert!(!report.verified),
    }
    if report.outcome == Outcome::NotSent {
        assert_eq!(model.swaps_sent, 0, "{story:?}");
    }
    assert!(
        report.outcome != Outcome::Rejected || model.swaps_run == 0,
        "said rejected: {story:?}"
    );
    let call_ms = i64::from(POLICY.max_elapsed_ms + TIMEOUT_MS + 10);
    let budget = i64::from(OPTIONS.follow_timeout_ms + OPTIONS.verify_timeout_ms) + 7 * call_ms;
    assert!(
        model.now_ms <= budget,
        "{} ms of {budget}: {story:?}",
        model.now_ms
    );
    assert!(!report.reason.is_empty());
}

#[test]
fn every_interleaving_to_depth_six() {
    const DEPTH: usize = 6;
    let mut runs = 0u32;
    let mut verdicts = [0u32; 3];
    for world in [
        World::Good,
        World::JobFails,
        World::JobHangs,
        World::RolesStuck,
        World::RolesLate,
    ] {
        for tail in [Fault::None, Fault::LostBefore] {
            // An odometer over the choices: each run says how many there were at each request.
            let mut choices: Vec<usize> = Vec::new();
            loop {
                let mut sizes = Vec::new();
                let (report, model) = drive(world, |operation, _| {
                    let at = sizes.len();
                    if at == DEPTH {
                        return tail;
                    }
                    let faults = if operation.effect == Effect::Swap {
                        SWAP_FAULTS
                    } else {
                        READ_FAULTS
                    };
                    sizes.push(faults.len());
                    faults[choices.get(at).copied().unwrap_or(0)]
                });
                judge(&report, &model, &(world, tail, &choices));
                runs += 1;
                verdicts[report.verdict as usize] += 1;
                choices.resize(sizes.len(), 0);
                while let Some(last) = choices.pop() {
                    if last + 1 < sizes[choices.len()] {
                        choices.push(last + 1);
                        break;
                    }
                }
                if choices.is_empty() {
                    break;
                }
            }
        }
    }
    println!("{runs} runs: swapped, not swapped, unknown = {verdicts:?}");
    assert!(
        runs > 100_000 && verdicts.iter().all(|count| *count > 1000),
        "{runs} {verdicts:?}"
    );
}

#[test]
fn the_good_story() {
    let (report, model) = drive(World::Good, |_, _| Fault::None);
    judge(&report, &model, &"good");
    assert_eq!(
        (report.verdict, report.outcome),
        (Verdict::Swapped, Outcome::Accepted)
    );
    assert_eq!(report.swap_requests, 1);
    assert_eq!(
        report.job.as_ref().and_then(|job| job.str("status")),
        Some("SUCCESS")
    );
    assert!(report.error.is_none() && report.duration_ms > 0);
}

/// A story with one fault at the swap, and what it must come to.
#[test]
fn stories_of_a_swap() {
    for (world, fault, verdict, outcome, part) in [
        (
            World::Good,
            Fault::LostAfter,
            Verdict::Swapped,
            Outcome::Unknown,
            "have changed",
        ),
        (
            World::Good,
            Fault::LostBefore,
            Verdict::NotSwapped,
            Outcome::Unknown,
            "are as before",
        ),
        (
            World::Good,
            Fault::Malformed,
            Verdict::Swapped,
            Outcome::Unknown,
            "have changed",
        ),
        (
            World::Good,
            Fault::StatusAfter(500),
            Verdict::Swapped,
            Outcome::Unknown,
            "have changed",
        ),
        (
            World::Good,
            Fault::StatusAfter(409),
            Verdict::Swapped,
            Outcome::Unknown,
            "sent twice on its way",
        ),
        (
            World::Good,
            Fault::Status(400),
            Verdict::NotSwapped,
            Outcome::Rejected,
            "not accepted",
        ),
        (
            World::JobFails,
            Fault::None,
            Verdict::NotSwapped,
            Outcome::Accepted,
            "the job failed (why)",
        ),
        (
            World::JobHangs,
            Fault::None,
            Verdict::Unknown,
            Outcome::Accepted,
            "may still swap",
        ),
        (
            World::RolesStuck,
            Fault::None,
            Verdict::NotSwapped,
            Outcome::Accepted,
            "says SUCCESS",
        ),
        (
            World::RolesLate,
            Fault::None,
            Verdict::Swapped,
            Outcome::Accepted,
            "job succeeded",
        ),
        (
            World::RolesLate,
            Fault::LostAfter,
            Verdict::Swapped,
            Outcome::Unknown,
            "have changed",
        ),
    ] {
        let (report, model) = drive(world, |operation, _| {
            if operation.effect == Effect::Swap {
                fault
            } else {
                Fault::None
            }
        });
        judge(&report, &model, &(world, fault));
        assert_eq!(
            (report.verdict, report.outcome),
            (verdict, outcome),
            "{world:?} {fault:?}"
        );
        assert!(
            report.reason.contains(part),
            "{world:?} {fault:?}: {}",
            report.reason
        );
    }
}

#[test]
fn what_cannot_be_swapped_is_not_sent() {
    let instance = |status: &str, mode: &str| {
        format!(r#"{{"instance_id":"i","status":"{status}","cache_mode":"{mode}"}}"#)
    };
    let good = groups(&[("a", "master", "Active"), ("b", "slave", "Active")]);
    let two = r#"{"group_list":[{"replication_list":[]},{"replication_list":[]}]}"#.to_owned();
    for (instance, roles, part) in [
        (
            instance("RESTARTING", "ha"),
            good.clone(),
            "is RESTARTING, not RUNNING",
        ),
        (instance("RUNNING", "cluster"), good.clone(), "mode cluster"),
        (instance("RUNNING", "single"), good, "mode single"),
        (instance("RUNNING", "ha_rw_split"), two, "2 groups"),
        (
            instance("RUNNING", "ha"),
            groups(&[("a", "master", "Active")]),
            "no active standby",
        ),
        (
            instance("RUNNING", "ha"),
            groups(&[("a", "master", "Active"), ("b", "slave", "Inactive")]),
            "no active standby",
        ),
        (
            instance("RUNNING", "ha"),
            groups(&[("a", "slave", "Active"), ("b", "slave", "Active")]),
            "no single master",
        ),
    ] {
        let mut machine = Machine::new(INSTANCE.to_owned(), OPTIONS, 0);
        for body in [&instance, &roles] {
            if let Step::Call(operation) = machine.step() {
                assert_eq!(operation.effect, Effect::Read);
                let json = serde_json::from_str(body).unwrap();
                machine.answered(Ok(json), Outcome::Accepted, 1, 7);
            }
        }
        assert_eq!(machine.step(), Step::Done);
        let report = machine.report();
        assert_eq!(
            (report.verdict, report.outcome),
            (Verdict::NotSwapped, Outcome::NotSent)
        );
        assert!(report.reason.contains(part), "{}", report.reason);
    }
}

/// Found by fuzzing: the swap ended after the last read of the roles and before that of the instance.
#[test]
fn a_lost_swap_that_ends_between_the_last_reads_is_seen() {
    let instance = r#"{"instance_id":"i","status":"RUNNING","cache_mode":"ha"}"#;
    let before = groups(&[("a", "master", "Active"), ("b", "slave", "Active")]);
    let after = groups(&[("a", "slave", "Active"), ("b", "master", "Active")]);
    for (last, verdict) in [(&after, Verdict::Swapped), (&before, Verdict::NotSwapped)] {
        let mut machine = Machine::new(INSTANCE.to_owned(), OPTIONS, 0);
        let mut told = |answer: Result<&str, Error>, outcome, now_ms| {
            if matches!(machine.step(), Step::Wait(_)) {
                machine.waited();
            }
            let answer = answer.map(|body| serde_json::from_str(body).unwrap());
            machine.answered(answer, outcome, 1, now_ms);
            machine.report().verdict
        };
        told(Ok(instance), Outcome::Accepted, 1);
        told(Ok(&before), Outcome::Accepted, 2);
        let lost = Error::timeout(1);
        told(Err(lost), Outcome::Unknown, 3);
        told(Ok(&before), Outcome::Accepted, 2_004);
        told(Ok(instance), Outcome::Accepted, 2_005);
        assert_eq!(told(Ok(last), Outcome::Accepted, 2_006), verdict);
        assert_eq!(machine.step(), Step::Done);
    }
}

#[test]
fn stopping_at_any_moment_leaves_what_is_known() {
    for stop_after in 0..40 {
        let mut machine = Machine::new(INSTANCE.to_owned(), OPTIONS, 0);
        let mut model = Model {
            world: World::RolesLate,
            now_ms: 0,
            swapped_at: None,
            swaps_run: 0,
            swaps_sent: 0,
            requests: 0,
        };
        for _ in 0..stop_after {
            match machine.step() {
                Step::Done => break,
                Step::Wait(ms) => {
                    model.now_ms += i64::from(ms);
                    machine.waited();
                }
                Step::Call(operation) => {
                    let json = model.send(operation, Fault::None).unwrap().json.unwrap();
                    machine.answered(Ok(json), Outcome::Accepted, 1, model.now_ms);
                }
            }
        }
        if machine.step() == Step::Done {
            continue;
        }
        let swapping = machine.phase() == Phase::Swap;
        machine.stop(Outcome::Unknown, 1, model.now_ms);
        assert_eq!(machine.step(), Step::Done);
        let report = machine.report();
        assert_eq!(report.error, Some(Error::aborted()));
        let verdict = if swapping || model.swaps_run > 0 {
            Verdict::Unknown
        } else {
            Verdict::NotSwapped
        };
        assert_eq!(report.verdict, verdict, "after {stop_after}");
    }
}

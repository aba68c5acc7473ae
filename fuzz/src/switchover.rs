//! The machines of a switchover and of its calls against a model of the service, through faults, delays, foreign swaps
//! and aborts that the bytes choose.

use arbitrary::{Arbitrary, Unstructured};
use huaweicloud_dcs::call::{Call, Step as CallStep};
use huaweicloud_dcs::error::{Error, Outcome};
use huaweicloud_dcs::http::{Failure, Response};
use huaweicloud_dcs::operation::{Effect, Operation};
use huaweicloud_dcs::retry::Policy;
use huaweicloud_dcs::switchover::{Machine, Options, Phase, Report, Step, Verdict};

const INSTANCE: &str = "00000000-0000-4000-8000-000000000001";
const JOB: &str = "0123456789abcdef0123456789abcdef";

/// What the bytes choose.
#[derive(Debug, Arbitrary)]
struct Input {
    world: World,
    job_ms: u16,
    late_ms: u16,
    interval_ms: u16,
    follow_ms: u16,
    verify_ms: u16,
    attempts: u8,
    timeout_ms: u16,
    /// The caller gives up at this request, before or after its answer.
    stop: Option<(u8, bool)>,
    requests: Vec<(Fault, u8)>,
}

/// What the job of a swap does.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Arbitrary)]
enum World {
    Good,
    JobFails,
    JobFailsButSwaps,
    JobHangs,
    RolesStuck,
}

/// What happens to one request.
#[derive(Debug, Clone, Arbitrary)]
enum Fault {
    None,
    /// An answer instead of running; 400 to 599.
    Status(u8),
    /// An answer after running that proves nothing: 408 or 500 to 599.
    StatusAfter(u8),
    Throttled,
    /// 503 with the code of the gateway's flow control.
    GatewayThrottled,
    Redirect,
    NoContent,
    LostBefore,
    LostAfter,
    TimeoutBefore,
    TimeoutAfter,
    /// Sent twice on its way: the first runs, the second's answer comes.
    Twice,
    /// Cut after so many bytes.
    Cut(u8),
    /// Runs, and answers other JSON.
    Other(u8),
}

struct Model {
    input: Input,
    now_ms: i64,
    swapped_at: Option<i64>,
    swaps_run: u32,
    swaps_sent: u32,
    requests: u32,
}

impl Model {
    /// Whether the swap changes the roles, ever.
    fn takes_effect(&self) -> bool {
        self.swaps_run > 0 && matches!(self.input.world, World::Good | World::JobFailsButSwaps)
    }

    fn roles_changed(&self) -> bool {
        let delay = i64::from(self.input.job_ms) + i64::from(self.input.late_ms);
        self.takes_effect() && self.swapped_at.is_some_and(|at| self.now_ms >= at + delay)
    }

    /// The instance is not RUNNING while its swap is at work.
    fn is_busy(&self) -> bool {
        self.swapped_at.is_some_and(|at| {
            self.input.world == World::JobHangs
                || self.now_ms < at + i64::from(self.input.job_ms) + i64::from(self.input.late_ms)
        })
    }

    fn job_status(&self) -> &'static str {
        let ended = self
            .swapped_at
            .is_some_and(|at| self.now_ms >= at + i64::from(self.input.job_ms));
        match self.input.world {
            World::JobHangs => "RUNNING",
            _ if !ended => "RUNNING",
            World::JobFails | World::JobFailsButSwaps => "FAIL",
            World::Good | World::RolesStuck => "SUCCESS",
        }
    }

    fn run(&mut self, operation: &Operation) -> String {
        match operation.name {
            "changeMasterStandbyAsync" => {
                self.swaps_run += 1;
                self.swapped_at.get_or_insert(self.now_ms);
                format!(r#"{{"job_id":"{JOB}"}}"#)
            }
            "showJobInfo" => {
                format!(r#"{{"job_id":"{JOB}","status":"{}"}}"#, self.job_status())
            }
            "showInstance" => {
                let status = if self.is_busy() {
                    "SWITCHING"
                } else {
                    "RUNNING"
                };
                format!(r#"{{"instance_id":"{INSTANCE}","status":"{status}","cache_mode":"ha"}}"#)
            }
            _ => {
                let (a, b) = if self.roles_changed() {
                    ("slave", "master")
                } else {
                    ("master", "slave")
                };
                let node = |id, role| {
                    format!(r#"{{"node_id":"{id}","replication_role":"{role}","status":"Active"}}"#)
                };
                let list = [node("a", a), node("b", b)].join(",");
                format!(r#"{{"group_list":[{{"replication_list":[{list}]}}]}}"#)
            }
        }
    }

    fn send(&mut self, operation: &Operation, fault: &Fault, ms: u8) -> Result<Response, Failure> {
        self.requests += 1;
        self.swaps_sent += u32::from(operation.effect == Effect::Swap);
        let runs = matches!(
            fault,
            Fault::None
                | Fault::StatusAfter(_)
                | Fault::LostAfter
                | Fault::TimeoutAfter
                | Fault::NoContent
                | Fault::Twice
                | Fault::Cut(_)
                | Fault::Other(_)
        );
        let body = if runs {
            self.run(operation)
        } else {
            String::new()
        };
        self.now_ms += i64::from(ms);
        let timeout_ms = self.timeout_ms();
        match fault {
            Fault::None => Ok(response(200, body)),
            Fault::Status(more) => Ok(response(400 + u16::from(*more) % 200, "{}".to_owned())),
            Fault::StatusAfter(more) if more % 4 == 0 => Ok(response(408, String::new())),
            Fault::StatusAfter(more) => Ok(response(500 + u16::from(*more) % 100, body)),
            Fault::Throttled => Ok(response(429, String::new())),
            Fault::GatewayThrottled => {
                let body = r#"{"error_code":"APIGW.0308","error_msg":"m"}"#.to_owned();
                Ok(response(503, body))
            }
            Fault::Twice => {
                let body = r#"{"error_code":"DCS.4017","error_msg":"m"}"#.to_owned();
                Ok(response(400, body))
            }
            Fault::Redirect => Ok(response(302, String::new())),
            Fault::NoContent => Ok(response(204, String::new())),
            Fault::LostBefore | Fault::LostAfter => Err(Failure::Connection("reset".to_owned())),
            Fault::TimeoutBefore | Fault::TimeoutAfter => {
                self.now_ms += i64::from(timeout_ms);
                Err(Failure::Timeout(timeout_ms))
            }
            Fault::Cut(bytes) => {
                let end = usize::from(*bytes).min(body.len() - 1);
                Ok(response(200, body[..end].to_owned()))
            }
            Fault::Other(which) => {
                let others = [
                    "{}",
                    "[]",
                    "null",
                    "7",
                    r#""x""#,
                    r#"{"job_id":7}"#,
                    r#"{"group_list":[]}"#,
                    r#"{"group_list":[{"replication_list":[]}]}"#,
                    r#"{"status":"RUNNING"}"#,
                ];
                let body = others[usize::from(*which) % others.len()];
                Ok(response(200, body.to_owned()))
            }
        }
    }

    fn timeout_ms(&self) -> u32 {
        u32::from(self.input.timeout_ms) + 1
    }

    fn fault(&self) -> (Fault, u8) {
        // When the bytes are used up, all goes well.
        let chosen = self.input.requests.get(self.requests as usize);
        chosen.cloned().unwrap_or((Fault::None, 5))
    }

    fn policy(&self) -> Policy {
        Policy {
            max_attempts: u32::from(self.input.attempts) % 5 + 1,
            max_elapsed_ms: 1_000,
            base_delay_ms: 10,
            max_delay_ms: 20,
        }
    }
}

fn response(status: u16, body: String) -> Response {
    Response {
        status,
        json: serde_json::from_str(&body).ok(),
        body,
        ..Response::default()
    }
}

/// Drives both machines to their end.
pub fn check(data: &[u8]) {
    let Ok(input) = Input::arbitrary_take_rest(Unstructured::new(data)) else {
        return;
    };
    let options = Options {
        interval_ms: u32::from(input.interval_ms) % 5_000 + 50,
        follow_timeout_ms: u32::from(input.follow_ms),
        verify_timeout_ms: u32::from(input.verify_ms),
    };
    let input = Input {
        // A service that says a job has ended shows its roles within the time given for that.
        late_ms: input.late_ms % input.verify_ms.saturating_add(1).max(1),
        ..input
    };
    let mut model = Model {
        input,
        now_ms: 0,
        swapped_at: None,
        swaps_run: 0,
        swaps_sent: 0,
        requests: 0,
    };
    let mut machine = Machine::new(INSTANCE.to_owned(), options, 0);
    let mut calls = 0i64;
    let stopped = loop {
        assert!(calls < 10_000, "no end: {machine:?}");
        match machine.step() {
            Step::Done => break false,
            Step::Wait(ms) => {
                assert!(ms > 0, "a pause that does not pause");
                model.now_ms += i64::from(ms);
                machine.waited();
            }
            Step::Call(operation) => {
                calls += 1;
                if call(&mut machine, &mut model, operation) {
                    break true;
                }
            }
        }
    };
    assert_eq!(machine.step(), Step::Done);
    judge(machine.report(), &model, options, stopped, calls);
}

/// Drives one call; true when the caller gave up meanwhile.
fn call(machine: &mut Machine, model: &mut Model, operation: &'static Operation) -> bool {
    let swaps = operation.effect == Effect::Swap;
    assert_eq!(swaps, machine.phase() == Phase::Swap);
    let mut call = Call::new(operation, model.policy(), 1, model.now_ms, 0);
    let result = loop {
        match call.step() {
            CallStep::Done(result) => break result,
            CallStep::Wait { ms } => model.now_ms += i64::from(ms),
            CallStep::Send { endpoint } => {
                assert_eq!(endpoint, 0);
                let stop = model
                    .input
                    .stop
                    .filter(|stop| u32::from(stop.0) == model.requests);
                call.sending();
                let (fault, ms) = model.fault();
                let answer = model.send(operation, &fault, ms);
                if let Some((_, answered)) = stop {
                    if answered {
                        tell(&mut call, answer, model.now_ms);
                    }
                    machine.stop(call.outcome(), call.attempts(), model.now_ms);
                    return true;
                }
                tell(&mut call, answer, model.now_ms);
            }
        }
    };
    let json = result.map(|response| response.json.unwrap_or_default());
    machine.answered(json, call.outcome(), call.attempts(), model.now_ms);
    false
}

fn tell(call: &mut Call, answer: Result<Response, Failure>, now_ms: i64) {
    match answer {
        Ok(response) => call.answered(response, now_ms, 0.5),
        Err(failure) => call.failed(&failure, now_ms, 0.5),
    }
}

/// The promises, against what the model knows.
fn judge(report: &Report, model: &Model, options: Options, stopped: bool, calls: i64) {
    assert!(model.swaps_run <= 1, "two swaps ran");
    assert_eq!(report.swap_requests, model.swaps_sent);
    match report.verdict {
        Verdict::Swapped => {
            assert!(report.verified && model.roles_changed(), "said swapped");
            assert_ne!(report.before, report.after);
        }
        Verdict::NotSwapped => assert!(!model.takes_effect(), "said not swapped"),
        Verdict::Unknown => assert!(!report.verified),
    }
    match report.outcome {
        Outcome::NotSent => assert_eq!(model.swaps_sent, 0, "said not sent"),
        Outcome::Rejected => assert_eq!(model.swaps_run, 0, "said rejected"),
        Outcome::Accepted => assert_eq!(model.swaps_run, 1, "said accepted"),
        Outcome::Unknown => assert!(model.swaps_sent > 0, "unknown, though nothing was sent"),
    }
    assert!(!report.reason.is_empty());
    assert_eq!(report.duration_ms, model.now_ms);
    assert_eq!(stopped, report.error == Some(Error::aborted()));
    if !stopped {
        assert_eq!(report.swap_requests + report.read_requests, model.requests);
    }
    // Each call ends within its budget and one more attempt; each phase within its time and one more call.
    let call_ms = 1_000 + i64::from(model.timeout_ms()) + 600;
    let phases = i64::from(options.follow_timeout_ms) + i64::from(options.verify_timeout_ms);
    let most = phases + i64::from(options.interval_ms) * 2 + 8 * call_ms;
    assert!(
        model.now_ms <= most,
        "{} ms of {most}, {calls} calls",
        model.now_ms
    );
}

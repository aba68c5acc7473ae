use super::*;
use crate::http::RetryAfter;
use crate::json::Json;
use crate::operation::{Operation, change_master_standby_async, show_job_info};
use proptest::prelude::*;

const SWAP: &Operation = &change_master_standby_async::OPERATION;
const READ: &Operation = &show_job_info::OPERATION;
const UNIX: i64 = 1_700_000_000_000;
const START: Now = at(0);
const JOB: &str = "0123456789abcdef0123456789abcdef";

/// So many milliseconds after the start, by both clocks.
const fn at(ms: i64) -> Now {
    Now {
        monotonic_ms: ms,
        unix_ms: UNIX + ms,
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

fn refusal(status: u16, code: &str) -> Response {
    response(
        status,
        &format!(r#"{{"error_code":"{code}","error_msg":"m"}}"#),
    )
}

fn request(operation: &'static Operation) -> Request {
    let mut args = Json::object();
    args.add_text("instanceId", "00000000-0000-4000-8000-000000000001");
    args.add_text("jobId", JOB);
    operation.request(&args).unwrap()
}

fn good(operation: &Operation) -> Response {
    let body = if operation.effect == Effect::Swap {
        r#"{"job_id":"j"}"#.to_owned()
    } else {
        format!(r#"{{"job_id":"{JOB}","status":"INIT"}}"#)
    };
    response(200, &body)
}

fn call_with(operation: &'static Operation, policy: Policy, endpoints: usize) -> Call {
    Call::new(
        request(operation),
        policy,
        endpoints,
        0,
        Random::new(1),
        START,
    )
}

fn call(operation: &'static Operation) -> Call {
    call_with(operation, Policy::default(), 1)
}

/// Sends the next request; gives its endpoint.
fn send(call: &mut Call) -> usize {
    let mut signed = None;
    loop {
        match call.next(START) {
            Next::Sign { endpoint } => {
                signed = Some(endpoint);
                call.handle(Event::Signed, START);
            }
            Next::Send => return signed.expect("nothing is sent unsigned"),
            Next::Wait { .. } => call.handle(Event::Waited, START),
            done => panic!("{done:?}"),
        }
    }
}

fn finish(call: &mut Call) -> Result<Response, Error> {
    match call.next(START) {
        Next::Done(result) => result,
        other => panic!("{other:?}"),
    }
}

#[test]
fn a_good_answer_ends_the_call() {
    for operation in [SWAP, READ] {
        let mut call = call(operation);
        assert_eq!(call.sent().outcome, Outcome::NotSent);
        send(&mut call);
        assert_eq!(
            call.sent().outcome,
            Outcome::Unknown,
            "given up now, it may have run"
        );
        call.handle(Event::Answer(good(operation)), at(0));
        assert!(finish(&mut call).is_ok());
        assert_eq!(
            (call.sent().outcome, call.sent().attempts),
            (Outcome::Accepted, 1)
        );
    }
}

#[test]
fn the_outcome_of_a_swap_in_each_fault() {
    for (answer, outcome) in [
        (Ok(refusal(400, "DCS.4061")), Outcome::Rejected),
        (Ok(refusal(401, "APIGW.0301")), Outcome::Rejected),
        (Ok(refusal(404, "DCS.3022")), Outcome::Rejected),
        (Ok(response(400, "{}")), Outcome::Unknown),
        (Ok(response(401, "{}")), Outcome::Unknown),
        (Ok(response(404, "")), Outcome::Unknown),
        (Ok(response(408, "")), Outcome::Unknown),
        // The job that runs may be this swap, sent twice on its way.
        (
            Ok(response(
                400,
                r#"{"error_code":"DCS.4017","error_msg":"m"}"#,
            )),
            Outcome::Unknown,
        ),
        (
            Ok(response(
                500,
                r#"{"error_code":"DCS.5000","error_msg":"m"}"#,
            )),
            Outcome::Unknown,
        ),
        (Ok(response(503, "")), Outcome::Unknown),
        (Ok(response(302, "")), Outcome::Unknown),
        (Ok(response(204, "")), Outcome::Unknown),
        (Ok(response(200, "<html>")), Outcome::Unknown),
        (Ok(response(200, r#"{"job_id":7}"#)), Outcome::Unknown),
        (Err(Failure::Connection("reset".into())), Outcome::Unknown),
        (Err(Failure::Timeout(5)), Outcome::Unknown),
    ] {
        let mut call = call(SWAP);
        send(&mut call);
        let text = format!("{answer:?}");
        match answer {
            Ok(response) => call.handle(Event::Answer(response), at(0)),
            Err(failure) => call.handle(Event::Failure(failure), at(0)),
        }
        assert!(finish(&mut call).is_err(), "{text}");
        assert_eq!(
            (call.sent().outcome, call.sent().attempts),
            (outcome, 1),
            "{text}"
        );
    }
}

#[test]
fn a_throttled_swap_is_sent_again_and_says_rejected_meanwhile() {
    let mut call = call(SWAP);
    send(&mut call);
    let throttled = Response {
        retry_after: Some(RetryAfter::Seconds(2)),
        ..response(429, "{}")
    };
    call.handle(Event::Answer(throttled), START);
    assert_eq!(call.sent().outcome, Outcome::Rejected);
    assert_eq!(call.next(START), Next::Wait { ms: 2000 });
    send(&mut call);
    call.handle(Event::Answer(good(SWAP)), at(2000));
    assert!(finish(&mut call).is_ok());
    assert_eq!(call.sent().attempts, 2);
}

#[test]
fn only_204_is_a_good_answer_without_a_body() {
    const SYNC: &Operation = &crate::operation::change_master_standby::OPERATION;
    for (status, outcome) in [
        (204, Outcome::Accepted),
        (200, Outcome::Unknown),
        (202, Outcome::Unknown),
        (302, Outcome::Unknown),
        (429, Outcome::Rejected),
    ] {
        let mut call = call_with(SYNC, Policy::NEVER, 1);
        send(&mut call);
        call.handle(Event::Answer(response(status, "<html>")), at(0));
        assert_eq!(finish(&mut call).is_ok(), status == 204, "{status}");
        assert_eq!(call.sent().outcome, outcome, "{status}");
    }
}

#[test]
fn budgets_end_a_call() {
    let mut tried = call(READ);
    for _ in 0..3 {
        send(&mut tried);
        tried.handle(Event::Answer(response(503, "")), at(0));
    }
    assert!(finish(&mut tried).is_err());
    let mut late = call(READ);
    send(&mut late);
    late.handle(Event::Answer(response(503, "")), at(59_900));
    assert!(
        finish(&mut late).is_err(),
        "the pause would pass the budget of time"
    );
    let mut once = call_with(READ, Policy::NEVER, 1);
    send(&mut once);
    once.handle(Event::Failure(Failure::Timeout(1)), at(0));
    assert_eq!(finish(&mut once), Err(Error::timeout(1)));
}

#[test]
fn endpoints_in_turn_for_reads_only() {
    let mut read = call_with(READ, Policy::NEVER, 3);
    for endpoint in 0..3 {
        assert_eq!(send(&mut read), endpoint);
        read.handle(
            Event::Failure(Failure::Connection("refused".into())),
            at(100_000),
        );
    }
    assert!(finish(&mut read).is_err());
    let mut swap = call_with(SWAP, Policy::default(), 3);
    send(&mut swap);
    swap.handle(Event::Failure(Failure::Connection("refused".into())), at(0));
    assert!(finish(&mut swap).is_err());
    assert_eq!(swap.sent().attempts, 1);
}

#[test]
fn a_read_corrects_the_clock_once_and_is_sent_again() {
    const HOUR: i64 = 60 * 60 * 1000;
    let refused = |unix_ms: i64| Response {
        date_ms: Some(unix_ms),
        ..refusal(401, "APIGW.0301")
    };
    let mut read = call(READ);
    send(&mut read);
    read.handle(Event::Answer(refused(UNIX + HOUR / 3)), START);
    assert_eq!(read.clock_offset_ms(), HOUR / 3);
    send(&mut read);
    read.handle(Event::Answer(refused(UNIX + HOUR * 4 / 3)), START);
    assert!(finish(&mut read).is_err(), "not twice");
    assert_eq!(read.sent().attempts, 2);

    for other in [
        refused(UNIX + HOUR / 9),
        refused(UNIX + 25 * HOUR),
        refused(UNIX - 25 * HOUR),
        refusal(401, "APIGW.0301"),
    ] {
        let mut read = call(READ);
        send(&mut read);
        read.handle(Event::Answer(other), START);
        assert!(
            finish(&mut read).is_err(),
            "another reason, or beyond a day"
        );
        assert_eq!((read.sent().attempts, read.clock_offset_ms()), (1, 0));
    }
}

/// A 401 with a far date can be the answer to the second copy of a swap whose first copy runs.
#[test]
fn a_swap_learns_the_clock_and_is_not_sent_again() {
    let mut swap = call(SWAP);
    send(&mut swap);
    let refused = Response {
        date_ms: Some(UNIX + 20 * 60 * 1000),
        ..refusal(401, "APIGW.0301")
    };
    swap.handle(Event::Answer(refused), START);
    assert!(finish(&mut swap).is_err());
    assert_eq!(
        (swap.sent().attempts, swap.clock_offset_ms()),
        (1, 20 * 60 * 1000)
    );
    assert_eq!(swap.sent().outcome, Outcome::Rejected);
}

#[test]
fn a_request_that_has_grown_old_before_it_leaves_is_not_sent() {
    for later in [
        at(2001),
        Now {
            monotonic_ms: 0,
            unix_ms: UNIX + 2001,
        },
    ] {
        let mut swap = call(SWAP).fresh(START, 2000);
        assert!(matches!(swap.next(START), Next::Sign { .. }));
        swap.handle(Event::Signed, later);
        assert_eq!(swap.next(later), Next::Done(Err(ErrorKind::Stale.into())));
        assert_eq!(
            (swap.sent().outcome, swap.sent().attempts),
            (Outcome::NotSent, 0)
        );
    }
    let mut swap = call(SWAP).fresh(START, 2000);
    assert_eq!(send(&mut swap), 0, "in time");
}

#[test]
fn a_clock_that_is_set_neither_shortens_nor_lengthens_a_budget() {
    for set_ms in [-3_600_000, 61_000] {
        let mut read = call(READ);
        send(&mut read);
        let now = Now {
            monotonic_ms: 5,
            unix_ms: UNIX + set_ms,
        };
        read.handle(Event::Answer(response(503, "")), now);
        assert!(
            matches!(read.next(now), Next::Wait { ms: 0..=200 }),
            "{set_ms}"
        );
    }
}

/// An answer counts only if it is about what was asked.
#[test]
fn the_state_of_another_job_is_no_answer() {
    let mut read = call(READ);
    send(&mut read);
    let other = r#"{"job_id":"ffffffffffffffffffffffffffffffff","status":"SUCCESS"}"#;
    read.handle(Event::Answer(response(200, other)), START);
    let message = finish(&mut read).unwrap_err().to_string();
    assert!(message.contains("the job that was asked for"), "{message}");
}

proptest! {
    /// Whatever comes, a swap is sent again only after an answer that proves that it did not run.
    #[test]
    fn at_most_one_swap_can_run(answers in prop::collection::vec(0usize..8, 12), seed: u64) {
        let policy = Policy { max_attempts: 10, ..Policy::default() };
        let mut call = Call::new(request(SWAP), policy, 2, 0, Random::new(seed), START);
        let mut may_have_run = 0;
        let mut answers = answers.into_iter();
        loop {
            match call.next(START) {
                Next::Done(_) => break,
                Next::Wait { .. } => call.handle(Event::Waited, START),
                Next::Sign { endpoint } => {
                    prop_assert_eq!(endpoint, 0);
                    call.handle(Event::Signed, START);
                }
                Next::Send => {
                    let Some(kind) = answers.next() else { break };
                    let event = match kind {
                        0 => Event::Answer(response(429, "{}")),
                        1 => Event::Answer(refusal(400, "DCS.4061")),
                        2 => Event::Answer(refusal(401, "APIGW.0301")),
                        3 => Event::Answer(response(500, "{}")),
                        4 => Event::Answer(response(200, "cut")),
                        5 => Event::Answer(good(SWAP)),
                        6 => Event::Failure(Failure::Connection(String::new())),
                        _ => Event::Failure(Failure::Timeout(1)),
                    };
                    may_have_run += usize::from(kind > 2);
                    call.handle(event, START);
                }
            }
        }
        prop_assert!(may_have_run <= 1);
    }
}

use super::*;
use crate::http::RetryAfter;
use crate::operation::{change_master_standby_async, show_job_info};
use proptest::prelude::*;

const SWAP: &Operation = &change_master_standby_async::OPERATION;
const READ: &Operation = &show_job_info::OPERATION;
const NOW: i64 = 1_700_000_000_000;

fn response(status: u16, body: &str) -> Response {
    let json = serde_json::from_str(body).ok();
    Response {
        status,
        body: body.to_owned(),
        json,
        ..Response::default()
    }
}

fn good(operation: &Operation) -> Response {
    let body = if operation.effect == Effect::Swap {
        r#"{"job_id":"j"}"#
    } else {
        r#"{"job_id":"j","status":"INIT"}"#
    };
    response(200, body)
}

fn call(operation: &'static Operation) -> Call {
    Call::new(operation, Policy::default(), 1, NOW, 0)
}

fn send(call: &mut Call) -> usize {
    loop {
        match call.step() {
            Step::Send { endpoint } => {
                call.sending();
                return endpoint;
            }
            Step::Wait { .. } => {}
            done => panic!("{done:?}"),
        }
    }
}

fn finish(call: &mut Call) -> Result<Response, Error> {
    match call.step() {
        Step::Done(result) => result,
        other => panic!("{other:?}"),
    }
}

#[test]
fn a_good_answer_ends_the_call() {
    for operation in [SWAP, READ] {
        let mut call = call(operation);
        assert_eq!(call.outcome(), Outcome::NotSent);
        send(&mut call);
        assert_eq!(
            call.outcome(),
            Outcome::Unknown,
            "given up now, it may have run"
        );
        call.answered(good(operation), NOW, 0.5);
        assert!(finish(&mut call).is_ok());
        assert_eq!((call.outcome(), call.attempts()), (Outcome::Accepted, 1));
    }
}

#[test]
fn the_outcome_of_a_swap_in_each_fault() {
    for (answer, outcome) in [
        (Ok(response(400, "{}")), Outcome::Rejected),
        (Ok(response(401, "{}")), Outcome::Rejected),
        (Ok(response(404, "")), Outcome::Rejected),
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
            Ok(response) => call.answered(response, NOW, 0.5),
            Err(failure) => call.failed(&failure, NOW, 0.5),
        }
        assert!(finish(&mut call).is_err(), "{text}");
        assert_eq!((call.outcome(), call.attempts()), (outcome, 1), "{text}");
    }
}

#[test]
fn a_throttled_swap_is_sent_again_and_says_rejected_meanwhile() {
    let mut call = call(SWAP);
    send(&mut call);
    call.answered(
        Response {
            retry_after: Some(RetryAfter::Seconds(2)),
            ..response(429, "{}")
        },
        NOW,
        0.0,
    );
    assert_eq!(call.outcome(), Outcome::Rejected);
    assert_eq!(call.step(), Step::Wait { ms: 2000 });
    send(&mut call);
    call.answered(good(SWAP), NOW + 2000, 0.0);
    assert!(finish(&mut call).is_ok());
    assert_eq!(call.attempts(), 2);
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
        let mut call = Call::new(SYNC, Policy::NEVER, 1, NOW, 0);
        send(&mut call);
        call.answered(response(status, "<html>"), NOW, 0.5);
        assert_eq!(finish(&mut call).is_ok(), status == 204, "{status}");
        assert_eq!(call.outcome(), outcome, "{status}");
    }
}

#[test]
fn budgets_end_a_call() {
    let mut tried = call(READ);
    for _ in 0..3 {
        send(&mut tried);
        tried.answered(response(503, ""), NOW, 1.0);
    }
    assert!(finish(&mut tried).is_err());
    let mut late = call(READ);
    send(&mut late);
    late.answered(response(503, ""), NOW + 59_900, 1.0);
    assert!(
        finish(&mut late).is_err(),
        "the pause would pass the budget of time"
    );
    let mut once = Call::new(READ, Policy::NEVER, 1, NOW, 0);
    send(&mut once);
    once.failed(&Failure::Timeout(1), NOW, 1.0);
    assert_eq!(finish(&mut once), Err(Error::timeout(1)));
}

#[test]
fn endpoints_in_turn_for_reads_only() {
    let mut read = Call::new(READ, Policy::NEVER, 3, NOW, 0);
    for endpoint in 0..3 {
        assert_eq!(send(&mut read), endpoint);
        read.failed(&Failure::Connection("refused".into()), NOW + 100_000, 1.0);
    }
    assert!(finish(&mut read).is_err());
    let mut swap = Call::new(SWAP, Policy::default(), 3, NOW, 0);
    send(&mut swap);
    swap.failed(&Failure::Connection("refused".into()), NOW, 1.0);
    assert!(finish(&mut swap).is_err());
    assert_eq!(swap.attempts(), 1);
}

#[test]
fn the_clock_is_corrected_once() {
    let refused = |date_ms: i64| Response {
        date_ms: Some(date_ms),
        ..response(401, "{}")
    };
    let mut call = call(SWAP);
    send(&mut call);
    call.answered(refused(NOW + 20 * 60 * 1000), NOW, 0.5);
    assert_eq!(call.clock_offset_ms(), 20 * 60 * 1000);
    send(&mut call);
    call.answered(refused(NOW + 80 * 60 * 1000), NOW, 0.5);
    assert!(finish(&mut call).is_err(), "not twice");
    assert_eq!((call.outcome(), call.attempts()), (Outcome::Rejected, 2));

    let hour = 60 * 60 * 1000;
    for other in [
        refused(NOW + 7 * 60 * 1000),
        refused(NOW + 25 * hour),
        refused(NOW - 25 * hour),
        response(401, "{}"),
    ] {
        let mut call = Call::new(SWAP, Policy::default(), 1, NOW, 0);
        send(&mut call);
        call.answered(other, NOW, 0.5);
        assert!(
            finish(&mut call).is_err(),
            "another reason, or beyond a day"
        );
        assert_eq!((call.attempts(), call.clock_offset_ms()), (1, 0));
    }
}

proptest! {
    /// Whatever comes, a swap is sent again only after an answer that proves that it did not run.
    #[test]
    fn at_most_one_swap_can_run(answers in prop::collection::vec((0usize..8, 0.0f64..1.0), 12)) {
        let mut call = Call::new(SWAP, Policy { max_attempts: 10, ..Policy::default() }, 2, NOW, 0);
        let mut may_have_run = 0;
        for (kind, random) in answers {
            match call.step() {
                Step::Done(_) => break,
                Step::Wait { .. } => continue,
                Step::Send { endpoint } => {
                    prop_assert_eq!(endpoint, 0);
                    call.sending();
                }
            }
            let refused = [429, 400, 401];
            match kind {
                0..=2 => call.answered(response(refused[kind], "{}"), NOW, random),
                3 => call.answered(response(500, "{}"), NOW, random),
                4 => call.answered(response(200, "cut"), NOW, random),
                5 => call.answered(good(SWAP), NOW, random),
                6 => call.failed(&Failure::Connection(String::new()), NOW, random),
                _ => call.failed(&Failure::Timeout(1), NOW, random),
            }
            may_have_run += usize::from(kind > 2);
        }
        prop_assert!(may_have_run <= 1);
    }
}

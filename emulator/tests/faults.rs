//! Every kind of fault, seen from the other end of a real socket.

mod common;

use std::io::ErrorKind;
use std::time::{Duration, Instant};

use common::{Ask, Emulator, start, swap};
use dcs_emulator::config::{PROJECT_ID, instance_id};
use serde_json::{Value, json};

const SWAP: &str = "ChangeMasterStandbyAsync";

fn quick() -> Emulator {
    start(&["--job-ms", "0"])
}

fn show() -> Ask {
    Ask::new(
        "GET",
        &format!("/v2/{PROJECT_ID}/instances/{}", instance_id(1)),
    )
}

/// Arms a fault, swaps, and gives the answer and how many swaps ran.
fn swap_under(emulator: &Emulator, fault: Value) -> (common::Reply, u64) {
    let before = emulator.counter("swaps_run");
    let kind = fault["kind"].clone();
    emulator.arm(SWAP, fault);
    let reply = emulator.swap();
    let entry = emulator.last_request();
    assert_eq!(entry["fault"], kind);
    std::thread::sleep(Duration::from_millis(50));
    (reply, emulator.counter("swaps_run") - before)
}

#[test]
fn drops_reset_the_connection_before_or_after_the_swap() {
    let emulator = quick();
    for (kind, swaps) in [("drop_before", 0), ("drop_after", 1)] {
        let (reply, ran) = swap_under(&emulator, json!({"kind": kind}));
        assert_eq!(
            (reply.end, reply.head.as_str()),
            (Some(ErrorKind::ConnectionReset), ""),
            "{kind}"
        );
        assert_eq!(ran, swaps, "{kind}");
        assert_eq!(emulator.last_request()["outcome"], "dropped");
    }
    assert_eq!(emulator.counter("swap_requests"), 2);
}

#[test]
fn faults_are_used_in_order_and_so_often_as_said() {
    let emulator = quick();
    let other = emulator.admin("POST", "instances", json!({"job_ms": 0}))["instance_id"].clone();
    let other = other.as_str().expect("an id");
    let status = |status: u16| json!({"kind": "status", "status": status});
    emulator.admin(
        "POST",
        "faults",
        json!([
            {"match": {"operation": "ShowInstance"}, "times": 2, "fault": status(503)},
            {"match": {"operation": "ShowInstance"}, "skip": 1, "fault": status(502)},
            {"match": {"operation": SWAP, "instance_id": other}, "fault": status(500)},
        ]),
    );
    let statuses: Vec<u16> = (0..5).map(|_| emulator.call(show()).status).collect();
    assert_eq!(statuses, [503, 503, 200, 502, 200]);
    assert_eq!(emulator.swap().status, 200);
    assert_eq!(emulator.call(swap(other)).status, 500);
    emulator.arm("*", status(500));
    assert_eq!(emulator.admin("DELETE", "faults", Value::Null)["armed"], 0);
    assert_eq!(emulator.call(show()).status, 200);
}

#[test]
fn a_fault_that_is_not_understood_is_refused_by_name() {
    let emulator = quick();
    for (wrong, named) in [
        (json!({"fault": {"kind": "nonsense"}}), "nonsense"),
        (
            json!({"fault": {"kind": "delay", "ms": 1, "mss": 2}}),
            "mss",
        ),
        (json!({"matches": {}, "fault": {"kind": "hang"}}), "matches"),
    ] {
        let ask = Ask::new("POST", "/_emulator/faults").body(wrong.to_string());
        let reply = emulator.send(&ask);
        assert_eq!(reply.status, 400);
        assert!(reply.text().contains(named), "{}", reply.text());
    }
}

#[test]
fn a_delay_comes_before_or_after() {
    let emulator = quick();
    for when in ["before", "after"] {
        emulator.arm(SWAP, json!({"kind": "delay", "ms": 300, "when": when}));
        let begun = Instant::now();
        let ask = swap(&instance_id(1)).patience(Duration::from_millis(100));
        let reply = emulator.call(ask);
        assert_eq!(reply.head, "", "{when}");
        assert!(begun.elapsed() >= Duration::from_millis(100));
        let ran = u64::from(when == "after");
        common::eventually("the request is given up", || {
            emulator.last_request()["outcome"] == "abandoned"
        });
        std::thread::sleep(Duration::from_millis(300));
        assert_eq!(emulator.counter("swaps_run"), ran, "{when}");
    }
    emulator.arm("ShowInstance", json!({"kind": "delay", "ms": 80}));
    let begun = Instant::now();
    assert_eq!(emulator.call(show()).status, 200);
    assert!(begun.elapsed() >= Duration::from_millis(80));
}

#[test]
fn a_status_comes_before_or_after_with_a_published_error() {
    let emulator = quick();
    for status in [400, 401, 403, 404, 405, 429, 500, 502, 503, 504] {
        let (reply, ran) = swap_under(&emulator, json!({"kind": "status", "status": status}));
        assert_eq!((reply.status, ran), (status, 0));
        assert!(
            !reply.code().is_empty() && !reply.message().is_empty(),
            "{status}"
        );
    }
    let after = json!({"kind": "status", "status": 500, "error_code": "DCS.5006",
        "when": "after", "encoded_authorization_message": "why"});
    let (reply, ran) = swap_under(&emulator, after);
    assert_eq!(
        (reply.status, ran, reply.message().as_str()),
        (500, 1, "Submit job failed.")
    );
    assert_eq!(reply.json()["encoded_authorization_message"], "why");
    for (given, header) in [
        (json!(7), "7"),
        (
            json!("Wed, 21 Oct 2015 07:28:00 GMT"),
            "Wed, 21 Oct 2015 07:28:00 GMT",
        ),
    ] {
        let fault = json!({"kind": "status", "status": 429, "retry_after": given});
        let (reply, _) = swap_under(&emulator, fault);
        assert_eq!(reply.header("retry-after"), Some(header));
    }
    let gateway = json!({"kind": "status", "status": 401, "error_code": "APIGW.0301",
        "error_msg": "no", "shape": "gateway"});
    let (reply, _) = swap_under(&emulator, gateway);
    assert_eq!(
        reply.json()["request_id"].as_str(),
        reply.header("x-request-id")
    );
    emulator.arm(
        "KeystoneListProjects",
        json!({"kind": "status", "status": 403}),
    );
    let reply = emulator.call(Ask::new("GET", "/v3/projects"));
    assert_eq!(
        (reply.status, &reply.json()["error"]["code"]),
        (403, &json!(403))
    );
}

#[test]
fn the_gateways_refusal_proves_that_nothing_ran() {
    let emulator = quick();
    let (reply, ran) = swap_under(
        &emulator,
        json!({"kind": "gateway_refused", "retry_after": 1}),
    );
    assert_eq!(
        (reply.status, reply.code().as_str(), ran),
        (429, "APIGW.0308", 0)
    );
    assert_eq!(reply.header("retry-after"), Some("1"));
    assert_eq!(
        reply.json()["request_id"].as_str(),
        reply.header("x-request-id")
    );
}

#[test]
fn bodies_are_cut_malformed_or_of_another_type() {
    let emulator = quick();
    let (reply, ran) = swap_under(&emulator, json!({"kind": "cut_body"}));
    let promised: usize = reply
        .header("content-length")
        .expect("a length")
        .parse()
        .expect("a number");
    assert!(
        reply.status == 200 && ran == 1 && reply.body.len() < promised,
        "{reply:?}"
    );

    let (reply, ran) = swap_under(&emulator, json!({"kind": "malformed_body"}));
    let length = reply.header("content-length").map(str::to_owned);
    assert_eq!((ran, length), (1, Some(reply.body.len().to_string())));
    assert!(serde_json::from_slice::<Value>(&reply.body).is_err());

    let (reply, ran) = swap_under(&emulator, json!({"kind": "wrong_type"}));
    assert_eq!((ran, reply.header("content-type")), (1, Some("text/plain")));
    assert!(reply.json()["job_id"].is_string());
    let (reply, _) = swap_under(
        &emulator,
        json!({"kind": "wrong_type", "body": {"job_id": 7}}),
    );
    assert_eq!(
        (reply.header("content-type"), reply.json()),
        (Some("application/json"), json!({"job_id": 7}))
    );

    let (reply, ran) = swap_under(&emulator, json!({"kind": "duplicate_keys"}));
    assert_eq!((ran, reply.text().matches("\"job_id\"").count()), (1, 2));
    assert!(
        reply.json()["job_id"]
            .as_str()
            .is_some_and(|id| id.len() == 32),
        "the last one counts"
    );

    let (reply, ran) = swap_under(&emulator, json!({"kind": "no_content"}));
    assert_eq!((reply.status, reply.body.len(), ran), (204, 0, 1));
}

#[test]
fn any_answer_can_be_given() {
    let emulator = quick();
    let fault =
        json!({"kind": "body", "status": 418, "headers": {"x-kettle": "on"}, "body": [1, 2]});
    let (reply, ran) = swap_under(&emulator, fault);
    assert_eq!((reply.status, reply.json(), ran), (418, json!([1, 2]), 1));
    assert_eq!(reply.header("x-kettle"), Some("on"));
    let fault = json!({"kind": "body", "when": "before", "body": "as it is"});
    let (reply, ran) = swap_under(&emulator, fault);
    assert_eq!(
        (reply.status, reply.text().as_str(), ran),
        (200, "as it is", 0)
    );
}

#[test]
fn other_parties_answer_in_its_place() {
    let emulator = quick();
    let fault = json!({"kind": "redirect", "location": "http://127.0.0.1:9/", "status": 307});
    let (reply, ran) = swap_under(&emulator, fault);
    assert_eq!((reply.status, ran), (307, 0));
    assert_eq!(reply.header("location"), Some("http://127.0.0.1:9/"));
    let (reply, ran) = swap_under(&emulator, json!({"kind": "html"}));
    assert_eq!((reply.status, ran), (200, 0));
    assert!(
        reply
            .header("content-type")
            .is_some_and(|t| t.starts_with("text/html"))
    );
    assert!(reply.text().starts_with("<!DOCTYPE html>"));
}

#[test]
fn cross_origin_reading_can_be_forbidden() {
    let emulator = quick();
    let allowed = |reply: &common::Reply| reply.header("access-control-allow-origin").is_some();
    let preflight = || {
        let path = format!("/v2/{PROJECT_ID}/instances/{}/async-swap", instance_id(1));
        let ask = Ask::new("OPTIONS", &path).header("origin", "https://a.example");
        emulator.send(&ask.header("access-control-request-method", "PUT"))
    };
    emulator.arm(SWAP, json!({"kind": "no_cors"}));
    assert!(!allowed(&preflight()), "already the preflight is refused");
    assert!(allowed(&preflight()), "once");
    emulator.arm(SWAP, json!({"kind": "no_cors", "preflight": false}));
    assert!(allowed(&preflight()));
    let reply = emulator.swap();
    assert!(reply.status == 200 && !allowed(&reply));
    common::eventually("the swap ran", || emulator.counter("swaps_run") == 1);
}

#[test]
fn jobs_fail_hang_or_lie() {
    let emulator = quick();
    let reason = json!({"kind": "job_fail", "reason": "the standby lags"});
    emulator.arm(SWAP, reason);
    let job = emulator.job(&emulator.swap());
    assert_eq!(
        (&job["status"], &job["fail_reason"]),
        (&json!("FAIL"), &json!("the standby lags"))
    );
    assert_eq!(emulator.roles(), ["master", "slave"]);

    emulator.arm(SWAP, json!({"kind": "roles_stuck"}));
    assert_eq!(emulator.job(&emulator.swap())["status"], "SUCCESS");
    assert_eq!(emulator.roles(), ["master", "slave"]);

    emulator.arm(SWAP, json!({"kind": "roles_late", "ms": 300}));
    assert_eq!(emulator.job(&emulator.swap())["status"], "SUCCESS");
    assert_eq!(emulator.roles(), ["master", "slave"]);
    common::eventually("the roles change", || {
        emulator.roles() == ["slave", "master"]
    });
    assert_eq!(emulator.counter("swaps_run"), 1);

    emulator.arm(SWAP, json!({"kind": "job_hang"}));
    let id = emulator.swap().json()["job_id"]
        .as_str()
        .expect("a job")
        .to_owned();
    std::thread::sleep(Duration::from_millis(100));
    let job = emulator
        .call(Ask::new("GET", &format!("/v2/{PROJECT_ID}/jobs/{id}")))
        .json();
    assert_eq!(job["status"], "RUNNING");
    assert_eq!(emulator.swap().code(), "DCS.4017");
}

#[test]
fn bodies_are_endless_slow_or_huge() {
    let emulator = quick();
    emulator.arm("ShowInstance", json!({"kind": "endless_body"}));
    let reply = emulator.call(show().limit(8 * 1024 * 1024));
    assert!(reply.status == 200 && reply.end.is_none() && reply.body.len() > 7 * 1024 * 1024);

    emulator.arm(
        "ShowInstance",
        json!({"kind": "huge_body", "bytes": 3_000_001, "status": 500}),
    );
    let reply = emulator.call(show());
    assert_eq!((reply.status, reply.body.len()), (500, 3_000_001));

    emulator.arm(SWAP, json!({"kind": "slow_bytes", "ms_per_byte": 4}));
    let begun = Instant::now();
    let reply = emulator.swap();
    let least = Duration::from_millis(4) * u32::try_from(reply.body.len()).expect("small");
    assert!(reply.json()["job_id"].is_string() && begun.elapsed() >= least);
}

#[test]
fn heads_are_flooded_or_preceded_by_others() {
    let emulator = quick();
    emulator.arm(SWAP, json!({"kind": "header_flood", "count": 5000}));
    let reply = emulator.swap();
    assert!(reply.head.matches("x-flood-").count() == 5000 && reply.json()["job_id"].is_string());

    emulator.arm(SWAP, json!({"kind": "informational_1xx", "count": 2}));
    let reply = emulator.swap();
    assert_eq!(reply.status, 103);
    let rest = reply.text();
    assert!(
        rest.starts_with("HTTP/1.1 103 ") && rest.contains("HTTP/1.1 200 OK"),
        "{rest}"
    );
}

#[test]
fn an_answer_can_stay_away() {
    let emulator = quick();
    for (when, ran) in [("before", 0), ("after", 1)] {
        emulator.arm(SWAP, json!({"kind": "hang", "when": when}));
        let reply = emulator.call(swap(&instance_id(1)).patience(Duration::from_millis(200)));
        assert_eq!(
            (reply.end, reply.head.as_str()),
            (Some(ErrorKind::WouldBlock), "")
        );
        assert_eq!(emulator.last_request()["outcome"], "hung");
        common::eventually("the swap ran", || emulator.counter("swaps_run") == ran);
    }
}

#[test]
fn a_wrong_clock_refuses_right_dates_and_shows_its_own() {
    let emulator = quick();
    emulator.arm("*", json!({"kind": "clock", "offset_ms": 20 * 60 * 1000}));
    let reply = emulator.call(show());
    assert!(reply.status == 401 && reply.message().ends_with("signature expired"));
    let shown = httpdate::parse_http_date(reply.header("date").expect("a date")).expect("a date");
    let ahead = shown
        .duration_since(std::time::SystemTime::now())
        .expect("ahead")
        .as_secs();
    assert!((19 * 60..=20 * 60).contains(&ahead), "{ahead} s");
    let late = time::OffsetDateTime::now_utc() + time::Duration::minutes(20);
    let ask = show().signed_at(&emulator.address, common::KEY, late);
    assert_eq!(emulator.send(&ask).status, 200);
    emulator.admin("DELETE", "faults", Value::Null);
    assert_eq!(emulator.call(show()).status, 200);
}

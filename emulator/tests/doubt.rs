//! Faults that make a client doubt: doubled requests, other people, answers about other things.

mod common;

use std::time::Duration;

use common::{Emulator, Reply, start};
use dcs_emulator::config::instance_id;
use serde_json::{Value, json};

const SWAP: &str = "ChangeMasterStandbyAsync";
const GROUPS: &str = "ListGroupReplicationInfo";

fn quick() -> Emulator {
    start(&["--job-ms", "0"])
}

fn swap_under(emulator: &Emulator, fault: Value) -> Reply {
    emulator.arm(SWAP, fault);
    emulator.swap()
}

fn show(emulator: &Emulator) -> Reply {
    emulator.get(&format!("instances/{}", instance_id(1)))
}

#[test]
fn the_second_copy_of_a_request_is_refused_while_the_first_one_runs() {
    let emulator = quick();
    let mut ran = 0;
    for code in [
        "DCS.4026",
        "DCS.4049",
        "DCS.4096",
        "DCS.4097",
        "DCS.4111",
        "DCS.4113",
        "DCS.4114",
        "DCS.4115",
        "DCS.4116",
        "DCS.4117",
        "DCS.4118",
        "DCS.4120",
        "DCS.4121",
        "DCS.4231",
        "DCS.4975",
        "CBC.99003651",
    ] {
        let reply = swap_under(
            &emulator,
            json!({"kind": "second_copy", "error_code": code}),
        );
        assert_eq!((reply.status, reply.code().as_str()), (400, code));
        assert!(!reply.message().is_empty(), "{code}");
        ran += 1;
        common::eventually("the swap ran", || emulator.counter("swaps_run") == ran);
    }
    for status in [401, 404, 408, 409, 421, 425] {
        let fault = json!({"kind": "second_copy", "status": status, "error_code": "APIGW.0301",
            "error_msg": "replayed", "shape": "gateway"});
        let reply = swap_under(&emulator, fault);
        assert_eq!(
            (reply.status, reply.message().as_str()),
            (status, "replayed")
        );
        ran += 1;
        common::eventually("the swap ran", || emulator.counter("swaps_run") == ran);
    }
    let silent = json!({"kind": "second_copy", "no_message": true});
    let reply = swap_under(&emulator, silent);
    assert_eq!(reply.code(), "DCS.4049");
    assert!(reply.json().get("error_msg").is_none());
}

#[test]
fn a_doubled_request_is_answered_as_either_copy_would_be() {
    let emulator = start(&["--job-ms", "300"]);
    let reply = swap_under(&emulator, json!({"kind": "doubled"}));
    assert_eq!(
        (reply.status, reply.code().as_str()),
        (400, "DCS.4017"),
        "the first is at work"
    );
    common::eventually("the swap ran", || emulator.counter("swaps_run") == 1);
    assert_eq!(emulator.counter("swap_requests"), 2);
    emulator.change(json!({"job_ms": 0}));
    common::eventually("it is over", || emulator.swap().status == 200);
    common::eventually("the swap ran", || emulator.counter("swaps_run") == 2);
    let reply = swap_under(
        &emulator,
        json!({"kind": "doubled", "answer": "first", "gap_ms": 50}),
    );
    assert_eq!(emulator.job(&reply)["status"], "SUCCESS");
    assert_eq!(emulator.counter("swaps_run"), 4, "both ran");
    assert_eq!(emulator.roles(), ["master", "slave"]);
}

#[test]
fn a_swap_can_run_twice() {
    let emulator = quick();
    for answer in ["first", "second"] {
        let before = emulator.counter("swaps_run");
        let reply = swap_under(&emulator, json!({"kind": "swap_twice", "answer": answer}));
        assert_eq!(emulator.job(&reply)["status"], "SUCCESS");
        common::eventually("both ran", || emulator.counter("swaps_run") == before + 2);
        assert_eq!(emulator.roles(), ["master", "slave"], "{answer}");
    }
}

#[test]
fn somebody_swaps_back_after_the_job() {
    let emulator = quick();
    let reply = swap_under(&emulator, json!({"kind": "swap_back", "ms": 200}));
    assert_eq!(emulator.job(&reply)["status"], "SUCCESS");
    assert_eq!(emulator.roles(), ["slave", "master"]);
    common::eventually("the roles are back", || {
        emulator.roles() == ["master", "slave"]
    });
    let tasks = emulator
        .get(&format!("instances/{}/tasks", instance_id(1)))
        .json();
    assert_eq!(
        (
            &tasks["tasks"][0]["user_name"],
            &tasks["tasks"][1]["user_name"]
        ),
        (&json!("somebody"), &json!("emulator"))
    );
}

#[test]
fn somebody_swaps_before_or_after_a_request() {
    let emulator = quick();
    emulator.arm("ShowInstance", json!({"kind": "somebody_swaps"}));
    assert_eq!(show(&emulator).status, 200);
    assert_eq!(emulator.roles(), ["slave", "master"]);
    emulator.arm(GROUPS, json!({"kind": "somebody_swaps", "when": "after"}));
    assert_eq!(
        emulator.shown_roles(),
        ["slave", "master"],
        "this answer has the roles of before"
    );
    assert_eq!(emulator.roles(), ["master", "slave"]);
    let reply = swap_under(&emulator, json!({"kind": "somebody_swaps", "job_ms": 300}));
    assert_eq!(reply.code(), "DCS.4017", "somebody was faster");
    common::eventually("the other swap ran", || emulator.counter("swaps_run") == 3);
}

#[test]
fn the_list_of_roles_lags_for_one_swap() {
    let emulator = quick();
    let fault = json!({"kind": "together", "faults": [
        {"kind": "roles_lag", "ms": 60_000}, {"kind": "drop_after"}]});
    let reply = swap_under(&emulator, fault);
    assert_eq!(reply.head, "", "the answer is lost as well");
    assert_eq!(emulator.last_request()["fault"], "roles_lag+drop_after");
    common::eventually("the swap ran", || emulator.counter("swaps_run") == 1);
    std::thread::sleep(Duration::from_millis(50));
    assert_eq!(emulator.shown_roles(), ["master", "slave"]);
    assert_eq!(emulator.roles(), ["slave", "master"]);
}

#[test]
fn a_job_can_end_with_a_status_that_nobody_knows() {
    let emulator = quick();
    for status in [json!("SUCCEEDED"), json!("success"), json!(null), json!("")] {
        let before = emulator.counter("swaps_run");
        let reply = swap_under(&emulator, json!({"kind": "job_status", "status": status}));
        assert_eq!(emulator.job(&reply)["status"], status);
        assert_eq!(emulator.counter("swaps_run"), before + 1);
    }
    let open = json!({"kind": "job_status", "status": "SUCCEEDED", "end_time": false});
    let reply = swap_under(&emulator, open);
    let id = reply.json()["job_id"].as_str().expect("a job").to_owned();
    common::eventually("the status is shown", || {
        let job = emulator.get(&format!("jobs/{id}")).json();
        job["status"] == "SUCCEEDED" && job.get("end_time").is_none()
    });
}

#[test]
fn an_answer_can_be_about_something_else() {
    let emulator = quick();
    let own = emulator.shown_nodes();
    let other = emulator.admin("POST", "instances", json!({"job_ms": 0}))["instance_id"].clone();
    let about = json!({"kind": "about_another"});
    emulator.arm("ShowInstance", about.clone());
    assert_eq!(show(&emulator).json()["instance_id"], other);
    emulator.arm(GROUPS, about.clone());
    assert_ne!(emulator.shown_nodes()[0]["node_id"], own[0]["node_id"]);

    let reply = swap_under(&emulator, about.clone());
    let wrong = reply.json()["job_id"].as_str().expect("a job").to_owned();
    assert_eq!(emulator.job(&reply)["status"], "SUCCESS");
    common::eventually("the swap ran", || emulator.counter("swaps_run") == 1);
    let jobs = emulator.state()["instances"][instance_id(1)]["jobs"].clone();
    assert!(
        jobs.as_array()
            .expect("jobs")
            .iter()
            .all(|job| job["job_id"] != wrong)
    );

    let right = emulator.swap().json()["job_id"]
        .as_str()
        .expect("a job")
        .to_owned();
    emulator.arm(
        "ShowJobInfo",
        json!({"kind": "about_another", "job_status": "FAIL"}),
    );
    let job = emulator.get(&format!("jobs/{right}")).json();
    assert_eq!(job["status"], "FAIL");
    assert_ne!(job["job_id"], right);
}

#[test]
fn node_ids_can_be_missing_or_new_for_one_request() {
    let emulator = quick();
    for (value, left) in [
        ("absent", None),
        ("null", Some(json!(null))),
        ("empty", Some(json!(""))),
    ] {
        emulator.arm(GROUPS, json!({"kind": "without_node_ids", "value": value}));
        for node in emulator.shown_nodes() {
            assert_eq!(node.get("node_id"), left.as_ref(), "{value}");
            assert!(node["replication_id"].is_string());
        }
    }
    let before = emulator.shown_nodes();
    emulator.job(&swap_under(&emulator, json!({"kind": "new_node_ids"})));
    let after = emulator.shown_nodes();
    assert_ne!(before[0]["node_id"], after[0]["node_id"]);
    assert_eq!(before[0]["replication_ip"], after[0]["replication_ip"]);
    emulator.job(&emulator.swap());
    assert_eq!(
        after[0]["node_id"],
        emulator.shown_nodes()[0]["node_id"],
        "once"
    );
}

#[test]
fn a_third_node_can_appear() {
    let emulator = quick();
    emulator.arm(GROUPS, json!({"kind": "node_appears"}));
    assert_eq!(
        (emulator.shown_nodes().len(), emulator.shown_nodes().len()),
        (2, 3)
    );
    emulator.arm(
        SWAP,
        json!({"kind": "node_appears", "ms": 100, "az_code": "cn-north-4g"}),
    );
    emulator.job(&emulator.swap());
    common::eventually("it appears", || emulator.shown_nodes().len() == 4);
    assert_eq!(emulator.shown_nodes()[3]["az_code"], "cn-north-4g");
}

#[test]
fn a_refusal_after_the_swap_can_carry_a_far_date() {
    let emulator = quick();
    let fault = json!({"kind": "together", "faults": [
        {"kind": "second_copy", "status": 401, "error_code": "APIGW.0301", "shape": "gateway",
            "error_msg": "signature expired"},
        {"kind": "date", "offset_ms": 3_600_000}]});
    let reply = swap_under(&emulator, fault);
    assert_eq!(reply.status, 401);
    let date = httpdate::parse_http_date(reply.header("date").expect("a date")).expect("a date");
    let ahead = date
        .duration_since(std::time::SystemTime::now())
        .expect("ahead");
    assert!(ahead > Duration::from_secs(3500), "{ahead:?}");
    common::eventually("the swap ran", || emulator.counter("swaps_run") == 1);
    assert_eq!(
        emulator.swap().status,
        200,
        "the emulator's own clock is right"
    );
}

#[test]
fn faults_are_checked_by_name() {
    let emulator = quick();
    for (wrong, named) in [
        (json!({"fault": {"kind": "job_hang", "ms": 1}}), "ms"),
        (
            json!({"fault": {"kind": "new_node_ids", "after": 1}}),
            "after",
        ),
        (json!({"fault": {"kind": "job_status"}}), "status"),
        (
            json!({"fault": {"kind": "doubled", "answer": "third"}}),
            "third",
        ),
        (
            json!({"fault": {"kind": "second_copy", "error_code": "X.1"}}),
            "status",
        ),
        (
            json!({"fault": {"kind": "together", "faults": [{"kind": "clock", "offset_ms": 1}]}}),
            "clock",
        ),
        (
            json!({"fault": {"kind": "together", "faults": [{"kind": "hangs"}]}}),
            "hangs",
        ),
        (
            json!({"match": {"operation": "Swap"}, "fault": {"kind": "hang"}}),
            "Swap",
        ),
    ] {
        let message = emulator.refused("faults", wrong);
        assert!(message.contains(named), "{named}: {message}");
    }
    assert_eq!(emulator.state()["faults"], json!([]));
}

//! Every operation, and every way to be refused, over real sockets.

mod common;

use common::{Ask, start, swap};
use dcs_emulator::config::{PROJECT_ID, instance_id};
use serde_json::{Value, json};

fn get(path: &str) -> Ask {
    Ask::new("GET", &format!("/v2/{PROJECT_ID}/{path}"))
}

#[test]
fn a_swap_exchanges_the_roles_once() {
    let emulator = start(&["--job-ms", "50"]);
    assert_eq!(emulator.roles(), ["master", "slave"]);
    let reply = emulator.swap();
    assert_eq!(reply.status, 200, "{}", reply.text());
    assert_eq!(reply.json().as_object().map(serde_json::Map::len), Some(1));
    let job = emulator.job(&reply);
    assert_eq!(
        (&job["status"], &job["job_type"]),
        (&json!("SUCCESS"), &json!("masterStandbySwapJob"))
    );
    let time = |key: &str| {
        job[key]
            .as_str()
            .and_then(|t| t.parse::<u64>().ok())
            .expect("a time")
    };
    assert!(time("end_time") - time("begin_time") >= 50);
    assert_eq!(emulator.roles(), ["slave", "master"]);
    assert_eq!(
        (
            emulator.counter("swap_requests"),
            emulator.counter("swaps_run")
        ),
        (1, 1)
    );
}

#[test]
fn a_job_passes_through_its_states_and_keeps_the_instance() {
    let emulator = start(&["--job-ms", "500"]);
    let reply = emulator.swap();
    let id = reply.json()["job_id"].as_str().expect("a job").to_owned();
    let first = emulator.call(get(&format!("jobs/{id}"))).json();
    assert_eq!(first["status"], "INIT");
    assert!(first.get("end_time").is_none());
    let second = emulator.swap();
    assert_eq!((second.status, second.code().as_str()), (400, "DCS.4017"));
    let mut seen = vec!["INIT".to_owned()];
    common::eventually("the job ends", || {
        let job = emulator.call(get(&format!("jobs/{id}"))).json();
        let status = job["status"].as_str().expect("a status").to_owned();
        if seen.last() != Some(&status) {
            seen.push(status);
        }
        job["end_time"].is_string()
    });
    assert_eq!(seen, ["INIT", "RUNNING", "SUCCESS"]);
    assert_eq!(
        (
            emulator.counter("swaps_run"),
            emulator.counter("swaps_refused")
        ),
        (1, 1)
    );
}

#[test]
fn the_synchronous_swap_answers_when_it_is_done() {
    let emulator = start(&["--job-ms", "50"]);
    let path = format!("/v2/{PROJECT_ID}/instances/{}/swap", instance_id(1));
    let reply = emulator.call(Ask::new("POST", &path));
    assert_eq!((reply.status, reply.body.len()), (204, 0));
    assert_eq!(emulator.roles(), ["slave", "master"]);
}

#[test]
fn instances_are_shown_and_listed() {
    let emulator = start(&["--variety", "--instances", "2"]);
    let shown = emulator
        .call(get(&format!("instances/{}", instance_id(1))))
        .json();
    assert_eq!(
        (&shown["cache_mode"], &shown["status"]),
        (&json!("ha"), &json!("RUNNING"))
    );
    let list = |query: &str| {
        let reply = emulator.call(get(&format!("instances?{query}")));
        assert_eq!(reply.status, 200, "{}", reply.text());
        let json = reply.json();
        let names: Vec<String> = json["instances"]
            .as_array()
            .expect("a list")
            .iter()
            .map(|i| i["name"].as_str().expect("a name").to_owned())
            .collect();
        (json["instance_num"].as_u64().expect("a number"), names)
    };
    assert_eq!(list("").0, 8);
    assert_eq!(list("").1.len(), 8);
    let (number, page) = list("offset=1&limit=2");
    assert_eq!(
        (number, page),
        (
            8,
            vec!["dcs-emulator-2".to_owned(), "dcs-single".to_owned()]
        )
    );
    assert_eq!(list("offset=99").1.len(), 0);
    assert_eq!(list("status=RESTARTING").1, ["dcs-restarting"]);
    assert_eq!(list("name=rw-spl").1, ["dcs-rw-split"]);
    assert_eq!(list("name=rw-spl&name_equal=true").1.len(), 0);
    assert_eq!(
        list(&format!("instance_id={}", instance_id(3))).1,
        ["dcs-single"]
    );
    let items = emulator.call(get("instances")).json();
    assert!(
        items["instances"]
            .as_array()
            .expect("a list")
            .iter()
            .all(|i| i.get("cache_mode").is_none())
    );
    for wrong in [
        "limit=0",
        "limit=x",
        "offset=-1",
        "capacity=much",
        "name_equal=perhaps",
    ] {
        let reply = emulator.call(get(&format!("instances?{wrong}")));
        assert_eq!(
            (reply.status, reply.code().as_str()),
            (400, "DCS.4062"),
            "{wrong}"
        );
        assert!(
            reply
                .message()
                .contains(wrong.split('=').next().expect("a name")),
            "{wrong}"
        );
    }
}

#[test]
fn groups_tell_the_roles() {
    let emulator = start(&["--variety"]);
    let groups = |n: usize| {
        emulator
            .call(get(&format!("instance/{}/groups", instance_id(n))))
            .json()
    };
    let pair = groups(1);
    assert_eq!(pair["group_count"], 1);
    let roles = |list: &Value, at: usize| {
        let nodes = list["group_list"][at]["replication_list"]
            .as_array()
            .expect("nodes")
            .clone();
        nodes
            .iter()
            .map(|n| n["replication_role"].clone())
            .collect::<Vec<_>>()
    };
    assert_eq!(roles(&pair, 0), [json!("master"), json!("slave")]);
    assert_eq!(roles(&groups(2), 0), [json!("master")]);
    assert_eq!(groups(3)["group_count"], 3);
    let down = groups(7);
    assert_eq!(
        down["group_list"][0]["replication_list"][1]["status"],
        "Inactive"
    );
}

#[test]
fn what_cannot_be_swapped_is_refused_with_the_published_code() {
    let emulator = start(&["--variety", "--job-ms", "0"]);
    let expected = [
        (2, "DCS.4086"),
        (3, "DCS.4086"),
        (4, "DCS.4086"),
        (6, "DCS.4049"),
    ];
    for (n, code) in expected {
        let reply = emulator.call(swap(&instance_id(n)));
        assert_eq!(
            (reply.status, reply.code().as_str()),
            (400, code),
            "instance {n}"
        );
    }
    assert_eq!(
        emulator.job(&emulator.call(swap(&instance_id(5))))["status"],
        "SUCCESS"
    );
    let job = emulator.job(&emulator.call(swap(&instance_id(7))));
    assert_eq!(
        (&job["status"], &job["fail_reason"]),
        (&json!("FAIL"), &json!("no active standby node"))
    );
}

#[test]
fn wrong_addresses_have_the_codes_of_the_service() {
    let emulator = start(&[]);
    let id = instance_id(1);
    let cases = [
        (
            "PUT",
            format!("/v2/short/instances/{id}/async-swap"),
            400,
            "DCS.4002",
        ),
        (
            "PUT",
            format!("/v2/{PROJECT_ID}/instances/short/async-swap"),
            400,
            "DCS.4061",
        ),
        (
            "PUT",
            format!("/v2/{}/instances/{id}/async-swap", "f".repeat(32)),
            401,
            "DCS.1004",
        ),
        (
            "GET",
            format!("/v2/{PROJECT_ID}/instances/{}", instance_id(99)),
            404,
            "DCS.3022",
        ),
        (
            "GET",
            format!("/v2/{PROJECT_ID}/jobs/short"),
            400,
            "DCS.4070",
        ),
        (
            "GET",
            format!("/v2/{PROJECT_ID}/jobs/{}", "0".repeat(32)),
            404,
            "DCS.4001",
        ),
        ("GET", format!("/v2/{PROJECT_ID}/nothing"), 404, "DCS.4001"),
        (
            "GET",
            format!("/v2/{PROJECT_ID}/instances/{id}/async-swap"),
            405,
            "DCS.5001",
        ),
    ];
    for (method, path, status, code) in cases {
        let reply = emulator.call(Ask::new(method, &path));
        assert_eq!(
            (reply.status, reply.code().as_str()),
            (status, code),
            "{method} {path}"
        );
        assert!(reply.json()["error_ext_msg"].is_null());
        assert!(reply.header("x-request-id").is_some() && reply.header("date").is_some());
    }
    let other = swap(&id).header("x-project-id", &"f".repeat(32));
    assert_eq!(emulator.call(other).code(), "DCS.1004");
    let same = swap(&id).header("x-project-id", PROJECT_ID);
    assert_eq!(emulator.call(same).status, 200);
}

#[test]
fn the_older_form_of_codes_can_be_had() {
    let emulator = start(&["--codes", "nine-digit"]);
    let reply = emulator.call(get(&format!("instances/{}", instance_id(99))));
    assert_eq!((reply.status, reply.code().as_str()), (404, "111404022"));
}

#[test]
fn other_origins_may_call_and_read() {
    let emulator = start(&[]);
    let path = format!("/v2/{PROJECT_ID}/instances/{}/async-swap", instance_id(1));
    let reply = emulator.send(
        &Ask::new("OPTIONS", &path)
            .header("origin", "https://console.example")
            .header("access-control-request-method", "PUT")
            .header("access-control-request-headers", "authorization,x-sdk-date"),
    );
    assert_eq!(reply.status, 204);
    assert_eq!(reply.header("access-control-allow-origin"), Some("*"));
    assert_eq!(
        reply.header("access-control-allow-headers"),
        Some("authorization,x-sdk-date")
    );
    assert!(
        reply
            .header("access-control-allow-methods")
            .is_some_and(|m| m.contains("PUT"))
    );
    let refused = emulator.send(&Ask::new("PUT", &path));
    assert_eq!(
        (
            refused.status,
            refused.header("access-control-allow-origin")
        ),
        (401, Some("*"))
    );
    assert!(
        refused
            .header("access-control-expose-headers")
            .is_some_and(|h| h.contains("X-Request-Id"))
    );
}

#[test]
fn a_reset_forgets_everything() {
    let emulator = start(&["--job-ms", "0"]);
    emulator.job(&emulator.swap());
    emulator.arm("*", json!({"kind": "drop_before"}));
    emulator.arm("*", json!({"kind": "clock", "offset_ms": 5000}));
    let made = emulator.admin(
        "POST",
        "instances",
        json!({"name": "more", "cache_mode": "single"}),
    );
    assert_eq!(
        emulator.state()["instances"][made["instance_id"].as_str().expect("an id")]["cache_mode"],
        "single"
    );
    emulator.admin("POST", "reset", json!({}));
    let state = emulator.state();
    assert_eq!(
        state["instances"].as_object().map(serde_json::Map::len),
        Some(1)
    );
    assert_eq!(
        (&state["faults"], &state["clock_offset_ms"]),
        (&json!([]), &json!(0))
    );
    assert_eq!(state["counters"]["requests"], 0);
    assert_eq!(emulator.roles(), ["master", "slave"]);
}

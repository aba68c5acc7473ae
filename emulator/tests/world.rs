//! What an instance, its nodes and its tasks can be like, as the real service has them.

mod common;

use std::time::{Duration, Instant};

use common::{Emulator, start};
use dcs_emulator::config::instance_id;
use serde_json::{Value, json};

fn quick() -> Emulator {
    start(&["--job-ms", "0"])
}

fn show(emulator: &Emulator) -> Value {
    emulator
        .get(&format!("instances/{}", instance_id(1)))
        .json()
}

#[test]
fn a_list_holds_ten_instances_unless_told_otherwise() {
    let emulator = start(&["--instances", "23"]);
    let list = |query: &str| {
        let json = emulator.get(&format!("instances{query}")).json();
        let names: Vec<String> = json["instances"]
            .as_array()
            .expect("a list")
            .iter()
            .map(|i| i["name"].as_str().expect("a name").to_owned())
            .collect();
        assert_eq!(json["instance_num"], 23);
        names
    };
    assert_eq!(list("").len(), 10);
    assert_eq!(
        list("?offset=10").first().map(String::as_str),
        Some("dcs-emulator-11")
    );
    assert_eq!(list("?offset=20").len(), 3);
    assert_eq!(list("?offset=23").len(), 0);
    assert_eq!(list("?limit=1000").len(), 23);
}

#[test]
fn every_status_can_be_set_and_only_running_can_be_swapped() {
    let emulator = quick();
    for status in [
        "CREATING",
        "CREATEFAILED",
        "ERROR",
        "RESTARTING",
        "FROZEN",
        "EXTENDING",
        "RESTORING",
        "FLUSHING",
        "CLOSING",
        "STARTING",
        "CLOSED",
        "DELETED",
        "UPGRADING",
        "ROLLBACKING",
        "IPEXCHANGING",
        "PAYING",
        "FREEZING",
        "MIGRATING",
    ] {
        emulator.change(json!({"status": status}));
        assert_eq!(show(&emulator)["status"], status);
        assert_eq!(emulator.swap().code(), "DCS.4049", "{status}");
    }
    emulator.change(json!({"status": "RUNNING"}));
    assert_eq!(emulator.swap().status, 200);
}

#[test]
fn a_swap_is_refused_while_a_task_is_at_work() {
    let emulator = quick();
    assert!(show(&emulator)["task"].is_null());
    for (task, code) in [
        ("BACKUPING", "DCS.4096"),
        ("EXTENDING", "DCS.4113"),
        ("OTHER", "DCS.4026"),
    ] {
        emulator.change(json!({"task": task}));
        let shown = show(&emulator);
        assert_eq!(
            (&shown["task"], &shown["status"]),
            (&json!(task), &json!("RUNNING"))
        );
        let reply = emulator.swap();
        assert_eq!((reply.status, reply.code().as_str()), (400, code));
    }
    for code in [
        "DCS.4121",
        "DCS.4231",
        "DCS.4975",
        "CBC.99003651",
        "DCS.4120",
    ] {
        emulator.change(json!({"busy_code": code}));
        let reply = emulator.swap();
        assert_eq!((reply.status, reply.code().as_str()), (400, code));
        assert!(!reply.message().is_empty());
    }
    assert_eq!(emulator.counter("swaps_run"), 0);
    emulator.change(json!({"task": null}));
    assert_eq!(emulator.swap().status, 200);
}

#[test]
fn a_swap_shows_a_task_of_its_own_where_it_is_set() {
    let emulator = start(&["--job-ms", "400"]);
    emulator.change(json!({"swap_task": "SWAPPING"}));
    assert!(show(&emulator)["task"].is_null());
    let reply = emulator.swap();
    assert_eq!(show(&emulator)["task"], "SWAPPING");
    emulator.job(&reply);
    common::eventually("the task ends", || show(&emulator)["task"].is_null());
}

#[test]
fn the_maintenance_window_can_be_set() {
    let emulator = quick();
    emulator.change(json!({"maintain_begin": "22:00:00", "maintain_end": null}));
    let shown = show(&emulator);
    assert_eq!(shown["maintain_begin"], "22:00:00");
    assert!(shown["maintain_end"].is_null());
}

#[test]
fn a_wrong_setting_is_refused_by_name() {
    let emulator = quick();
    let path = format!("instances/{}", instance_id(1));
    for (wrong, named) in [
        (json!({"taks": "X"}), "taks"),
        (json!({"busy_code": "DCS.0"}), "busy_code"),
        (json!({"roles_lag_ms": "long"}), "roles_lag_ms"),
    ] {
        assert!(emulator.refused(&path, wrong).contains(named));
    }
    assert!(
        emulator
            .refused("instances", json!({"taks": "X"}))
            .contains("taks")
    );
    assert!(
        emulator
            .refused("permissions", json!({"denied": ["Swap"]}))
            .contains("Swap")
    );
    assert!(
        emulator
            .refused(&format!("{path}/nodes"), json!({"zone": "a"}))
            .contains("zone")
    );
    assert!(
        emulator
            .refused(&format!("{path}/tasks"), json!({"nam": "a"}))
            .contains("nam")
    );
    assert!(
        emulator
            .refused(&format!("{path}/swap"), json!({"ms": 1}))
            .contains("ms")
    );
    assert!(
        emulator
            .refused("instances/none/swap", json!({}))
            .contains("none")
    );
}

#[test]
fn roles_can_lag_behind_a_finished_job() {
    let emulator = quick();
    emulator.change(json!({"roles_lag_ms": 400}));
    emulator.job(&emulator.swap());
    let begun = Instant::now();
    assert_eq!(emulator.roles(), ["slave", "master"], "what is true");
    assert_eq!(emulator.shown_roles(), ["master", "slave"], "what is shown");
    common::eventually("the roles follow", || {
        emulator.shown_roles() == ["slave", "master"]
    });
    assert!(begun.elapsed() >= Duration::from_millis(300));
    assert_eq!(emulator.counter("swaps_run"), 1);
}

#[test]
fn there_can_be_more_standbys_and_one_more_can_appear() {
    let emulator = quick();
    let path = format!("instances/{}", instance_id(1));
    emulator.admin(
        "POST",
        &format!("{path}/nodes"),
        json!({"az_code": "cn-north-4c"}),
    );
    let nodes = emulator.shown_nodes();
    assert_eq!(nodes.len(), 3);
    assert_eq!(
        (
            &nodes[2]["replication_role"],
            &nodes[2]["az_code"],
            &nodes[2]["status"]
        ),
        (&json!("slave"), &json!("cn-north-4c"), &json!("Active"))
    );
    emulator.change(json!({"next_master": nodes[2]["replication_ip"]}));
    emulator.job(&emulator.swap());
    assert_eq!(emulator.shown_roles(), ["slave", "slave", "master"]);
    emulator.change(json!({"next_master": nodes[1]["node_id"]}));
    emulator.job(&emulator.swap());
    assert_eq!(emulator.shown_roles(), ["slave", "master", "slave"]);
    let ids: std::collections::HashSet<String> =
        nodes.iter().map(|n| n["node_id"].to_string()).collect();
    assert_eq!(ids.len(), 3);

    let made = emulator.admin(
        "POST",
        "instances",
        json!({"replica_count": 4, "job_ms": 0}),
    );
    let id = made["instance_id"].as_str().expect("an id").to_owned();
    let groups = emulator.get(&format!("instance/{id}/groups")).json();
    let list = groups["group_list"][0]["replication_list"]
        .as_array()
        .map(Vec::len);
    assert_eq!(list, Some(4));
}

#[test]
fn node_ids_can_change_with_a_swap_while_addresses_stay() {
    let emulator = quick();
    emulator.change(json!({"node_ids": "new"}));
    let before = emulator.shown_nodes();
    emulator.job(&emulator.swap());
    let after = emulator.shown_nodes();
    for (old, new) in before.iter().zip(&after) {
        assert_ne!(old["node_id"], new["node_id"]);
        assert_ne!(old["replication_id"], new["replication_id"]);
        assert_eq!(old["replication_ip"], new["replication_ip"]);
    }
    assert_eq!(emulator.shown_roles(), ["slave", "master"]);
}

#[test]
fn somebody_else_can_swap_now_or_later() {
    let emulator = quick();
    let path = format!("instances/{}/swap", instance_id(1));
    emulator.admin("POST", &path, json!({}));
    assert_eq!(emulator.roles(), ["slave", "master"]);
    emulator.admin("POST", &path, json!({"after_ms": 100, "job_ms": 50}));
    assert_eq!(emulator.roles(), ["slave", "master"]);
    common::eventually("the roles change", || {
        emulator.roles() == ["master", "slave"]
    });
    assert_eq!(emulator.tasks("")["tasks"][0]["user_name"], "somebody");
    emulator.admin("POST", &path, json!({"job_ms": 60_000}));
    assert_eq!(emulator.swap().code(), "DCS.4017");
    assert_eq!(
        emulator.counter("swap_requests"),
        1,
        "only the caller's requests count"
    );
}

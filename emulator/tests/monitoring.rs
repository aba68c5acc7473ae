//! What others tell of an instance: its background tasks, and Cloud Eye's figures.

mod common;

use common::{Ask, Emulator, start};
use dcs_emulator::config::{PROJECT_ID, instance_id};
use serde_json::json;

const TASKS: &str = "ListBackgroundTask";

fn quick() -> Emulator {
    start(&["--job-ms", "0"])
}

#[test]
fn a_swap_begins_a_task() {
    let emulator = quick();
    assert_eq!(emulator.tasks(""), json!({"task_count": "0", "tasks": []}));
    let reply = emulator.swap();
    emulator.job(&reply);
    let list = emulator.tasks("");
    let task = &list["tasks"][0];
    assert_eq!(list["task_count"], "1");
    assert_eq!(
        (&task["name"], &task["status"], &task["user_name"]),
        (
            &json!("masterStandbySwapJob"),
            &json!("SUCCESS"),
            &json!("emulator")
        )
    );
    assert_eq!(task["job_id"], reply.json()["job_id"]);
    assert!(
        task["created_at"]
            .as_str()
            .is_some_and(|t| t.len() == 24 && t.ends_with('Z'))
    );
    emulator.arm("ChangeMasterStandbyAsync", json!({"kind": "job_fail"}));
    emulator.job(&emulator.swap());
    assert_eq!(emulator.tasks("limit=1")["tasks"][0]["status"], "FAIL");
}

#[test]
fn tasks_are_paged_and_chosen_by_time() {
    let emulator = quick();
    let path = format!("instances/{}/tasks", instance_id(1));
    // 2026-01-02T03:04:00Z and the seconds after it.
    const FIRST: i64 = 1_767_323_040_000;
    for n in 0..15_i64 {
        let new = json!({"name": format!("task{n}"), "status": "SUCCESS", "user_name": "li.lei",
            "created_ms": FIRST + n * 1000 + 500});
        emulator.admin("POST", &path, new);
    }
    let names = |query: &str| {
        let list = emulator.tasks(query);
        let names: Vec<String> = list["tasks"]
            .as_array()
            .expect("a list")
            .iter()
            .map(|t| t["name"].as_str().expect("a name").to_owned())
            .collect();
        (
            list["task_count"].as_str().expect("a count").to_owned(),
            names,
        )
    };
    let (count, page) = names("");
    assert_eq!(
        (count.as_str(), page.len(), page[0].as_str()),
        ("15", 10, "task14")
    );
    assert_eq!(names("offset=10").1.len(), 5);
    assert_eq!(names("offset=1&limit=1").1, ["task13"]);
    let (count, page) = names("start_time=20260102030402&end_time=20260102030404");
    assert_eq!(
        (count.as_str(), page),
        ("3", vec!["task4".into(), "task3".into(), "task2".into()])
    );
    for wrong in [
        "start_time=2026-01-02",
        "end_time=x",
        "limit=0",
        "offset=-1",
    ] {
        let reply = emulator.get(&format!("{path}?{wrong}"));
        assert_eq!(
            (reply.status, reply.code().as_str()),
            (400, "DCS.4062"),
            "{wrong}"
        );
    }
}

#[test]
fn a_task_may_appear_late_and_may_not_be_read_by_everyone() {
    let emulator = quick();
    emulator.change(json!({"task_delay_ms": 300}));
    emulator.job(&emulator.swap());
    assert_eq!(emulator.tasks("")["task_count"], "0");
    common::eventually("the task appears", || {
        emulator.tasks("")["task_count"] == "1"
    });

    let path = format!("/v2/{PROJECT_ID}/instances/{}/tasks", instance_id(1));
    emulator.admin("POST", "permissions", json!({"denied": [TASKS]}));
    let reply = emulator.call(Ask::new("GET", &path));
    assert_eq!((reply.status, reply.code().as_str()), (403, "DCS.3003"));
    assert_eq!(emulator.swap().status, 200);
    emulator.admin("POST", "permissions", json!({"denied": []}));
    assert_eq!(emulator.call(Ask::new("GET", &path)).status, 200);

    emulator.admin(
        "POST",
        "credentials",
        json!({"ak": "LITTLE", "sk": "s", "denied": [TASKS]}),
    );
    let little = Ask::new("GET", &path).signed(&emulator.address, ("LITTLE", "s"));
    assert_eq!(emulator.send(&little).status, 403);
}

#[test]
fn cloud_eye_tells_the_replication_gap_of_a_standby() {
    let emulator = quick();
    let nodes = emulator.shown_nodes();
    let points = emulator.gap(&nodes[1], "1");
    assert_eq!(points.as_array().map(Vec::len), Some(10), "one a minute");
    assert_eq!(
        points[0],
        json!({"max": 0, "timestamp": 1_767_323_100_000_i64, "unit": "B"})
    );
    assert_eq!(
        emulator.gap(&nodes[1], "300").as_array().map(Vec::len),
        Some(2)
    );
    assert_eq!(
        emulator.gap(&nodes[0], "1"),
        json!([]),
        "a master is behind nobody"
    );
    emulator.change(json!({"replication_gap_bytes": 4096}));
    assert_eq!(emulator.gap(&nodes[1], "1")[0]["max"], 4096);
    emulator.change(
        json!({"node_gaps": {(nodes[1]["replication_ip"].as_str().expect("an address")): 7}}),
    );
    assert_eq!(emulator.gap(&nodes[1], "1")[0]["max"], 7);
    emulator.change(json!({"node_gaps": {}, "replication_gap_bytes": null}));
    assert_eq!(emulator.gap(&nodes[1], "1"), json!([]));
}

#[test]
fn cloud_eye_needs_every_parameter_and_both_dimensions() {
    let emulator = quick();
    let right = [
        "namespace=SYS.DCS",
        "metric_name=ms_repl_offset",
        "dim.0=dcs_instance_id,x",
        "from=0",
        "to=60000",
        "period=1",
        "filter=average",
    ];
    let ask = |parts: &[&str]| {
        let path = format!("/V1.0/{PROJECT_ID}/metric-data?{}", parts.join("&"));
        emulator.call(Ask::new("GET", &path))
    };
    assert_eq!(
        ask(&right).json()["datapoints"],
        json!([]),
        "one dimension is not enough"
    );
    for at in 0..right.len() {
        let mut parts = right.to_vec();
        let gone = parts.remove(at);
        let reply = ask(&parts);
        assert_eq!(reply.status, 400, "without {gone}");
        let name = gone.split('=').next().expect("a name");
        assert!(reply.text().contains(name), "{name}: {}", reply.text());
    }
    for (at, wrong) in [
        (3, "from=60000"),
        (5, "period=2"),
        (6, "filter=middle"),
        (2, "dim.0=x"),
    ] {
        let mut parts = right.to_vec();
        parts[at] = wrong;
        assert_eq!(ask(&parts).status, 400, "{wrong}");
    }
    let unsigned = Ask::new("GET", &format!("/V1.0/{PROJECT_ID}/metric-data"));
    assert_eq!(emulator.send(&unsigned).status, 401);
}

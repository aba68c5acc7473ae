//! What the core reads of an answer, and what is named as that.

use super::*;

/// What the core reads of an answer, written out.
type Reading = fn(&Json) -> String;

/// An answer of each operation with every member that the core reads, and others.
fn answers() -> Vec<(&'static Operation, Json, Reading)> {
    let instance = format!(
        r#""instance_id":"{INSTANCE}","name":"x","status":"RUNNING","cache_mode":"ha","task":"BACKUPING","engine":"Redis",
            "engine_version":"6.0","maintain_begin":"02:00:00","maintain_end":"06:00:00","tags":[{{"key":"status"}}]"#
    );
    let item =
        r#"{"instance_id":"i","status":"RUNNING","spec_code":"redis.ha.xu1","ip":"10.0.0.1"}"#;
    let node = r#"{"node_id":"n","replication_id":"r","replication_role":"master","status":"Active","replication_ip":"10.0.0.1",
        "az_code":"az1","is_replication":false,"dimensions":[{"name":"dcs_instance_id","value":"i"}]}"#;
    vec![
        (
            &change_master_standby_async::OPERATION,
            args(r#"{"job_id":"j","x":1}"#),
            |json| format!("{:?}", change_master_standby_async::job_id(json)),
        ),
        (
            &show_job_info::OPERATION,
            args(r#"{"job_id":"j","status":"FAIL","fail_reason":"why","begin_time":"x"}"#),
            |json| format!("{:?}", Job::read(json)),
        ),
        (
            &show_instance::OPERATION,
            args(&format!("{{{instance}}}")),
            |json| format!("{:?}", Instance::read(json)),
        ),
        (
            &list_instances::OPERATION,
            args(&format!(
                r#"{{"instance_num":2,"instances":[{{{instance}}},{item}]}}"#
            )),
            |json| {
                let items = json.list("instances", "").unwrap_or_default();
                let read: Vec<_> = items.iter().map(Instance::read).collect();
                format!("{:?} {read:?}", json.get("instance_num"))
            },
        ),
        (
            &list_group_replication_info::OPERATION,
            args(&format!(
                r#"{{"group_list":[{{"group_id":"g","replication_list":[{node}]}}]}}"#
            )),
            |json| format!("{:?}", Node::read_groups(json)),
        ),
        (
            &list_background_task::OPERATION,
            args(
                r#"{"tasks":[{"id":"t","name":"n","status":"s","job_id":"j","created_at":"c","details":{"x":1}}],"task_count":"1","x":1}"#,
            ),
            |json| {
                let tasks = BackgroundTask::read_list(json);
                format!("{:?} {tasks:?}", BackgroundTask::count(json))
            },
        ),
        (
            &list_projects::OPERATION,
            args(&format!(
                r#"{{"projects":[{{"id":"{PROJECT}","name":"x"}}],"links":{{}}}}"#
            )),
            |json| format!("{:?}", list_projects::only_project(json, "x")),
        ),
        (
            &show_metric_data::OPERATION,
            args(
                r#"{"datapoints":[{"max":1,"timestamp":2,"unit":"b"},{"max":3,"timestamp":9}],"metric_name":"x"}"#,
            ),
            |json| format!("{:?}", show_metric_data::newest(json)),
        ),
    ]
}

/// A value with the members of these names alone, at whatever level.
fn only(json: &Json, names: &[&str]) -> Json {
    match json {
        Json::Array(items) => Json::Array(items.iter().map(|item| only(item, names)).collect()),
        Json::Object(members) => Json::Object(
            members
                .iter()
                .filter(|(name, _)| names.contains(&name.as_str()))
                .map(|(name, value)| (name.clone(), only(value, names)))
                .collect(),
        ),
        other => other.clone(),
    }
}

/// What does not cross into wasm must change nothing; and what need not cross does not.
#[test]
fn the_members_of_an_answer_are_those_that_are_read() {
    let answers = answers();
    let with_answer = OPERATIONS
        .iter()
        .filter(|operation| matches!(operation.answer, Answer::Json { .. }));
    for operation in with_answer {
        let known = answers.iter().any(|(own, ..)| own == operation);
        assert!(known, "{} has no answer in this test", operation.name);
    }
    for (operation, answer, read) in answers {
        let names: Vec<&str> = operation.answer.members().split(' ').collect();
        let whole = read(&answer);
        assert_eq!(read(&only(&answer, &names)), whole, "{}", operation.name);
        for name in &names {
            let others: Vec<&str> = names
                .iter()
                .copied()
                .filter(|other| other != name)
                .collect();
            let without = read(&only(&answer, &others));
            // An item of a list has its mode elsewhere than an instance, and shares the members.
            let of_list = ["instance_num", "instances", "spec_code"].contains(name);
            if !(of_list && operation.name == "showInstance") {
                assert_ne!(without, whole, "{}: {name} is not read", operation.name);
            }
        }
    }
}

//! The check alone: answers given by hand, and what it decides.

use huaweicloud_dcs::error::{Error, Outcome};
use huaweicloud_dcs::json::Json;
use huaweicloud_dcs::operation::Request;
use huaweicloud_dcs::switchover::{
    Answer, Decision, Event, Goal, Next, Options, Plan, Sent, Switchover,
};
use huaweicloud_dcs::time::Now;
use service_model::{INSTANCE, refusal};

/// 2026-01-02, 03:04:05 UTC.
const NOW: Now = Now {
    monotonic_ms: 5,
    unix_ms: 1_767_323_045_000,
};

/// What the service says.
struct Answers {
    instance: String,
    tasks: String,
    roles: String,
    gap: String,
}

fn answers() -> Answers {
    Answers {
        instance: format!(
            r#"{{"instance_id":"{INSTANCE}","status":"RUNNING","cache_mode":"ha","engine":"Redis","engine_version":"6.0",
                "maintain_begin":"02:00:00","maintain_end":"06:00:00","task":null}}"#
        ),
        tasks: r#"{"tasks":[{"id":"t","name":"masterStandbySwapJob","status":"SUCCESS"}]}"#
            .to_owned(),
        roles: roles(&[
            ("a", "master", "Active", "z1"),
            ("b", "slave", "Active", "z2"),
        ]),
        gap: gap(1_767_323_000_000, 100),
    }
}

fn gap(at: i64, bytes: i64) -> String {
    format!(r#"{{"datapoints":[{{"timestamp":{at},"max":{bytes},"unit":"byte"}}]}}"#)
}

fn roles(nodes: &[(&str, &str, &str, &str)]) -> String {
    let nodes = nodes.iter().map(|(id, role, status, zone)| {
        format!(
            r#"{{"node_id":"{id}","replication_role":"{role}","status":"{status}","az_code":"{zone}",
                "dimensions":[{{"name":"dcs_instance_id","value":"{INSTANCE}"}},{{"name":"dcs_cluster_redis_node","value":"{id}"}}]}}"#
        )
    });
    let nodes = nodes.collect::<Vec<_>>().join(",");
    format!(r#"{{"group_list":[{{"replication_list":[{nodes}]}}]}}"#)
}

/// What the check decides, and the paths that it asked for.
fn check(answers: &Answers, options: Options) -> (Plan, Vec<String>) {
    check_with(options, |request| {
        Ok(match request.operation().name {
            "showInstance" => answers.instance.clone(),
            "listBackgroundTask" => answers.tasks.clone(),
            "showMetricData" => answers.gap.clone(),
            _ => answers.roles.clone(),
        })
    })
}

fn check_with(
    options: Options,
    mut answer: impl FnMut(&Request) -> Result<String, Error>,
) -> (Plan, Vec<String>) {
    let mut check = Switchover::check(INSTANCE, options, NOW).unwrap();
    let mut paths = Vec::new();
    loop {
        match check.next(NOW) {
            Next::Done => return (check.plan(), paths),
            Next::Call { request, fresh } => {
                assert!(fresh.is_none(), "a check sends no swap");
                paths.push(request.path_and_query("p"));
                let result =
                    answer(&request).map(|text| serde_json::from_str::<Json>(&text).unwrap());
                let sent = Sent {
                    outcome: Outcome::Accepted,
                    doubt: None,
                    attempts: 1,
                };
                check.handle(
                    Event::Answer(Answer {
                        result,
                        sent,
                        date_ms: None,
                    }),
                    NOW,
                );
            }
            other => panic!("{other:?}"),
        }
    }
}

#[test]
fn an_instance_at_rest_can_be_swapped() {
    let (plan, paths) = check(&answers(), Options::default());
    assert_eq!(plan.decision, Decision::Swap, "{}", plan.reason);
    assert_eq!(plan.reason, "master is a, to be taken over by b (z2)");
    let json = plan.to_json(INSTANCE);
    assert_eq!(
        json.get("master").and_then(|master| master.str("nodeId")),
        Some("a")
    );
    assert_eq!(json.str("result"), Some("swap"));
    assert_eq!(paths.len(), 3, "{paths:?}");
    assert!(paths[1].ends_with("/tasks?limit=100"), "{paths:?}");
}

#[test]
fn what_cannot_be_swapped_is_not_sent() {
    let instance = |from: &str, to: &str| Answers {
        instance: answers().instance.replace(from, to),
        ..answers()
    };
    let nodes = |nodes: &[(&str, &str, &str, &str)]| Answers {
        roles: roles(nodes),
        ..answers()
    };
    let two_groups = r#"{"group_list":[{"replication_list":[]},{"replication_list":[]}]}"#;
    for (answers, part) in [
        (
            instance("RUNNING", "RESTARTING"),
            "is RESTARTING, not RUNNING",
        ),
        (instance("RUNNING", "PAYING"), "is PAYING, not RUNNING"),
        (
            instance("\"task\":null", "\"task\":\"BACKUPING\""),
            "a task at work: BACKUPING",
        ),
        (instance("\"ha\"", "\"cluster\""), "of mode cluster"),
        (instance("\"ha\"", "\"single\""), "of mode single"),
        (
            instance("6.0", "3.0"),
            "the roles of Redis 3.0 cannot be read; changeMasterStandbyAsync",
        ),
        (
            instance("Redis", "Memcached"),
            "the roles of Memcached 6.0 cannot be read",
        ),
        (
            Answers {
                tasks: r#"{"tasks":[{"id":"t","name":"backupJob","status":"EXECUTING"}]}"#
                    .to_owned(),
                ..answers()
            },
            "another task is at work: backupJob (EXECUTING)",
        ),
        (
            Answers {
                roles: two_groups.to_owned(),
                ..answers()
            },
            "one group of nodes",
        ),
        (
            nodes(&[("a", "master", "Active", "z1")]),
            "no active standby",
        ),
        (
            nodes(&[
                ("a", "master", "Active", "z1"),
                ("b", "slave", "Inactive", "z2"),
            ]),
            "no active standby",
        ),
        (
            nodes(&[
                ("a", "slave", "Active", "z1"),
                ("b", "slave", "Active", "z2"),
            ]),
            "no single master",
        ),
        (
            nodes(&[
                ("a", "master", "Active", "z1"),
                ("b", "master", "Active", "z2"),
            ]),
            "no single master",
        ),
    ] {
        let (plan, _) = check(&answers, Options::default());
        assert_eq!(plan.decision, Decision::NotSent, "{part}");
        assert!(
            plan.reason.starts_with("nothing was sent: "),
            "{}",
            plan.reason
        );
        assert!(plan.reason.contains(part), "{part}: {}", plan.reason);
    }
}

#[test]
fn a_status_of_a_task_that_is_not_known_is_no_work() {
    let ended = Answers {
        tasks: r#"{"tasks":[{"id":"t","name":"x","status":"GONE"}]}"#.to_owned(),
        ..answers()
    };
    assert_eq!(check(&ended, Options::default()).0.decision, Decision::Swap);
}

/// NOW is 2026-01-02T03:04:05Z.
#[test]
fn a_task_that_has_been_at_work_for_an_hour_is_taken_for_a_leftover() {
    for (created_at, decision) in [
        ("2026-01-02T03:00:00.000Z", Decision::NotSent),
        ("2026-01-02T02:04:05Z", Decision::NotSent),
        ("2026-01-02T02:04:04.999Z", Decision::Swap),
        ("2025-12-31T23:59:59Z", Decision::Swap),
        ("2026-01-03T00:00:00Z", Decision::NotSent),
        ("", Decision::NotSent),
    ] {
        let busy = Answers {
            tasks: format!(
                r#"{{"tasks":[{{"id":"t","name":"x","status":"RUNNING","created_at":"{created_at}"}}]}}"#
            ),
            ..answers()
        };
        let (plan, _) = check(&busy, Options::default());
        assert_eq!(plan.decision, decision, "{created_at}: {}", plan.reason);
    }
}

#[test]
fn without_the_permission_to_read_tasks_it_goes_on_and_says_so() {
    for status in [403, 404, 405] {
        let given = answers();
        let (plan, _) = check_with(Options::default(), |request| {
            match request.operation().name {
                "showInstance" => Ok(given.instance.clone()),
                "listBackgroundTask" => Err(Error::from_response(&refusal(status, "DCS.2003"))),
                _ => Ok(given.roles.clone()),
            }
        });
        assert_eq!(plan.decision, Decision::Swap, "{status}");
        assert!(
            plan.notes[0].contains("the background tasks cannot be read"),
            "{:?}",
            plan.notes
        );
    }
    let given = answers();
    let (plan, _) = check_with(Options::default(), |request| {
        match request.operation().name {
            "showInstance" => Ok(given.instance.clone()),
            _ => Err(Error::connection("reset")),
        }
    });
    assert_eq!(plan.decision, Decision::NotSent);
    assert_eq!(plan.error, Some(Error::connection("reset")));
}

#[test]
fn a_remote_signer_that_signs_no_request_for_tasks_is_done_without() {
    let given = answers();
    let (plan, _) = check_with(Options::default(), |request| {
        match request.operation().name {
            "showInstance" => Ok(given.instance.clone()),
            "listBackgroundTask" => Err(Error::credentials("the signer failed")),
            _ => Ok(given.roles.clone()),
        }
    });
    assert_eq!(plan.decision, Decision::Swap, "{}", plan.reason);
    assert!(
        plan.notes[0].contains("the signer failed"),
        "{:?}",
        plan.notes
    );
}

#[test]
fn a_goal_that_holds_is_told_also_where_nothing_could_be_swapped() {
    let alone = Answers {
        roles: roles(&[("a", "master", "Active", "z1")]),
        ..answers()
    };
    let to = |goal| Options {
        goal: Some(goal),
        ..Options::default()
    };
    let (plan, _) = check(&alone, to(Goal::Zone("z1".to_owned())));
    assert_eq!(plan.decision, Decision::Already);
    let (plan, _) = check(&alone, to(Goal::Zone("z2".to_owned())));
    assert!(plan.reason.contains("no active standby"), "{}", plan.reason);
}

#[test]
fn with_several_standbys_it_says_one_of() {
    let three = Answers {
        roles: roles(&[
            ("a", "master", "Active", "z1"),
            ("b", "slave", "Active", "z2"),
            ("c", "slave", "Active", "z3"),
        ]),
        ..answers()
    };
    let (plan, _) = check(&three, Options::default());
    assert!(
        plan.reason.ends_with("one of b (z2), c (z3)"),
        "{}",
        plan.reason
    );
    let to_b = Options {
        goal: Some(Goal::Node("b".to_owned())),
        ..Options::default()
    };
    let (plan, _) = check(&three, to_b);
    assert_eq!(plan.decision, Decision::NotSent, "{}", plan.reason);
}

#[test]
fn outside_of_the_maintenance_window_nothing_is_sent() {
    let only_inside = Options {
        in_maintenance_window: true,
        ..Options::default()
    };
    for (begin, end, inside) in [
        ("02:00:00", "06:00:00", true),
        ("03:04:05", "03:04:06", true),
        ("04:00:00", "06:00:00", false),
        ("03:00:00", "03:04:05", false),
        ("22:00:00", "04:00:00", true),
        ("22:00:00", "02:00:00", false),
        ("noon", "06:00:00", false),
    ] {
        let window = Answers {
            instance: answers()
                .instance
                .replace("02:00:00", begin)
                .replace("06:00:00", end),
            ..answers()
        };
        let (plan, _) = check(&window, only_inside.clone());
        let expected = if inside {
            Decision::Swap
        } else {
            Decision::NotSent
        };
        assert_eq!(plan.decision, expected, "{begin} to {end}: {}", plan.reason);
        assert!(
            inside || plan.reason.contains("maintenance window"),
            "{}",
            plan.reason
        );
    }
    let none = Answers {
        instance: answers().instance.replace("maintain_begin", "x"),
        ..answers()
    };
    assert!(
        check(&none, only_inside)
            .0
            .reason
            .contains("cannot be read")
    );
}

#[test]
fn a_standby_that_is_too_far_behind_is_not_swapped_to() {
    let limit = |bytes| Options {
        max_replication_gap_bytes: Some(bytes),
        ..Options::default()
    };
    let (plan, paths) = check(&answers(), limit(100));
    assert_eq!(plan.decision, Decision::Swap, "{}", plan.reason);
    assert!(
        paths[3].contains("dim.0=dcs_instance_id%2C00000000")
            && paths[3].contains("dcs_cluster_redis_node%2Cb"),
        "{paths:?}"
    );
    assert!(
        paths[4].ends_with("/groups"),
        "the roles are read again right before the swap: {paths:?}"
    );
    let far = |gap: String| Answers { gap, ..answers() };
    for (answers, part) in [
        (answers(), "100 bytes behind its master, and 99 are allowed"),
        (far(r#"{"datapoints":[]}"#.to_owned()), "has no value"),
        (far(gap(1_767_322_000_000, 1)), "too old"),
        (
            Answers {
                roles: answers().roles.replace("\"dimensions\"", "\"x\""),
                ..answers()
            },
            "has no value",
        ),
    ] {
        let (plan, _) = check(&answers, limit(99));
        assert_eq!(plan.decision, Decision::NotSent, "{part}");
        assert!(plan.reason.contains(part), "{part}: {}", plan.reason);
    }
}

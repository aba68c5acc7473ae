use super::*;
use proptest::prelude::*;

mod members;

const PROJECT: &str = "0123456789abcdef0123456789abcdef";
const INSTANCE: &str = "00000000-0000-4000-8000-000000000001";

fn args(text: &str) -> Json {
    serde_json::from_str(text).unwrap()
}

fn path(operation: &'static Operation, text: &str) -> Result<String, Error> {
    Ok(operation.request(&args(text))?.path_and_query(PROJECT))
}

#[test]
fn builds_the_published_paths() {
    let instance = format!(r#"{{"instanceId":"{INSTANCE}"}}"#);
    for (operation, method, text, expected) in [
        (
            &change_master_standby_async::OPERATION,
            "PUT",
            instance.as_str(),
            "/v2/P/instances/I/async-swap",
        ),
        (
            &change_master_standby::OPERATION,
            "POST",
            &instance,
            "/v2/P/instances/I/swap",
        ),
        (
            &show_instance::OPERATION,
            "GET",
            &instance,
            "/v2/P/instances/I",
        ),
        (
            &list_group_replication_info::OPERATION,
            "GET",
            &instance,
            "/v2/P/instance/I/groups",
        ),
        (
            &show_job_info::OPERATION,
            "GET",
            &format!(r#"{{"jobId":"{PROJECT}"}}"#),
            "/v2/P/jobs/P",
        ),
        (&list_instances::OPERATION, "GET", "{}", "/v2/P/instances"),
        (
            &list_background_task::OPERATION,
            "GET",
            &format!(r#"{{"instanceId":"{INSTANCE}","limit":5,"startTime":"20260102030405"}}"#),
            "/v2/P/instances/I/tasks?limit=5&start_time=20260102030405",
        ),
        (
            &list_instances::OPERATION,
            "GET",
            r#"{"name":"a b&c","limit":10,"offset":0,"includeFailure":true,"status":null}"#,
            "/v2/P/instances?name=a%20b%26c&include_failure=true&offset=0&limit=10",
        ),
        (
            &list_projects::OPERATION,
            "GET",
            r#"{"region":"cn-north-4"}"#,
            "/v3/projects?name=cn-north-4",
        ),
    ] {
        assert_eq!(operation.method, method);
        let expected = expected.replace('P', PROJECT).replace('I', INSTANCE);
        assert_eq!(path(operation, text).unwrap(), expected);
    }
}

#[test]
fn refuses_by_field() {
    for (operation, text, field) in [
        (&change_master_standby_async::OPERATION, "{}", "instanceId"),
        (
            &change_master_standby_async::OPERATION,
            r#"{"instanceId":null}"#,
            "instanceId",
        ),
        (
            &change_master_standby_async::OPERATION,
            r#"{"instanceId":7}"#,
            "instanceId",
        ),
        (
            &change_master_standby_async::OPERATION,
            r#"{"instanceId":"../x"}"#,
            "instanceId",
        ),
        (
            &change_master_standby_async::OPERATION,
            r#"{"instanceId":"00000000-0000-4000-8000-00000000000g"}"#,
            "instanceId",
        ),
        (
            &change_master_standby_async::OPERATION,
            r#"{"instanceId":"00000000-0000-4000-8000-000000000001 "}"#,
            "instanceId",
        ),
        (&show_job_info::OPERATION, r#"{"jobId":"x"}"#, "jobId"),
        (&list_instances::OPERATION, r#"{"limit":0}"#, "limit"),
        (&list_instances::OPERATION, r#"{"limit":1.5}"#, "limit"),
        (&list_instances::OPERATION, r#"{"limit":"1"}"#, "limit"),
        (
            &list_instances::OPERATION,
            r#"{"includeFailure":"true"}"#,
            "includeFailure",
        ),
        (&list_instances::OPERATION, r#"{"name":"a\r\nb"}"#, "name"),
        (
            &list_background_task::OPERATION,
            r#"{"instanceId":"00000000-0000-4000-8000-000000000001","startTime":"2026-01-02"}"#,
            "startTime",
        ),
    ] {
        let error = path(operation, text).unwrap_err();
        assert!(
            matches!(error.kind(), crate::error::ErrorKind::InvalidArgument { field: own, .. } if own == field),
            "{text}: {error}"
        );
    }
    for id in [
        "",
        "0123",
        "0123456789ABCDEF0123456789abcdef",
        "0123456789abcdef0123456789abcdeg",
    ] {
        assert!(check_project_id(id).is_err(), "{id}");
    }
}

#[test]
fn answers_are_checked() {
    for (operation, text, right) in [
        (
            &change_master_standby_async::OPERATION,
            r#"{"job_id":"j"}"#,
            true,
        ),
        (
            &change_master_standby_async::OPERATION,
            r#"{"job_id":""}"#,
            false,
        ),
        (
            &change_master_standby_async::OPERATION,
            r#"{"job_id":7}"#,
            false,
        ),
        (&change_master_standby_async::OPERATION, "[]", false),
        (
            &show_job_info::OPERATION,
            r#"{"job_id":"0123456789ABCDEF0123456789abcdef","status":"RUNNING"}"#,
            true,
        ),
        (
            &show_job_info::OPERATION,
            r#"{"job_id":"0123456789abcdef0123456789abcdef","status":"running"}"#,
            false,
        ),
        (
            &show_job_info::OPERATION,
            r#"{"job_id":"ffffffffffffffffffffffffffffffff","status":"RUNNING"}"#,
            false,
        ),
        (
            &show_instance::OPERATION,
            r#"{"instance_id":"00000000-0000-4000-8000-000000000001","status":"RUNNING"}"#,
            true,
        ),
        (
            &show_instance::OPERATION,
            r#"{"instance_id":"00000000-0000-4000-8000-000000000002","status":"RUNNING"}"#,
            false,
        ),
        (
            &list_background_task::OPERATION,
            r#"{"tasks":[{"id":"t","name":"n"}]}"#,
            true,
        ),
        (
            &list_background_task::OPERATION,
            r#"{"tasks":[{"id":"t"}]}"#,
            false,
        ),
        (&show_instance::OPERATION, r#"{"instance_id":"i"}"#, false),
        (
            &list_instances::OPERATION,
            r#"{"instances":[],"instance_num":0}"#,
            true,
        ),
        (
            &list_instances::OPERATION,
            r#"{"instances":[{}],"instance_num":1}"#,
            false,
        ),
        (
            &list_instances::OPERATION,
            r#"{"instances":{},"instance_num":1}"#,
            false,
        ),
        (
            &list_group_replication_info::OPERATION,
            r#"{"group_list":[{"replication_list":[{"node_id":"n","replication_role":"master","status":"Active"}]}]}"#,
            true,
        ),
        (
            &list_group_replication_info::OPERATION,
            r#"{"group_list":[{"replication_list":[{"node_id":"n","replication_role":"boss"}]}]}"#,
            false,
        ),
        (
            &list_projects::OPERATION,
            r#"{"projects":[{"id":"x"}]}"#,
            true,
        ),
        (
            &list_projects::OPERATION,
            r#"{"projects":[{"name":"x"}]}"#,
            false,
        ),
    ] {
        let Answer::Json { check, .. } = operation.answer else {
            panic!()
        };
        let asked = args(&format!(
            r#"{{"jobId":"{PROJECT}","instanceId":"{INSTANCE}"}}"#
        ));
        let request = operation.request(&asked).unwrap();
        assert_eq!(
            check(&args(text), &request).is_ok(),
            right,
            "{} {text}",
            operation.name
        );
    }
}

#[test]
fn a_list_item_tells_its_mode_by_its_specification() {
    let mode = |text| {
        let json = args(text);
        let mode = Instance::read(&json).unwrap().cache_mode;
        mode.map(str::to_owned)
    };
    assert_eq!(
        mode(r#"{"instance_id":"i","status":"RUNNING","spec_code":"redis.ha.xu1.large.r2.1"}"#)
            .as_deref(),
        Some("ha")
    );
    assert_eq!(mode(r#"{"instance_id":"i","status":"RUNNING","cache_mode":"single","spec_code":"redis.ha.x"}"#).as_deref(), Some("single"));
    assert_eq!(mode(r#"{"instance_id":"i","status":"RUNNING"}"#), None);
}

#[test]
fn one_project_or_what_to_do() {
    let find = |text: &str| list_projects::only_project(&args(text), "cn-north-4");
    assert_eq!(
        find(&format!(r#"{{"projects":[{{"id":"{PROJECT}"}}]}}"#)).unwrap(),
        PROJECT
    );
    assert!(
        find(r#"{"projects":[]}"#)
            .unwrap_err()
            .to_string()
            .contains("no project of region cn-north-4")
    );
    assert!(
        find(r#"{"projects":[{"id":"a"},{"id":"b"}]}"#)
            .unwrap_err()
            .to_string()
            .contains("a, b")
    );
    assert!(find(r#"{"projects":[{"id":"../../x"}]}"#).is_err());
}

proptest! {
    #[test]
    fn no_argument_leaves_its_segment(id: String, name: String) {
        let text = serde_json::json!({ "instanceId": id, "name": name }).to_string();
        if let Ok(path) = path(&change_master_standby_async::OPERATION, &text) {
            prop_assert_eq!(path.split('/').count(), 6);
        }
        if let Ok(path) = path(&list_instances::OPERATION, &text) {
            let start = format!("/v2/{PROJECT}/instances");
            prop_assert!(path.starts_with(&start));
            prop_assert!(path.bytes().all(|byte| byte.is_ascii_graphic() && byte != b'#'));
            prop_assert!(path.matches('&').count() <= 1);
        }
    }
}

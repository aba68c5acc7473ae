//! Keys for an identity token: IAM, STS, pod identity and the metadata service.

mod common;

use std::time::{Duration, Instant};

use common::{Ask, Emulator, Reply, start};
use dcs_emulator::config::{
    AGENCY_URN, IDP_ID, POD_IDENTITY_PATH, PROJECT_ID, PROVIDER_URN, instance_id,
};
use serde_json::{Value, json};

const TOKENS: &str = "/v3.0/OS-AUTH/id-token/tokens";
const KEYS: &str = "/v3.0/OS-CREDENTIAL/securitytokens";
const STS: &str = "/v5/agencies/assume-with-oidc";

fn id_token(emulator: &Emulator, more: Value) -> String {
    let made = emulator.admin("POST", "id-tokens", more);
    made["id_token"].as_str().expect("a token").to_owned()
}

fn subject_token(emulator: &Emulator, id_token: &str, idp: &str) -> Reply {
    let body = json!({"auth": {"id_token": {"id": id_token}}});
    let ask = Ask::new("POST", TOKENS).header("x-idp-id", idp);
    emulator.send(&ask.body(body.to_string()))
}

fn key_by_token(emulator: &Emulator, token: &str, seconds: i64) -> Reply {
    let body = json!({"auth": {"identity": {"methods": ["token"],
        "token": {"id": token, "duration_seconds": seconds}}}});
    emulator.send(&Ask::new("POST", KEYS).body(body.to_string()))
}

fn assume(emulator: &Emulator, id_token: &str, change: impl FnOnce(&mut Value)) -> Reply {
    let mut body = json!({"provider_urn": PROVIDER_URN, "agency_urn": AGENCY_URN,
        "agency_session_name": "test", "id_token": id_token, "duration_seconds": 3600});
    change(&mut body);
    emulator.send(&Ask::new("POST", STS).body(body.to_string()))
}

fn pod(emulator: &Emulator, token: &str) -> Reply {
    let ask = Ask::new("POST", POD_IDENTITY_PATH).header("authorization", token);
    emulator.send(&ask.body("{}"))
}

/// Uses a key with its security token, and without.
fn use_key(emulator: &Emulator, key: [&Value; 3]) -> [u16; 2] {
    let [ak, sk, token] = key.map(|v| v.as_str().expect("text").to_owned());
    let path = format!("/v2/{PROJECT_ID}/instances/{}", instance_id(1));
    let ask = |token: Option<&str>| {
        let ask = Ask::new("GET", &path);
        let ask = match token {
            Some(token) => ask.header("x-security-token", token),
            None => ask,
        };
        emulator
            .send(&ask.signed(&emulator.address, (&ak, &sk)))
            .status
    };
    [ask(Some(&token)), ask(None)]
}

#[test]
fn iam_gives_a_key_for_a_token_for_an_identity_token() {
    let emulator = start(&[]);
    let given = subject_token(&emulator, &id_token(&emulator, json!({})), IDP_ID);
    assert_eq!(given.status, 201, "{}", given.text());
    assert!(given.json()["token"].is_object());
    let token = given.header("x-subject-token").expect("a token").to_owned();
    let reply = key_by_token(&emulator, &token, 21_600);
    assert_eq!(reply.status, 201, "{}", reply.text());
    let key = reply.json()["credential"].clone();
    let used = use_key(
        &emulator,
        [&key["access"], &key["secret"], &key["securitytoken"]],
    );
    assert_eq!(used, [200, 401]);
    assert!(
        key["expires_at"].as_str().is_some_and(|t| t.len() == 27),
        "microseconds: {key}"
    );
    let other = key_by_token(&emulator, &token, 21_600).json();
    assert_ne!(
        other["credential"]["access"], key["access"],
        "each key is a new one"
    );

    for (reply, status) in [
        (key_by_token(&emulator, "unknown", 21_600), 401),
        (key_by_token(&emulator, &token, 1), 400),
        (
            subject_token(&emulator, &id_token(&emulator, json!({})), "other"),
            404,
        ),
        (subject_token(&emulator, "malformed", IDP_ID), 401),
        (emulator.send(&Ask::new("POST", TOKENS)), 400),
    ] {
        assert_eq!(
            (reply.status, &reply.json()["error"]["code"]),
            (status, &json!(status))
        );
    }
}

#[test]
fn sts_gives_a_key_for_an_identity_token() {
    let emulator = start(&[]);
    let token = id_token(&emulator, json!({}));
    let reply = assume(&emulator, &token, |_| {});
    assert_eq!(reply.status, 200, "{}", reply.text());
    let key = reply.json()["credentials"].clone();
    let parts = [
        &key["access_key_id"],
        &key["secret_access_key"],
        &key["security_token"],
    ];
    assert_eq!(use_key(&emulator, parts), [200, 401]);
    type Change = fn(&mut Value);
    let wrong: [(Change, u16); 6] = [
        (|body| body["provider_urn"] = json!("other"), 404),
        (|body| body["agency_urn"] = json!("other"), 403),
        (|body| body["id_token"] = json!("other"), 401),
        (|body| body["agency_session_name"] = json!(""), 400),
        (|body| body["duration_seconds"] = json!(60), 400),
        (
            |body| drop(body.as_object_mut().and_then(|b| b.remove("id_token"))),
            400,
        ),
    ];
    for (change, status) in wrong {
        let reply = assume(&emulator, &token, change);
        assert_eq!(reply.status, status, "{}", reply.text());
        assert!(!reply.text().contains(&token), "no secret is told");
    }
}

#[test]
fn pod_identity_gives_a_key_for_the_content_of_the_token_file() {
    let emulator = start(&[]);
    let token = id_token(&emulator, json!({}));
    let key = pod(&emulator, &token).json();
    let parts = [
        &key["accessKeyId"],
        &key["secretAccessKey"],
        &key["securityToken"],
    ];
    assert_eq!(use_key(&emulator, parts), [200, 401]);
    assert_eq!(pod(&emulator, "other").status, 401);
    assert_eq!(
        emulator.send(&Ask::new("POST", POD_IDENTITY_PATH)).status,
        401
    );
    assert_eq!(
        emulator.send(&Ask::new("GET", POD_IDENTITY_PATH)).status,
        405
    );
}

#[test]
fn the_metadata_service_can_give_a_new_key_each_time() {
    let emulator = start(&[]);
    emulator.admin(
        "POST",
        "metadata",
        json!({"mode": "optional", "fresh": true}),
    );
    let ask = Ask::new("GET", "/openstack/latest/securitykey");
    let key = emulator.send(&ask).json()["credential"].clone();
    let parts = [&key["access"], &key["secret"], &key["securitytoken"]];
    assert_eq!(use_key(&emulator, parts), [200, 401]);
    assert_ne!(
        emulator.send(&ask).json()["credential"]["access"],
        key["access"]
    );
    emulator.admin("POST", "metadata", json!({"mode": "unavailable"}));
    assert_eq!(
        emulator
            .send(&Ask::new("PUT", "/meta-data/latest/api/token"))
            .status,
        503
    );
    assert_eq!(emulator.send(&ask).status, 200);
}

#[test]
fn identity_tokens_of_another_audience_or_time_are_refused_everywhere() {
    let emulator = start(&[]);
    for (token, why) in [
        (json!({"audience": "other"}), "audience"),
        (json!({"expires_in_ms": -1}), "expired"),
    ] {
        let token = id_token(&emulator, token);
        for reply in [
            subject_token(&emulator, &token, IDP_ID),
            assume(&emulator, &token, |_| {}),
            pod(&emulator, &token),
        ] {
            assert_eq!(reply.status, 401);
            assert!(reply.text().contains(why), "{}", reply.text());
        }
    }
    emulator.admin("POST", "identity", json!({"audience": "other"}));
    let token = id_token(&emulator, json!({"audience": "other"}));
    assert_eq!(pod(&emulator, &token).status, 200);
    assert!(
        emulator
            .refused("identity", json!({"audiense": "x"}))
            .contains("audiense")
    );
    assert!(
        emulator
            .refused("id-tokens", json!({"aud": "x"}))
            .contains("aud")
    );
}

#[test]
fn keys_can_be_over_when_they_are_given() {
    let emulator = start(&[]);
    emulator.admin("POST", "identity", json!({"expires_in_ms": -60_000}));
    let key = pod(&emulator, &id_token(&emulator, json!({}))).json();
    let parts = [
        &key["accessKeyId"],
        &key["secretAccessKey"],
        &key["securityToken"],
    ];
    assert_eq!(use_key(&emulator, parts)[0], 401);
}

#[test]
fn every_fault_can_be_armed_for_these_services() {
    let emulator = start(&[]);
    let token = id_token(&emulator, json!({}));
    let ask = |operation: &str| match operation {
        "CreateUnscopedTokenWithIdToken" => subject_token(&emulator, &token, IDP_ID),
        "CreateTemporaryAccessKeyByToken" => key_by_token(&emulator, "unknown", 900),
        "AssumeAgencyWithOidc" => assume(&emulator, &token, |_| {}),
        _ => pod(&emulator, &token),
    };
    for operation in [
        "CreateUnscopedTokenWithIdToken",
        "CreateTemporaryAccessKeyByToken",
        "AssumeAgencyWithOidc",
        "PodIdentityCredentials",
    ] {
        emulator.arm(operation, json!({"kind": "delay", "ms": 80}));
        let begun = Instant::now();
        ask(operation);
        assert!(begun.elapsed() >= Duration::from_millis(80), "{operation}");
        emulator.arm(operation, json!({"kind": "status", "status": 401}));
        assert_eq!(ask(operation).status, 401, "{operation}");
        emulator.arm(operation, json!({"kind": "cut_body"}));
        let reply = ask(operation);
        let promised = reply.header("content-length").and_then(|n| n.parse().ok());
        assert!(promised > Some(reply.body.len()), "{operation}");
        assert_eq!(emulator.last_request()["operation"], operation);
    }
    emulator.arm("PodIdentityCredentials", json!({"kind": "endless_body"}));
    let endless = Ask::new("POST", POD_IDENTITY_PATH).header("authorization", &token);
    let reply = emulator.send(&endless.limit(4 * 1024 * 1024));
    assert!(reply.end.is_none() && reply.body.len() > 3 * 1024 * 1024);
}

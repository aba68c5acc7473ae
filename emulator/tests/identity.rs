//! Every way to prove who calls, over real sockets: keys, tokens, and where they come from.

mod common;

use common::{Ask, KEY, start, swap};
use dcs_emulator::config::{
    PROJECT_ID, SECURITY_TOKEN, TEMPORARY_ACCESS_KEY, TEMPORARY_SECRET_KEY, TOKEN, instance_id,
};
use serde_json::json;
use time::{Duration, OffsetDateTime};

fn get(path: &str) -> Ask {
    Ask::new("GET", &format!("/v2/{PROJECT_ID}/{path}"))
}

#[test]
fn each_kind_of_credential_is_checked() {
    let emulator = start(&["--job-ms", "0"]);
    let host = emulator.address.clone();
    let ask = || get(&format!("instances/{}", instance_id(1)));
    let refused = |ask: Ask, message: &str| {
        let reply = emulator.send(&ask);
        assert_eq!(
            (reply.status, reply.code().as_str()),
            (401, "APIGW.0301"),
            "{message}"
        );
        assert!(
            reply.message().contains(message),
            "{} is not {message}",
            reply.message()
        );
        assert_eq!(
            reply.json()["request_id"].as_str(),
            reply.header("x-request-id")
        );
    };
    refused(ask(), "x-auth-token not found");
    refused(
        ask().header("authorization", "Basic Zm9v"),
        "verify aksk signature fail",
    );
    refused(
        ask().signed(&host, (KEY.0, "wrong")),
        "verify aksk signature fail",
    );
    refused(
        ask().signed(&host, ("NOBODY", "x")),
        "Get secretKey failed,ak:NOBODY",
    );
    refused(ask().header("x-auth-token", "wrong"), "decrypt token fail");
    assert_eq!(
        emulator.send(&ask().header("x-auth-token", TOKEN)).status,
        200
    );
    let temporary = (TEMPORARY_ACCESS_KEY, TEMPORARY_SECRET_KEY);
    let with = |token: &str| {
        ask()
            .header("x-security-token", token)
            .signed(&host, temporary)
    };
    assert_eq!(emulator.send(&with(SECURITY_TOKEN)).status, 200);
    refused(with("wrong"), "verify aksk signature fail");
    refused(ask().signed(&host, temporary), "verify aksk signature fail");
    // Sent, but not signed.
    let unsigned = ask()
        .signed(&host, temporary)
        .header("x-security-token", SECURITY_TOKEN);
    refused(unsigned, "verify aksk signature fail");
    let late = OffsetDateTime::now_utc() - Duration::minutes(16);
    refused(ask().signed_at(&host, KEY, late), "signature expired");
    let early = OffsetDateTime::now_utc() + Duration::minutes(16);
    refused(ask().signed_at(&host, KEY, early), "signature expired");
    assert_eq!(emulator.send(&ask().signed(&host, KEY)).status, 200);
    emulator.admin(
        "POST",
        "credentials",
        json!({"ak": "SHORT", "sk": "s", "expiresInMs": -1}),
    );
    refused(ask().signed(&host, ("SHORT", "s")), "signature expired");
    emulator.admin(
        "POST",
        "credentials",
        json!({"ak": "READER", "sk": "s", "readOnly": true}),
    );
    let reader = ("READER", "s");
    assert_eq!(emulator.send(&ask().signed(&host, reader)).status, 200);
    let reply = emulator.send(&swap(&instance_id(1)).signed(&host, reader));
    assert_eq!((reply.status, reply.code().as_str()), (403, "DCS.3002"));
    assert_eq!(emulator.counter("swaps_run"), 0);
}

#[test]
fn a_changed_byte_on_the_wire_is_refused() {
    let emulator = start(&[]);
    let host = emulator.address.clone();
    let signed = get("instances?name=dcs")
        .header("content-type", "application/json")
        .body("{}")
        .signed(&host, KEY);
    assert_eq!(emulator.send(&signed).status, 200);
    let mut slash = signed.clone();
    slash.target = slash.target.replace("instances?", "instances/?");
    assert_eq!(
        emulator.send(&slash).status,
        200,
        "the canonical path ends with a slash anyway"
    );
    let changes: [fn(&mut Ask); 4] = [
        |ask| ask.target = ask.target.replace("0123456789", "0123456780"),
        |ask| ask.target = ask.target.replace("name=dcs", "name=dct"),
        |ask| ask.headers[0].1 = "application/jsom".to_owned(),
        |ask| ask.body[1] = b' ',
    ];
    for change in changes {
        emulator.admin("POST", "lock", json!({}));
        let mut near = signed.clone();
        change(&mut near);
        let reply = emulator.send(&near);
        assert_eq!((reply.status, reply.code().as_str()), (401, "APIGW.0301"));
    }
}

#[test]
fn five_failures_lock_the_key_and_the_lock_can_be_cleared() {
    let emulator = start(&[]);
    let host = emulator.address.clone();
    let ask = || get(&format!("instances/{}", instance_id(1)));
    for _ in 0..5 {
        let reply = emulator.send(&ask().signed(&host, (KEY.0, "wrong")));
        assert!(reply.message().ends_with("verify aksk signature fail"));
    }
    let reply = emulator.call(ask());
    assert_eq!(reply.status, 401);
    assert!(
        reply
            .message()
            .ends_with("AK access failed to reach the limit,forbidden")
    );
    assert_eq!(emulator.state()["locked_access_keys"], json!([KEY.0]));
    emulator.admin("POST", "lock", json!({"ak": KEY.0}));
    assert_eq!(emulator.call(ask()).status, 200);
}

#[test]
fn iam_lists_projects_and_answers_in_its_own_shape() {
    let emulator = start(&[]);
    let ask = |name: &str| emulator.call(Ask::new("GET", &format!("/v3/projects?name={name}")));
    let ids = |name: &str| {
        let json = ask(name).json();
        let all = json["projects"].as_array().expect("projects").clone();
        all.iter()
            .map(|p| p["id"].as_str().expect("an id").to_owned())
            .collect::<Vec<_>>()
    };
    assert_eq!(ids("cn-north-4"), [PROJECT_ID]);
    assert_eq!(ids("cn-east-3").len(), 0);
    let (one, two) = ("a".repeat(32), "b".repeat(32));
    emulator.admin(
        "POST",
        "projects",
        json!({"projects": [
        {"id": one, "name": "cn-north-4"}, {"id": two, "name": "cn-north-4"}]}),
    );
    assert_eq!(ids("cn-north-4"), [one, two]);
    emulator.admin("POST", "projects", json!({"projects": []}));
    assert_eq!(ids("cn-north-4").len(), 0);
    assert_eq!(emulator.state()["counters"]["iam_lookups"], 4);
    let reply = emulator.send(&Ask::new("GET", "/v3/projects?name=x"));
    let error = &reply.json()["error"];
    assert_eq!(
        (reply.status, &error["code"], &error["title"]),
        (401, &json!(401), &json!("Unauthorized"))
    );
}

#[test]
fn the_metadata_service_gives_temporary_keys() {
    let emulator = start(&[]);
    let key = |token: Option<&str>| {
        let ask = Ask::new("GET", "/openstack/latest/securitykey");
        emulator.send(&match token {
            Some(token) => ask.header("x-metadata-token", token),
            None => ask,
        })
    };
    let token = || {
        let ask = Ask::new("PUT", "/meta-data/latest/api/token");
        emulator.send(&ask.header("x-metadata-token-ttl-seconds", "21600"))
    };
    assert_eq!(key(None).status, 401);
    assert_eq!(key(Some("wrong")).status, 401);
    let given = token();
    assert_eq!(given.status, 200);
    let credential = key(Some(&given.text())).json()["credential"].clone();
    assert_eq!(credential["access"], TEMPORARY_ACCESS_KEY);
    assert_eq!(credential["securitytoken"], SECURITY_TOKEN);
    assert!(
        credential["expires_at"]
            .as_str()
            .is_some_and(|t| t.ends_with('Z') && t.len() == 27)
    );
    assert_eq!(
        emulator
            .send(&Ask::new("PUT", "/meta-data/latest/api/token"))
            .status,
        400
    );
    for (mode, status) in [("absent", 404), ("not_allowed", 405)] {
        emulator.admin("POST", "metadata", json!({"mode": mode}));
        assert_eq!((token().status, key(None).status), (status, 200), "{mode}");
    }
    emulator.admin("POST", "metadata", json!({"mode": "no_agency"}));
    let reply = key(Some(&token().text()));
    assert_eq!(reply.status, 401);
    assert!(reply.text().contains("configure Cloud Service Agency"));
}

#[test]
fn the_log_names_keys_and_holds_no_secret() {
    let emulator = start(&["--job-ms", "0"]);
    let secret = "MARKER-SK-9f27c1d4e8b3a605";
    let token = "marker-token-5d1c";
    emulator.admin(
        "POST",
        "credentials",
        json!({"ak": "MARKED", "sk": secret, "securityToken": token}),
    );
    let ask = swap(&instance_id(1)).header("x-security-token", token);
    assert_eq!(
        emulator
            .send(&ask.signed(&emulator.address, ("MARKED", secret)))
            .status,
        200
    );
    let entry = emulator.last_request();
    assert_eq!(entry["access_key"], "MARKED");
    assert_eq!(entry["authentication"], "SDK-HMAC-SHA256");
    let names = "content-type;host;x-sdk-date;x-security-token";
    assert_eq!(entry["signed_headers"], names);
    assert_eq!(
        (&entry["status"], &entry["outcome"]),
        (&json!(200), &json!("answered"))
    );
    let state = emulator.state().to_string();
    assert!(!state.contains(secret) && !state.contains(token));
}

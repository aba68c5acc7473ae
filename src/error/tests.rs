use super::service::MESSAGE_CHARS;
use super::*;
use proptest::prelude::*;

fn response(status: u16, body: &str) -> Response {
    Response {
        status,
        body: body.to_owned(),
        json: serde_json::from_str(body).ok(),
        ..Response::default()
    }
}

fn service(status: u16, body: &str) -> ServiceError {
    match Error::from_response(&response(status, body)).kind() {
        ErrorKind::Service(error) => error.clone(),
        other => panic!("{other:?}"),
    }
}

#[test]
fn reads_every_published_shape() {
    for (body, code, message) in [
        (
            r#"{"error_code":"111400061","error_msg":"Invalid instance ID format.","error_ext_msg":"x"}"#,
            "111400061",
            "Invalid instance ID format.",
        ),
        (
            r#"{"error_msg":"verify aksk signature fail","error_code":"APIGW.0301","request_id":"r"}"#,
            "APIGW.0301",
            "verify aksk signature fail",
        ),
        (
            r#"{"error":{"code":401,"message":"m","title":"t"}}"#,
            "401",
            "m",
        ),
        (r#"{"code":"C","message":"m"}"#, "C", "m"),
        (r#"{"errorCode":"C","errorMsg":"m"}"#, "C", "m"),
        (
            r#"{"a":{"b":{"error_code":"C","error_msg":"m"}}}"#,
            "C",
            "m",
        ),
        (
            r#"{"code":"C","message":"m","error_code":"E","error_msg":"e"}"#,
            "E",
            "e",
        ),
        (
            "<html><body>Sign in</body></html>",
            "400",
            "<html><body>Sign in</body></html>",
        ),
        ("", "400", "the service gave no message"),
        (r#"{"error_code":"C"}"#, "400", r#"{"error_code":"C"}"#),
        (
            r#"{"error_code":null,"error_msg":{"x":1}}"#,
            "400",
            r#"{"error_code":null,"error_msg":{"x":1}}"#,
        ),
        (
            r#"{"error_code":"C","error_ms"#,
            "400",
            r#"{"error_code":"C","error_ms"#,
        ),
        ("[1,2]", "400", "[1,2]"),
        ("null", "400", "null"),
    ] {
        let error = service(400, body);
        assert_eq!(
            (error.error_code.as_str(), error.error_msg.as_str()),
            (code, message),
            "{body}"
        );
    }
}

#[test]
fn keeps_what_comes_beside_the_pair() {
    let error = service(
        403,
        r#"{"encoded_authorization_message":"enc","error":{"code":"C","message":"m","request_id":"inner"},"error_ext_msg":"no"}"#,
    );
    assert_eq!(error.encoded_authorization_message.as_deref(), Some("enc"));
    assert_eq!(error.request_id.as_deref(), Some("inner"));
    assert_eq!(
        error.error_ext_msg, None,
        "it belongs to the object with the pair"
    );
    let mut with_header = response(403, r#"{"code":"C","message":"m","request_id":"body"}"#);
    with_header.request_id = Some("header".to_owned());
    let error = Error::from_response(&with_header);
    let ErrorKind::Service(error) = error.kind() else {
        panic!()
    };
    assert_eq!(error.request_id.as_deref(), Some("header"));
}

#[test]
fn messages_say_what_where_and_what_to_do() {
    let error = Error::from_response(&response(
        400,
        r#"{"error_code":"111400086","error_msg":"only master standby instance is support this action"}"#,
    ));
    assert_eq!(
        error.to_string(),
        "only master standby instance is support this action (111400086, HTTP 400). \
         Only instances of mode ha and ha_rw_split can be swapped"
    );
    assert!(!error.is_retryable());
    assert!(
        Error::from_response(&response(
            400,
            r#"{"error_code":"111400017","error_msg":"m"}"#
        ))
        .is_retryable()
    );
    assert!(
        !Error::from_response(&response(401, "{}")).is_retryable(),
        "five in a row lock the key"
    );
}

#[test]
fn a_body_of_two_mebibytes_is_cut() {
    let error = service(500, &"x\n".repeat(1 << 20));
    assert_eq!(
        error.error_msg.chars().count(),
        MESSAGE_CHARS - 1,
        "the last one is white space"
    );
    let long = format!(
        r#"{{"error_code":"{0}","error_msg":"{0}"}}"#,
        "y".repeat(1 << 20)
    );
    assert_eq!(service(500, &long).error_code.len(), MESSAGE_CHARS);
}

/// JSON of any shape, with the names that errors use among its keys.
fn any_json() -> impl Strategy<Value = serde_json::Value> {
    let leaf = prop_oneof![
        Just(serde_json::Value::Null),
        any::<bool>().prop_map(Into::into),
        any::<f64>().prop_map(Into::into),
        any::<i64>().prop_map(Into::into),
        "\\PC{0,12}".prop_map(Into::into),
    ];
    leaf.prop_recursive(5, 40, 6, |inner| {
        let key = prop_oneof![
            Just("error_code".to_owned()),
            Just("error_msg".to_owned()),
            Just("code".to_owned()),
            Just("message".to_owned()),
            Just("errorCode".to_owned()),
            Just("errorMsg".to_owned()),
            Just("error".to_owned()),
            Just("request_id".to_owned()),
            "\\PC{0,6}",
        ];
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..5).prop_map(Into::into),
            prop::collection::vec((key, inner), 0..6).prop_map(|members| members
                .into_iter()
                .collect::<serde_json::Map<_, _>>()
                .into()),
        ]
    })
}

fn well_formed(error: &Error, status: u16) {
    let ErrorKind::Service(inner) = error.kind() else {
        panic!("{error:?}")
    };
    assert_eq!(inner.http_status, status);
    for text in [&inner.error_code, &inner.error_msg] {
        assert!(
            !text.is_empty()
                && text.chars().count() <= MESSAGE_CHARS
                && !text.contains(['\n', '\r', '\0']),
            "{text:?}"
        );
    }
    assert!(error.to_string().contains(&inner.error_msg));
    assert_eq!(error.code(), inner.error_code);
}

proptest! {
    #[test]
    fn any_json_gives_a_well_formed_error(status in 400u16..600, body in any_json()) {
        well_formed(&Error::from_response(&response(status, &body.to_string())), status);
    }

    #[test]
    fn any_cut_json_gives_a_well_formed_error(status in 400u16..600, body in any_json(), cut: prop::sample::Index) {
        let text = body.to_string();
        let mut end = cut.index(text.len() + 1);
        while !text.is_char_boundary(end) { end -= 1; }
        well_formed(&Error::from_response(&response(status, &text[..end])), status);
    }

    #[test]
    fn any_text_gives_a_well_formed_error(status in 400u16..600, body: String) {
        well_formed(&Error::from_response(&response(status, &body)), status);
    }
}

//! What each fault does to an answer.

use std::time::Duration;

use bytes::Bytes;
use http::header::{CONTENT_TYPE, HeaderName, HeaderValue, LOCATION, RETRY_AFTER};
use http::response::Parts;
use http::{Response, StatusCode};
use serde_json::{Map, Value, json};

use crate::app::App;
use crate::errors::{self, PUBLISHED};
use crate::script::{Script, Step};

use super::{Fault, RetryAfter, Shape, When};

const PORTAL: &str = "<!DOCTYPE html><html><head><title>Sign in</title></head>\
    <body><h1>Welcome to the guest network</h1><form action=\"/login\"></form></body></html>";

/// Bytes of a body in one write.
const CHUNK: usize = 64 * 1024;

/// What a fault answers in place of the operation; `None` lets the operation run.
pub async fn before(
    app: &App,
    fault: &Fault,
    iam: bool,
    request_id: &str,
) -> Option<Response<Bytes>> {
    match fault {
        Fault::DropBefore {} => Some(Script::answer(vec![Step::Reset])),
        Fault::Delay { ms, when } => {
            if *when != Some(When::After) {
                app.world.sleep(Duration::from_millis(*ms)).await;
            }
            None
        }
        Fault::Status { when, .. } if *when != Some(When::After) => {
            Some(status(fault, iam, request_id))
        }
        Fault::Body {
            when: Some(When::Before),
            ..
        } => Some(body(fault)),
        Fault::Redirect { location, status } => Some(redirect(location, *status)),
        Fault::Html { status } => Some(html(*status)),
        Fault::Hang { when } if *when != Some(When::After) => {
            Some(Script::answer(vec![Step::Hang]))
        }
        Fault::GatewayRefused { retry_after } => {
            let mut answer =
                errors::gateway(429, errors::THROTTLED_CODE, errors::THROTTLED, request_id);
            set_retry_after(&mut answer, retry_after.as_ref());
            Some(answer)
        }
        _ => None,
    }
}

/// What a fault makes of the operation's answer, whose headers are complete.
pub async fn after(
    app: &App,
    fault: &Fault,
    iam: bool,
    request_id: &str,
    answer: Response<Bytes>,
) -> Response<Bytes> {
    match fault {
        Fault::DropAfter {} => Script::answer(vec![Step::Reset]),
        Fault::Hang {
            when: Some(When::After),
        } => Script::answer(vec![Step::Hang]),
        Fault::Delay {
            ms,
            when: Some(When::After),
        } => {
            app.world.sleep(Duration::from_millis(*ms)).await;
            answer
        }
        Fault::Status {
            when: Some(When::After),
            ..
        } => status(fault, iam, request_id),
        Fault::Body { when, .. } if *when != Some(When::Before) => body(fault),
        Fault::MalformedBody {} => {
            let (parts, bytes) = taken(answer);
            let cut = bytes.slice(..bytes.len() / 2);
            let cut = if cut.is_empty() {
                Bytes::from_static(b"{\"job_id\": ")
            } else {
                cut
            };
            json_type(Response::from_parts(parts, Bytes::from(cut)))
        }
        Fault::WrongType { content_type, body } => wrong_type(answer, content_type, body),
        Fault::DuplicateKeys {} => {
            let (parts, bytes) = taken(answer);
            Response::from_parts(parts, Bytes::from(doubled(&bytes)))
        }
        Fault::NoContent {} => {
            let mut empty = Response::new(Bytes::new());
            *empty.status_mut() = StatusCode::NO_CONTENT;
            empty
        }
        _ => answer,
    }
}

/// Faults that need the bare wire; they come last, when every header is set.
pub fn on_wire(fault: &Fault, mut answer: Response<Bytes>) -> Response<Bytes> {
    let set = |answer: &mut Response<Bytes>, status: Option<u16>| {
        *answer.status_mut() = code(status, 200);
    };
    match fault {
        Fault::CutBody {} => {
            let (parts, bytes) = taken(answer);
            let whole = bytes.len().max(64);
            let mut head = Script::head(&parts, &[("content-length", whole.to_string())]);
            head.extend_from_slice(&bytes[..bytes.len() / 2]);
            Script::answer(vec![Step::Write(head.into()), Step::Close])
        }
        Fault::EndlessBody { status } => {
            set(&mut answer, *status);
            let (parts, _) = answer.into_parts();
            let head = Script::head(&parts, &[("transfer-encoding", "chunked".to_owned())]);
            let mut chunk = format!("{CHUNK:x}\r\n").into_bytes();
            chunk.extend(std::iter::repeat_n(b' ', CHUNK));
            chunk.extend_from_slice(b"\r\n");
            Script::answer(vec![Step::Write(head.into()), Step::Endless(chunk.into())])
        }
        Fault::HugeBody { bytes, status } => {
            set(&mut answer, *status);
            let (parts, _) = answer.into_parts();
            let head = Script::head(&parts, &[("content-length", bytes.to_string())]);
            let chunk = Bytes::from(vec![b'x'; CHUNK]);
            Script::answer(vec![
                Step::Write(head.into()),
                Step::Repeat {
                    chunk,
                    total: *bytes,
                },
                Step::Close,
            ])
        }
        Fault::SlowBytes { ms_per_byte } => {
            let (parts, bytes) = taken(answer);
            let head = Script::head(&parts, &[("content-length", bytes.len().to_string())]);
            let pause = Duration::from_millis(*ms_per_byte);
            Script::answer(vec![
                Step::Write(head.into()),
                Step::Trickle { bytes, pause },
                Step::Close,
            ])
        }
        Fault::HeaderFlood { count } => {
            let (parts, bytes) = taken(answer);
            let mut extra = vec![("content-length".to_owned(), bytes.len().to_string())];
            extra.extend((0..*count).map(|n| (format!("x-flood-{n}"), "x".repeat(32))));
            let mut whole = Script::head_owned(&parts, &extra);
            whole.extend_from_slice(&bytes);
            Script::answer(vec![Step::Write(whole.into()), Step::Close])
        }
        Fault::Informational1xx { status, count } => {
            let (parts, bytes) = taken(answer);
            let first = status.unwrap_or(103);
            let mut whole = Vec::new();
            for _ in 0..count.unwrap_or(1) {
                whole.extend_from_slice(
                    format!("HTTP/1.1 {first} Informational\r\n\r\n").as_bytes(),
                );
            }
            whole.extend(Script::head(
                &parts,
                &[("content-length", bytes.len().to_string())],
            ));
            whole.extend_from_slice(&bytes);
            Script::answer(vec![Step::Write(whole.into()), Step::Close])
        }
        _ => answer,
    }
}

/// Head and body of an answer.
pub fn taken(answer: Response<Bytes>) -> (Parts, Bytes) {
    let (mut parts, bytes) = answer.into_parts();
    // The length belongs to the body as it was.
    parts.headers.remove("content-length");
    (parts, bytes)
}

fn code(status: Option<u16>, otherwise: u16) -> StatusCode {
    StatusCode::from_u16(status.unwrap_or(otherwise)).unwrap_or(StatusCode::OK)
}

fn set_retry_after(answer: &mut Response<Bytes>, value: Option<&RetryAfter>) {
    let text = match value {
        Some(RetryAfter::Seconds(seconds)) => seconds.to_string(),
        Some(RetryAfter::Text(text)) => text.clone(),
        None => return,
    };
    if let Ok(value) = HeaderValue::from_str(&text) {
        answer.headers_mut().insert(RETRY_AFTER, value);
    }
}

/// The code and message that fit a status when a fault names none.
fn usual(status: u16) -> (&'static str, &'static str) {
    let published = |code: &'static str| (code, PUBLISHED[code].message);
    match status {
        400 => published("DCS.4062"),
        401 => published("DCS.1001"),
        403 => published("DCS.3003"),
        404 => published("DCS.3022"),
        405 => published("DCS.5001"),
        429 => (errors::THROTTLED_CODE, errors::THROTTLED),
        502..=504 => ("APIGW.0201", "Backend unavailable"),
        _ => published("DCS.5000"),
    }
}

fn status(fault: &Fault, iam: bool, request_id: &str) -> Response<Bytes> {
    let Fault::Status {
        status,
        error_code,
        error_msg,
        retry_after,
        encoded_authorization_message,
        shape,
        ..
    } = fault
    else {
        return errors::answer(500, Value::Null);
    };
    let named = error_code
        .as_deref()
        .and_then(|c| PUBLISHED.get(c))
        .map(|p| p.message);
    let (usual_code, usual_message) = usual(*status);
    let code = error_code.as_deref().unwrap_or(usual_code);
    let message = error_msg.as_deref().or(named).unwrap_or(usual_message);
    let gateway = *shape == Shape::Gateway || (error_code.is_none() && code.starts_with("APIGW"));
    let mut body = if *shape == Shape::Iam || (iam && !gateway) {
        let title = self::code(Some(*status), 500)
            .canonical_reason()
            .unwrap_or("Error");
        json!({ "error": { "code": status, "message": message, "title": title } })
    } else if gateway {
        json!({ "error_msg": message, "error_code": code, "request_id": request_id })
    } else {
        json!({ "error_code": code, "error_msg": message, "error_ext_msg": null })
    };
    if let (Some(text), Value::Object(fields)) = (encoded_authorization_message, &mut body) {
        fields.insert("encoded_authorization_message".to_owned(), json!(text));
    }
    let mut answer = errors::answer(*status, body);
    set_retry_after(&mut answer, retry_after.as_ref());
    answer
}

fn text_of(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        Value::Null => String::new(),
        other => other.to_string(),
    }
}

fn body(fault: &Fault) -> Response<Bytes> {
    let Fault::Body {
        status,
        headers,
        body,
        ..
    } = fault
    else {
        return errors::answer(500, Value::Null);
    };
    let mut answer = json_type(Response::new(Bytes::from(text_of(body))));
    *answer.status_mut() = code(*status, 200);
    for (name, value) in headers {
        if let (Ok(name), Ok(value)) = (
            HeaderName::try_from(name.as_str()),
            HeaderValue::from_str(&text_of(value)),
        ) {
            answer.headers_mut().insert(name, value);
        }
    }
    answer
}

fn json_type(mut answer: Response<Bytes>) -> Response<Bytes> {
    answer
        .headers_mut()
        .insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
    answer
}

fn redirect(location: &str, status: Option<u16>) -> Response<Bytes> {
    let mut answer = Response::new(Bytes::new());
    *answer.status_mut() = code(status, 302);
    if let Ok(value) = HeaderValue::from_str(location) {
        answer.headers_mut().insert(LOCATION, value);
    }
    answer
}

fn html(status: Option<u16>) -> Response<Bytes> {
    let mut answer = Response::new(Bytes::from(PORTAL));
    *answer.status_mut() = code(status, 200);
    answer.headers_mut().insert(
        CONTENT_TYPE,
        HeaderValue::from_static("text/html; charset=utf-8"),
    );
    answer
}

fn wrong_type(
    mut answer: Response<Bytes>,
    content_type: &Option<String>,
    body: &Option<Value>,
) -> Response<Bytes> {
    if let Some(body) = body {
        answer.headers_mut().remove("content-length");
        *answer.body_mut() = Bytes::from(text_of(body));
    }
    let wanted = match (content_type, body) {
        (Some(text), _) => text.as_str(),
        (None, None) => "text/plain",
        (None, Some(_)) => "application/json",
    };
    if let Ok(value) = HeaderValue::from_str(wanted) {
        answer.headers_mut().insert(CONTENT_TYPE, value);
    }
    answer
}

/// The same object with a decoy of each key before the real one.
fn doubled(bytes: &[u8]) -> Vec<u8> {
    let Ok(fields) = serde_json::from_slice::<Map<String, Value>>(bytes) else {
        return bytes.to_vec();
    };
    let decoys: Vec<String> = fields
        .keys()
        .map(|key| format!("{}:\"decoy\"", json!(key)))
        .collect();
    let real: Vec<String> = fields
        .iter()
        .map(|(k, v)| format!("{}:{v}", json!(k)))
        .collect();
    format!("{{{},{}}}", decoys.join(","), real.join(",")).into_bytes()
}

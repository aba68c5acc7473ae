//! The error reader: every answer gives an error that can be acted on, and none says more than the answer proves.

use huaweicloud_dcs::call::{Call, Event, Next};
use huaweicloud_dcs::error::{Error, ErrorKind, Outcome};
use huaweicloud_dcs::http::Response;
use huaweicloud_dcs::json::Json;
use huaweicloud_dcs::operation::OPERATIONS;
use huaweicloud_dcs::refusal::proves_refusal;
use huaweicloud_dcs::retry::{self, Effect, Policy, Random};
use huaweicloud_dcs::time::Now;

const NOW: Now = Now {
    monotonic_ms: 5,
    unix_ms: 1_700_000_000_000,
};

/// Two bytes of status, then the body.
pub fn check(data: &[u8]) {
    let [high, low, body @ ..] = data else {
        return;
    };
    let number = u16::from_be_bytes([*high, *low]);
    let body = String::from_utf8_lossy(body).into_owned();
    let response = Response {
        status: 400 + number % 200,
        json: serde_json::from_str(&body).ok(),
        body,
        ..Response::default()
    };
    reads(&response);
    let mut args = Json::object();
    args.add_text("instanceId", "00000000-0000-4000-8000-000000000001");
    args.add_text("jobId", "0123456789abcdef0123456789abcdef");
    for operation in OPERATIONS {
        let request = operation.request(&args).expect("the arguments are good");
        let mut call = Call::new(request, Policy::default(), 1, 0, Random::new(7), NOW);
        assert_eq!(call.next(NOW), Next::Sign { endpoint: 0 });
        call.handle(Event::Signed, NOW);
        assert_eq!(call.next(NOW), Next::Send);
        let status = 100 + number % 500;
        let answer = Response {
            status,
            ..response.clone()
        };
        call.handle(Event::Answer(answer), NOW);
        let again = matches!(call.next(NOW), Next::Wait { .. } | Next::Sign { .. });
        let outcome = call.sent().outcome;
        assert_ne!(outcome, Outcome::NotSent, "it was sent");
        if operation.effect == Effect::Swap && again {
            assert_eq!(outcome, Outcome::Rejected, "sent again without a refusal");
        }
        if outcome == Outcome::Accepted {
            assert!((200..300).contains(&status));
        }
        assert_eq!(outcome == Outcome::Unknown, call.sent().doubt.is_some());
    }
}

fn reads(response: &Response) {
    let error = Error::from_response(response);
    let ErrorKind::Service(service) = error.kind() else {
        panic!("not a service's error: {error:?}");
    };
    assert!(!service.error_code.is_empty() && !service.error_msg.is_empty());
    for text in [
        Some(&service.error_code),
        Some(&service.error_msg),
        service.error_ext_msg.as_ref(),
        service.encoded_authorization_message.as_ref(),
        service.request_id.as_ref(),
    ]
    .into_iter()
    .flatten()
    {
        assert!(text.chars().count() <= 1000, "{} characters", text.len());
        assert!(!text.chars().any(char::is_control), "{text:?}");
    }
    let shown = error.to_string();
    assert!(shown.contains(&service.error_msg) && shown.contains(&service.error_code));
    assert!(!shown.chars().any(char::is_control), "{shown:?}");
    if retry::may_repeat(Effect::Swap, &error) {
        assert!(
            proves_refusal(&error, true).is_ok(),
            "a swap is sent again only when it provably did not run"
        );
    }
    if retry::is_hopeless(&error) {
        assert!(!retry::may_repeat(Effect::Swap, &error), "{error:?}");
    }
}

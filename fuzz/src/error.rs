//! The error reader: every answer gives an error that can be acted on, and none says more than the answer proves.

use huaweicloud_dcs::call::{Call, Step};
use huaweicloud_dcs::error::{Error, Outcome, ErrorKind};
use huaweicloud_dcs::http::Response;
use huaweicloud_dcs::operation::{Effect, OPERATIONS};
use huaweicloud_dcs::retry::{self, Policy};

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
    for operation in OPERATIONS {
        let mut call = Call::new(operation, Policy::default(), 1, 0, 0);
        assert_eq!(call.step(), Step::Send { endpoint: 0 });
        call.sending();
        call.answered(
            Response {
                status: 100 + number % 500,
                ..response.clone()
            },
            5,
            0.5,
        );
        let again = matches!(call.step(), Step::Wait { .. });
        let outcome = call.outcome();
        assert_ne!(outcome, Outcome::NotSent, "it was sent");
        if operation.effect == Effect::Swap && again {
            assert_eq!(outcome, Outcome::Rejected, "sent again without a refusal");
        }
        if outcome == Outcome::Accepted {
            assert!((200..300).contains(&(100 + number % 500)));
        }
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
            retry::proves_refusal(&error),
            "a swap is sent again only when it surely did not run"
        );
    }
    if retry::is_hopeless(&error) {
        assert!(!retry::may_repeat(Effect::Swap, &error), "{error:?}");
    }
}

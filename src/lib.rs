//! Switch the master and standby nodes of a Huawei Cloud DCS (Redis) instance: at most once per call, followed to its
//! end, verified. Compiled to WebAssembly this is the npm package `huaweicloud-dcs`.
//!
//! The core is pure: values and functions without JavaScript, clock, randomness or network, so that every path can be
//! tested natively. The boundary turns JavaScript's options into those values, and does what the core asks for.
//!
//! | module | what is in it |
//! |---|---|
//! | [`sign`] | canonical request, string to sign, signature, the algorithms |
//! | [`credential`] | access keys and tokens, wiped when dropped |
//! | [`region`], [`config`] | regions and endpoints; options as checked values |
//! | [`operation`] | one file an operation: what it is given, sends and is promised |
//! | [`call`], [`job`], [`switchover`] | machines: one call, the following of a job, a whole switchover |
//! | [`retry`], [`refusal`] | what may be sent again; what proves that nothing ran |
//! | [`http`], [`json`], [`time`] | responses, JSON and the time as plain values |
//! | [`error`] | the error model, and reading a service's error |
//!
//! To sign a request:
//!
//! ```
//! use huaweicloud_dcs::credential::AccessKey;
//! use huaweicloud_dcs::sign::{Algorithm, Headers, Payload, SdkDate, Unsigned, Url};
//!
//! let request = Unsigned {
//!     method: b"GET",
//!     url: Url::parse("https://dcs.cn-north-4.myhuaweicloud.com/v2/instances", "url")?,
//!     headers: Headers::default(),
//!     payload: Payload::Bytes(&[]),
//!     date: SdkDate::from_unix_ms(1_767_323_045_000),
//!     algorithm: Algorithm::SdkHmacSha256,
//!     scope: None,
//! };
//! let prepared = request.prepare()?;
//! assert!(prepared.string_to_sign().starts_with("SDK-HMAC-SHA256\n20260102T030405Z\n"));
//!
//! let key = AccessKey::new("EXAMPLE".to_owned(), "not-a-secret".to_owned(), None)?;
//! assert!(prepared.authorization(&key)?.starts_with("SDK-HMAC-SHA256 Access=EXAMPLE, "));
//! # Ok::<(), huaweicloud_dcs::error::Error>(())
//! ```
//!
//! To drive a switchover, ask its machine what is next, do it, and tell what came of it:
//!
//! ```
//! use huaweicloud_dcs::error::{Error, Outcome};
//! use huaweicloud_dcs::switchover::{Answer, Event, Next, Options, Sent, Switchover, Verdict};
//! use huaweicloud_dcs::time::Now;
//!
//! let id = "00000000-0000-4000-8000-000000000001";
//! let now = Now { monotonic_ms: 0, unix_ms: 1_767_323_045_000 };
//! let mut switchover = Switchover::new(id, Options::default(), "1", now)?;
//! let Next::Call { request, .. } = switchover.next(now) else { panic!() };
//! assert_eq!(request.operation().name, "showInstance");
//!
//! let sent = Sent { outcome: Outcome::Unknown, doubt: None, attempts: 1 };
//! let answer = Answer { result: Err(Error::connection("reset")), sent, date_ms: None };
//! switchover.handle(Event::Answer(answer), now);
//! assert_eq!(switchover.next(now), Next::Done);
//! assert_eq!(switchover.report().verdict, Verdict::NotSwapped);
//! # Ok::<(), Error>(())
//! ```

#![warn(unreachable_pub)]

pub mod call;
pub mod config;
pub mod credential;
mod crypto;
pub mod error;
pub mod http;
pub mod job;
#[cfg(target_arch = "wasm32")]
pub mod js;
pub mod json;
pub mod operation;
pub mod refusal;
pub mod region;
pub mod retry;
pub mod sign;
mod suggest;
pub mod switchover;
mod text;
pub mod time;

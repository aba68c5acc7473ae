//! What the fuzz targets check, as functions of bytes: libFuzzer feeds them, and the tests feed them the committed
//! corpora without it.
//!
//! | target | what is promised |
//! |---|---|
//! | [`canonical`] | canonical request, string to sign and signature are those of a second, naive implementation |
//! | [`url`] | a URL that is accepted is sent by `fetch` as it was signed |
//! | [`error`] | every answer gives an error with code and message; what may be sent again provably did not run |
//! | [`switchover`] | at most one swap runs, and no report says more than was seen |

pub mod canonical;
pub mod error;
pub mod naive;
pub mod switchover;
pub mod url;

/// A target: panics where a promise is broken.
pub type Check = fn(&[u8]);

/// Every target, by name.
pub const TARGETS: &[(&str, Check)] = &[
    ("canonical", canonical::check),
    ("url", url::check),
    ("error", error::check),
    ("switchover", switchover::check),
];

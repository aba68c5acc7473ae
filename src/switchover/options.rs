//! What a switchover may be given, as checked values.

use super::goal::{Goal, is_plain};
use crate::error::Error;
use crate::json::Json;

/// Times of a switchover, in milliseconds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Times {
    /// Between two reads; grows to five times as much while a job lasts.
    pub interval_ms: u32,
    /// For the job.
    pub follow_timeout_ms: u32,
    /// For the roles to change after the job, or for finding out what became of a swap.
    pub verify_timeout_ms: u32,
}

impl Default for Times {
    fn default() -> Self {
        Self {
            interval_ms: 1_000,
            follow_timeout_ms: 600_000,
            verify_timeout_ms: 60_000,
        }
    }
}

/// What a switchover is given, beside the instance.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Options {
    /// Its times.
    pub times: Times,
    /// How often the swap is sent while the service's flow control refuses it, the first time included.
    pub max_attempts: u32,
    /// Where the master shall be; anywhere else if there is none.
    pub goal: Option<Goal>,
    /// The id of the node that must be master when the check reads the roles.
    pub expected_master: Option<String>,
    /// Refuse outside of the instance's maintenance window.
    pub in_maintenance_window: bool,
    /// Refuse when a standby that could take over is further behind than this, in bytes.
    pub max_replication_gap_bytes: Option<u64>,
    /// A record is written before the swap leaves.
    pub journal: bool,
    /// The transport may send a request again by itself, as browsers do: what flow control refuses may be the second copy of a
    /// swap that ran.
    pub transport_repeats: bool,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            times: Times::default(),
            max_attempts: 3,
            goal: None,
            expected_master: None,
            in_maintenance_window: false,
            max_replication_gap_bytes: None,
            journal: false,
            transport_repeats: false,
        }
    }
}

impl Options {
    /// Names of the options of a switchover.
    pub const NAMES: [&'static str; 5] = [
        "instanceId",
        "to",
        "expectedMaster",
        "window",
        "maxReplicationGapBytes",
    ];

    /// Reads goal, precondition and guards.
    ///
    /// # Errors
    /// `InvalidArgument` naming the field.
    pub fn read(json: &Json) -> Result<Self, Error> {
        let given = |name| match json.get(name) {
            None | Some(Json::Null) => None,
            given => given,
        };
        let mut options = Self::default();
        if let Some(to) = given("to") {
            options.goal = Some(Goal::read(to)?);
        }
        if let Some(expected) = given("expectedMaster") {
            match expected.as_str() {
                Some(id) if is_plain(id) => options.expected_master = Some(id.to_owned()),
                _ => {
                    let why = "must be the id of a node: 1 to 128 visible characters";
                    return Err(Error::invalid("expectedMaster", why));
                }
            }
        }
        if let Some(window) = given("window") {
            if window.as_str() != Some("maintenance") {
                return Err(Error::invalid(
                    "window",
                    "must be \"maintenance\", or left out",
                ));
            }
            options.in_maintenance_window = true;
        }
        if let Some(gap) = given("maxReplicationGapBytes") {
            const MOST: f64 = 9_007_199_254_740_991.0;
            match gap.as_number() {
                Some(bytes) if (0.0..=MOST).contains(&bytes) && bytes.fract() == 0.0 => {
                    options.max_replication_gap_bytes = Some(bytes as u64);
                }
                _ => {
                    let why = "must be a whole number of bytes, 0 or more";
                    return Err(Error::invalid("maxReplicationGapBytes", why));
                }
            }
        }
        Ok(options)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_what_is_given_and_nothing_is_on_by_itself() {
        let read = |text: &str| Options::read(&serde_json::from_str(text).unwrap());
        assert_eq!(read("{}"), Ok(Options::default()));
        assert_eq!(read(r#"{"to":null,"window":null}"#), Ok(Options::default()));
        let all = r#"{"to":{"zone":"z"},"expectedMaster":"a","window":"maintenance","maxReplicationGapBytes":0}"#;
        let options = read(all).unwrap();
        assert_eq!(options.goal, Some(Goal::Zone("z".to_owned())));
        assert_eq!(options.expected_master.as_deref(), Some("a"));
        assert_eq!(options.max_replication_gap_bytes, Some(0));
        assert!(options.in_maintenance_window);
        for (text, field) in [
            (r#"{"to":"z"}"#, "to"),
            (r#"{"expectedMaster":7}"#, "expectedMaster"),
            (r#"{"expectedMaster":""}"#, "expectedMaster"),
            (r#"{"window":"always"}"#, "window"),
            (r#"{"maxReplicationGapBytes":-1}"#, "maxReplicationGapBytes"),
            (
                r#"{"maxReplicationGapBytes":1.5}"#,
                "maxReplicationGapBytes",
            ),
            (
                r#"{"maxReplicationGapBytes":"1"}"#,
                "maxReplicationGapBytes",
            ),
        ] {
            let error = read(text).unwrap_err();
            assert!(error.to_string().starts_with(field), "{text}: {error}");
        }
    }
}

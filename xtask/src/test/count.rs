//! How many tests passed, failed and were skipped, read from what a runner prints.

use std::fmt;
use std::ops::AddAssign;

use crate::process::{Captured, LEFT_OUT};

/// Numbers of tests.
#[derive(Clone, Copy, Default, Debug, PartialEq, Eq)]
pub struct Counts {
    pub passed: u64,
    pub failed: u64,
    pub skipped: u64,
}

impl Counts {
    pub fn passed(passed: u64) -> Self {
        Self {
            passed,
            ..Self::default()
        }
    }

    pub fn failed(failed: u64) -> Self {
        Self {
            failed,
            ..Self::default()
        }
    }

    pub fn skipped(skipped: u64) -> Self {
        Self {
            skipped,
            ..Self::default()
        }
    }

    /// For the lines of suites, which must not look like the line of totals.
    pub fn in_words(&self) -> String {
        let Self {
            passed,
            failed,
            skipped,
        } = self;
        format!("{passed} ok, {failed} wrong, {skipped} left out")
    }
}

impl AddAssign for Counts {
    fn add_assign(&mut self, other: Self) {
        self.passed += other.passed;
        self.failed += other.failed;
        self.skipped += other.skipped;
    }
}

impl fmt::Display for Counts {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            passed,
            failed,
            skipped,
        } = self;
        write!(f, "{passed} passed, {failed} failed, {skipped} skipped")
    }
}

/// The kinds of runners.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Runner {
    /// `cargo test` and wasm-bindgen-test-runner: `test result: ok. 3 passed; 0 failed; 1 ignored; ...`
    Cargo,
    /// `node --test`: `# pass 3` or `ℹ pass 3`
    Node,
    /// Of each kind one after the other.
    CargoAndNode,
    /// `3 passed, 0 failed` or `3 passed, 0 failed, 1 skipped`
    Plain,
    /// A command that only succeeds or fails, or is left out.
    Status,
}

/// The counts of a run. A runner that failed without a failed test, or ran none, is a failure.
pub fn of(captured: &Captured, runner: Runner) -> Counts {
    let code = captured.status.and_then(|status| status.code());
    if runner == Runner::Status && code == Some(LEFT_OUT) {
        return Counts::skipped(1);
    }
    let succeeded = captured.status.is_some_and(|status| status.success());
    let mut counts = match runner {
        Runner::Cargo => cargo(&captured.text),
        Runner::Node => node(&captured.text),
        Runner::CargoAndNode => {
            let mut counts = cargo(&captured.text);
            counts += node(&captured.text);
            counts
        }
        Runner::Plain => plain(&captured.text),
        Runner::Status => Counts::passed(u64::from(succeeded)),
    };
    let none = counts.passed == 0 && counts.skipped == 0;
    if counts.failed == 0 && (!succeeded || none) {
        counts.failed = 1;
    }
    counts
}

fn cargo(text: &str) -> Counts {
    let mut counts = Counts::default();
    for line in text
        .lines()
        .filter_map(|line| line.trim().strip_prefix("test result: "))
    {
        let number = |what: &str| {
            line.split([';', '.'])
                .find_map(|part| part.trim().strip_suffix(what)?.trim().parse::<u64>().ok())
                .unwrap_or(0)
        };
        counts += Counts {
            passed: number(" passed"),
            failed: number(" failed"),
            skipped: number(" ignored"),
        };
    }
    counts
}

fn node(text: &str) -> Counts {
    let mut counts = Counts::default();
    for line in text.lines() {
        let mut words = line.split_whitespace();
        if let (Some("#" | "ℹ"), Some(what), Some(Ok(number)), None) = (
            words.next(),
            words.next(),
            words.next().map(str::parse::<u64>),
            words.next(),
        ) {
            match what {
                "pass" => counts.passed += number,
                "fail" | "cancelled" => counts.failed += number,
                "skipped" | "todo" => counts.skipped += number,
                _ => {}
            }
        }
    }
    counts
}

fn plain(text: &str) -> Counts {
    text.lines().rev().find_map(plain_line).unwrap_or_default()
}

/// A line of totals, with perhaps one word and a colon before it.
fn plain_line(line: &str) -> Option<Counts> {
    let line = line.rsplit_once(": ").map_or(line, |(_, totals)| totals);
    let mut parts = line.trim().split(", ");
    let mut number = |what: &str| parts.next()?.strip_suffix(what)?.parse::<u64>().ok();
    let (passed, failed) = (number(" passed")?, number(" failed")?);
    Some(Counts {
        passed,
        failed,
        skipped: number(" skipped").unwrap_or(0),
    })
}

/// The last lines of a text.
pub fn tail(text: &str, lines: usize) -> String {
    let all: Vec<&str> = text.lines().collect();
    all[all.len().saturating_sub(lines)..].join("\n")
}

#[cfg(test)]
mod tests {
    use std::os::unix::process::ExitStatusExt;
    use std::process::ExitStatus;

    use super::*;

    fn ended(code: i32, text: &str) -> Captured {
        Captured {
            status: Some(ExitStatus::from_raw(code << 8)),
            text: text.into(),
        }
    }

    fn counts(passed: u64, failed: u64, skipped: u64) -> Counts {
        Counts {
            passed,
            failed,
            skipped,
        }
    }

    #[test]
    fn cargo_results_are_added_up() {
        let text = "test result: ok. 3 passed; 0 failed; 1 ignored; 0 measured; 0 filtered out; finished in 0.02s\n\
                    test result: FAILED. 4 passed; 2 failed; 0 ignored; 0 filtered out; finished in 1.00s\n";
        assert_eq!(of(&ended(101, text), Runner::Cargo), counts(7, 2, 1));
    }

    #[test]
    fn node_summaries_of_both_reporters_are_read() {
        for mark in ["#", "ℹ"] {
            let text = format!(
                "{mark} tests 6\n{mark} pass 3\n{mark} fail 1\n{mark} cancelled 1\n{mark} skipped 1\n{mark} todo 0\n"
            );
            assert_eq!(of(&ended(1, &text), Runner::Node), counts(3, 2, 1));
        }
    }

    #[test]
    fn the_last_plain_line_counts() {
        let text = "1 passed, 0 failed\nnoise\npython: 5 passed, 1 failed, 2 skipped\n";
        assert_eq!(of(&ended(1, text), Runner::Plain), counts(5, 1, 2));
        assert_eq!(
            of(&ended(0, "4 passed, 0 failed"), Runner::Plain),
            counts(4, 0, 0)
        );
    }

    #[test]
    fn a_runner_that_fails_or_runs_nothing_is_a_failure() {
        assert_eq!(
            of(&ended(101, "error: could not compile"), Runner::Cargo),
            counts(0, 1, 0)
        );
        assert_eq!(of(&ended(0, ""), Runner::Plain), counts(0, 1, 0));
        assert_eq!(
            of(&ended(1, "2 passed, 0 failed"), Runner::Plain),
            counts(2, 1, 0)
        );
        let late = Captured {
            status: None,
            text: "2 passed, 0 failed".into(),
        };
        assert_eq!(of(&late, Runner::Plain), counts(2, 1, 0));
        assert_eq!(of(&ended(0, ""), Runner::Status), counts(1, 0, 0));
        assert_eq!(of(&ended(1, ""), Runner::Status), counts(0, 1, 0));
        assert_eq!(of(&ended(77, ""), Runner::Status), counts(0, 0, 1));
        assert_eq!(of(&ended(77, ""), Runner::Node), counts(0, 1, 0));
    }
}

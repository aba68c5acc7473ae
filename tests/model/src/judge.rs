//! What may be said of a switchover, by what the model knows. Nothing here asks the machine how it came to its words.

use std::fmt::Debug;

use huaweicloud_dcs::error::Outcome;
use huaweicloud_dcs::switchover::{Report, Verdict};

use crate::Model;

/// Holds a report against what is true.
///
/// # Panics
/// When a claim is false.
pub fn judge(report: &Report, model: &Model, story: &dyn Debug) {
    let said = report.verdict;
    let sent_ms = model.first_sent_ms;
    assert!(
        model.swaps_sent - model.swaps_throttled.min(model.swaps_sent) <= 1,
        "a swap was sent again that was not refused by flow control: {story:?}"
    );
    match said {
        Verdict::Swapped => {
            // Somewhere between sending and now the other node was seen as master. Whoever resumes knows the intent,
            // not whether it was sent: the process may have died just before, and somebody else have swapped.
            let never = if report.resumed { 0 } else { i64::MAX };
            let from = sent_ms.unwrap_or(never);
            let seen = (from..=model.now_ms).any(|at| model.master_at(at) != model.master_at(from));
            assert!(
                report.verified && seen,
                "said swapped: {story:?} {report:?}"
            );
        }
        Verdict::NotSwapped => assert_eq!(
            model.effective_swaps_of_ours(),
            0,
            "said not swapped: {story:?} {report:?}"
        ),
        Verdict::Already => assert_eq!(
            (model.effective_swaps_of_ours(), model.swaps_sent),
            (0, model.swaps_throttled),
            "said already: {story:?}"
        ),
        Verdict::Unknown => assert!(
            !report.verified && report.doubt.is_some(),
            "unknown needs a doubt: {story:?} {report:?}"
        ),
    }
    match report.outcome {
        Outcome::NotSent => assert_eq!(model.swaps_sent, 0, "said not sent: {story:?}"),
        Outcome::Rejected => assert_eq!(
            model.swaps.iter().filter(|swap| swap.ours).count(),
            0,
            "said rejected: {story:?}"
        ),
        Outcome::Accepted | Outcome::Unknown => {
            assert!(report.resumed || model.swaps_sent > 0, "{story:?}");
        }
    }
    assert!(report.duration_ms >= 0, "{story:?}");
    assert!(!report.reason.is_empty(), "{story:?}");
}

/// Holds the numbers of a report against what arrived, when one run sent everything.
///
/// # Panics
/// When they differ.
pub fn judge_counts(report: &Report, model: &Model, story: &dyn Debug) {
    assert_eq!(report.swap_requests, model.swaps_sent, "{story:?}");
    assert_eq!(
        report.swap_requests + report.read_requests,
        model.requests,
        "{story:?}"
    );
}

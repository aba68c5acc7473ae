//! The time, as whoever drives a machine reads it.

/// Two clocks, read at the same moment.
///
/// A duration is a difference of `monotonic_ms`, which nobody sets; `unix_ms` is for dates alone: that of a signature, of a
/// `Retry-After`, of a record.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Now {
    /// Milliseconds since some moment; it never goes back.
    pub monotonic_ms: i64,
    /// Milliseconds since 1970, as this machine's clock has them; it may jump.
    pub unix_ms: i64,
}

impl Now {
    /// Whether more than `ms` milliseconds have passed since `earlier`, by either clock: the monotonic one may stand still while
    /// a machine sleeps, and the other one may be set.
    pub fn is_later_than(self, earlier: Self, ms: i64) -> bool {
        self.monotonic_ms - earlier.monotonic_ms > ms || self.unix_ms - earlier.unix_ms > ms
    }
}

/// A pause of `ms` milliseconds that ends no later than `deadline_ms` on the monotonic clock, and lasts a millisecond at least.
pub(crate) fn pause_until(deadline_ms: i64, ms: u32, now: Now) -> u32 {
    let left = (deadline_ms - now.monotonic_ms).clamp(0, i64::from(u32::MAX));
    ms.min(u32::try_from(left).unwrap_or(ms)).max(1)
}

#[cfg(test)]
mod tests {
    use super::*;

    const fn at(monotonic_ms: i64, unix_ms: i64) -> Now {
        Now {
            monotonic_ms,
            unix_ms,
        }
    }

    #[test]
    fn either_clock_tells_that_time_has_passed() {
        let earlier = at(1000, 50_000);
        assert!(!at(1100, 50_100).is_later_than(earlier, 100));
        assert!(at(1101, 50_000).is_later_than(earlier, 100));
        assert!(at(1000, 50_101).is_later_than(earlier, 100), "asleep");
        assert!(!at(1000, 0).is_later_than(earlier, 100), "set back");
    }

    #[test]
    fn a_pause_ends_by_the_deadline() {
        assert_eq!(pause_until(500, 100, at(100, 0)), 100);
        assert_eq!(pause_until(150, 100, at(100, 0)), 50);
        assert_eq!(pause_until(50, 100, at(100, 0)), 1);
        assert_eq!(pause_until(i64::MAX / 2, 100, at(0, 0)), 100);
    }
}

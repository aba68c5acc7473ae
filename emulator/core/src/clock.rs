//! The emulator's clock, which a fault can set wrong.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::{Duration, UNIX_EPOCH};

use time::OffsetDateTime;
use time::macros::format_description;

use crate::world::World;

/// The last moment that has an HTTP date, at the end of the year 9999.
const LAST_DATE_MS: i64 = 253_402_300_799_000;

/// The world's time plus an offset. The offset moves the date window and the `Date` header.
pub struct Clock {
    world: Arc<dyn World>,
    offset_ms: AtomicI64,
}

impl Clock {
    /// A clock that is right.
    pub fn new(world: Arc<dyn World>) -> Self {
        Self {
            world,
            offset_ms: AtomicI64::new(0),
        }
    }

    /// Milliseconds since 1970, as this clock sees them.
    pub fn now_ms(&self) -> i64 {
        self.world.now_ms() + self.offset_ms()
    }

    /// How far this clock is from the machine's, in milliseconds.
    pub fn offset_ms(&self) -> i64 {
        self.offset_ms.load(Ordering::Relaxed)
    }

    /// Sets the offset.
    pub fn set_offset_ms(&self, offset: i64) {
        self.offset_ms.store(offset, Ordering::Relaxed);
    }

    /// The value of a `Date` header.
    pub fn http_date(&self) -> String {
        self.http_date_off_by(0)
    }

    /// The same, this many milliseconds off.
    pub fn http_date_off_by(&self, ms: i64) -> String {
        let at = self.now_ms().saturating_add(ms).clamp(0, LAST_DATE_MS);
        let since = Duration::from_millis(u64::try_from(at).unwrap_or(0));
        httpdate::fmt_http_date(UNIX_EPOCH + since)
    }
}

/// `2026-01-02T03:04:05.678Z`, the form of `created_at` and `expires_at`.
pub fn iso(ms: i64) -> String {
    let format =
        format_description!("[year]-[month]-[day]T[hour]:[minute]:[second].[subsecond digits:3]Z");
    OffsetDateTime::from_unix_timestamp_nanos(i128::from(ms) * 1_000_000)
        .ok()
        .and_then(|t| t.format(&format).ok())
        .unwrap_or_default()
}

/// Reads `X-Sdk-Date` (`YYYYMMDDTHHMMSSZ`) as milliseconds since 1970.
pub fn parse_sdk_date(text: &str) -> Option<i64> {
    let format = format_description!("[year][month][day]T[hour][minute][second]Z");
    let date = time::PrimitiveDateTime::parse(text, &format).ok()?;
    Some(date.assume_utc().unix_timestamp() * 1000)
}

/// Reads `yyyyMMddHHmmss`, the form of the times that ListBackgroundTask is asked with, as
/// milliseconds since 1970.
pub fn parse_task_time(text: &str) -> Option<i64> {
    let format = format_description!("[year][month][day][hour][minute][second]");
    let date = time::PrimitiveDateTime::parse(text, &format).ok()?;
    Some(date.assume_utc().unix_timestamp() * 1000)
}

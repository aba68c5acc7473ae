//! The world of a process: the machine's clock and randomness, and tokio's tasks.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use dcs_emulator_core::world::{Work, World};
use uuid::Uuid;

/// The world of this process.
pub struct Process;

impl World for Process {
    fn now_ms(&self) -> i64 {
        SystemTime::now()
            .duration_since(UNIX_EPOCH)
            .map_or(0, |d| i64::try_from(d.as_millis()).unwrap_or(i64::MAX))
    }

    fn random(&self) -> [u8; 16] {
        // Two of them, so that the bits that say "version 4" are random as well.
        let (mut first, second) = (*Uuid::new_v4().as_bytes(), *Uuid::new_v4().as_bytes());
        first[6] = second[0];
        first[8] = second[1];
        first
    }

    fn sleep(&self, time: Duration) -> Work {
        Box::pin(tokio::time::sleep(time))
    }

    fn spawn(&self, work: Work) {
        tokio::spawn(work);
    }
}

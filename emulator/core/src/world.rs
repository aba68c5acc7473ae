//! What a core is given of the world: time, randomness, and a way to do something meanwhile.
//!
//! Nothing else in this crate asks for them, so that a test can give a clock that it moves itself,
//! and a page the browser's.

use std::future::Future;
use std::pin::Pin;
use std::time::Duration;

use futures_util::future::{AbortHandle, abortable};

/// A future that owns what it works on.
pub type Work = Pin<Box<dyn Future<Output = ()> + Send>>;

/// The world.
pub trait World: Send + Sync {
    /// Milliseconds since 1970.
    fn now_ms(&self) -> i64;

    /// Sixteen random bytes.
    fn random(&self) -> [u8; 16];

    /// Ends after this time.
    fn sleep(&self, time: Duration) -> Work;

    /// Works on it whoever waits.
    fn spawn(&self, work: Work);
}

impl dyn World + '_ {
    /// 32 random hex digits.
    pub fn id(&self) -> String {
        self.random()
            .iter()
            .map(|byte| format!("{byte:02x}"))
            .collect()
    }

    /// A random UUID of version 4.
    pub fn uuid(&self) -> String {
        uuid::Builder::from_random_bytes(self.random())
            .into_uuid()
            .to_string()
    }

    /// Works on it until it is aborted.
    pub fn begin(&self, work: impl Future<Output = ()> + Send + 'static) -> AbortHandle {
        let (work, handle) = abortable(work);
        // Whether it was aborted is of no interest to anyone.
        self.spawn(Box::pin(async move {
            let _ = work.await;
        }));
        handle
    }
}

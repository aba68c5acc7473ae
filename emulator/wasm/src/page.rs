//! The world of a page: what JavaScript gives is called through a table, because a value of
//! JavaScript belongs to its thread and the core's world may be asked from any.

use std::cell::RefCell;
use std::time::Duration;

use dcs_emulator_core::world::{Work, World};
use futures_channel::oneshot;
use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::spawn_local;

#[wasm_bindgen]
extern "C" {
    /// What JavaScript gives: `now()` in milliseconds since 1970, `random(bytes)`, which fills
    /// them, and `setTimeout(callback, ms)`.
    pub type Given;

    #[wasm_bindgen(method)]
    fn now(this: &Given) -> f64;

    #[wasm_bindgen(method)]
    fn random(this: &Given, bytes: &mut [u8]);

    #[wasm_bindgen(method, js_name = setTimeout)]
    fn set_timeout(this: &Given, callback: JsValue, ms: f64);
}

thread_local! {
    static PAGES: RefCell<Vec<Option<Given>>> = const { RefCell::new(Vec::new()) };
}

/// A place in the table.
pub struct Page(usize);

impl Page {
    /// Keeps what JavaScript gives.
    pub fn new(given: Given) -> Self {
        PAGES.with_borrow_mut(|pages| {
            pages.push(Some(given));
            Self(pages.len() - 1)
        })
    }

    fn with<T>(&self, ask: impl FnOnce(&Given) -> T) -> T {
        PAGES.with_borrow(|pages| {
            ask(pages[self.0]
                .as_ref()
                .expect("it is there until it is dropped"))
        })
    }
}

impl Drop for Page {
    fn drop(&mut self) {
        PAGES.with_borrow_mut(|pages| pages[self.0] = None);
    }
}

impl World for Page {
    #[allow(
        clippy::cast_possible_truncation,
        reason = "milliseconds since 1970 fit"
    )]
    fn now_ms(&self) -> i64 {
        self.with(Given::now) as i64
    }

    fn random(&self) -> [u8; 16] {
        let mut bytes = [0; 16];
        self.with(|given| given.random(&mut bytes));
        bytes
    }

    #[allow(clippy::cast_precision_loss, reason = "no wait is that long")]
    fn sleep(&self, time: Duration) -> Work {
        let (tell, told) = oneshot::channel();
        let callback = Closure::once_into_js(move || {
            // Nobody waits any longer when the work was aborted.
            let _ = tell.send(());
        });
        self.with(|given| given.set_timeout(callback, time.as_millis() as f64));
        Box::pin(async move {
            let _ = told.await;
        })
    }

    fn spawn(&self, work: Work) {
        spawn_local(work);
    }
}

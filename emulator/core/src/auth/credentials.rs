//! The credentials the emulator knows, and the lock after failures in a row.

use std::collections::HashMap;

use serde::Deserialize;

use crate::config::{
    ACCESS_KEY, FAILURES_TO_LOCK, LOCK_MS, SECRET_KEY, SECURITY_TOKEN, TEMPORARY_ACCESS_KEY,
    TEMPORARY_SECRET_KEY, TOKEN,
};

/// One access key.
pub struct Entry {
    /// Its secret.
    pub secret: String,
    /// The security token that must come with it, if it is a temporary key.
    pub security_token: Option<String>,
    /// Whether it may only read.
    pub read_only: bool,
    /// The operations that it has no permission for.
    pub denied: Vec<String>,
    expires_at_ms: Option<i64>,
    failures: u32,
    locked_until_ms: i64,
}

impl Entry {
    /// Whether the key is locked at a time.
    pub const fn locked_at(&self, now_ms: i64) -> bool {
        now_ms < self.locked_until_ms
    }

    /// Whether the key's life is over at a time.
    pub fn expired_at(&self, now_ms: i64) -> bool {
        self.expires_at_ms.is_some_and(|end| now_ms >= end)
    }
}

/// A registration, as `POST /_emulator/credentials` takes it.
#[derive(Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub struct Registration {
    /// The access key; with `sk`.
    pub ak: Option<String>,
    /// The secret; with `ak`.
    pub sk: Option<String>,
    /// The security token, which makes the pair a temporary one.
    pub security_token: Option<String>,
    /// A token for `X-Auth-Token`.
    pub token: Option<String>,
    /// Whether swaps are refused.
    #[serde(default)]
    pub read_only: bool,
    /// The operations that the key has no permission for; not for a token.
    #[serde(default)]
    pub denied: Vec<String>,
    /// When the key ends, from now.
    pub expires_in_ms: Option<i64>,
}

/// All that is known.
pub struct Credentials {
    keys: HashMap<String, Entry>,
    tokens: HashMap<String, bool>,
}

impl Default for Credentials {
    fn default() -> Self {
        let mut all = Self {
            keys: HashMap::new(),
            tokens: HashMap::new(),
        };
        all.insert(ACCESS_KEY, SECRET_KEY, None);
        all.insert(
            TEMPORARY_ACCESS_KEY,
            TEMPORARY_SECRET_KEY,
            Some(SECURITY_TOKEN),
        );
        all.tokens.insert(TOKEN.to_owned(), false);
        all
    }
}

impl Credentials {
    fn insert(&mut self, access: &str, secret: &str, token: Option<&str>) {
        let entry = Entry {
            secret: secret.to_owned(),
            security_token: token.map(str::to_owned),
            read_only: false,
            denied: Vec::new(),
            expires_at_ms: None,
            failures: 0,
            locked_until_ms: 0,
        };
        self.keys.insert(access.to_owned(), entry);
    }

    /// Adds or replaces what a registration names.
    ///
    /// # Errors
    /// A message when it names neither a pair nor a token.
    pub fn register(&mut self, new: Registration, now_ms: i64) -> Result<(), &'static str> {
        let pair = match (new.ak, new.sk) {
            (Some(ak), Some(sk)) => Some((ak, sk)),
            (None, None) => None,
            _ => return Err("ak and sk belong together"),
        };
        if pair.is_none() && new.token.is_none() {
            return Err("name ak and sk, or token");
        }
        if let Some((ak, sk)) = pair {
            self.insert(&ak, &sk, new.security_token.as_deref());
            if let Some(entry) = self.keys.get_mut(&ak) {
                entry.read_only = new.read_only;
                entry.denied = new.denied;
                entry.expires_at_ms = new.expires_in_ms.map(|ms| now_ms + ms);
            }
        }
        if let Some(token) = new.token {
            self.tokens.insert(token, new.read_only);
        }
        Ok(())
    }

    /// The entry of an access key.
    pub fn get(&self, access: &str) -> Option<&Entry> {
        self.keys.get(access)
    }

    /// Whether a token is known, and if so whether it may only read.
    pub fn token(&self, token: &str) -> Option<bool> {
        self.tokens.get(token).copied()
    }

    /// Notes a failure; the fifth in a row locks the key.
    pub fn failed(&mut self, access: &str, now_ms: i64) {
        if let Some(entry) = self.keys.get_mut(access) {
            entry.failures += 1;
            if entry.failures >= FAILURES_TO_LOCK {
                entry.failures = 0;
                entry.locked_until_ms = now_ms + LOCK_MS;
            }
        }
    }

    /// Notes a success, which ends a row of failures.
    pub fn succeeded(&mut self, access: &str) {
        if let Some(entry) = self.keys.get_mut(access) {
            entry.failures = 0;
        }
    }

    /// Unlocks one key, or all.
    pub fn unlock(&mut self, access: Option<&str>) {
        for (key, entry) in &mut self.keys {
            if access.is_none_or(|a| a == key) {
                entry.failures = 0;
                entry.locked_until_ms = 0;
            }
        }
    }

    /// The access keys that are locked now.
    pub fn locked(&self, now_ms: i64) -> Vec<&str> {
        let mut keys: Vec<&str> = self
            .keys
            .iter()
            .filter(|(_, e)| e.locked_at(now_ms))
            .map(|(k, _)| k.as_str())
            .collect();
        keys.sort_unstable();
        keys
    }
}

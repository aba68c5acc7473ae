//! The profile file against a naive reader, and messages without any of its text.

use huaweicloud_dcs::credential::{AccessKey, profile};

const KEYS: [&str; 5] = ["ak", "sk", "security_token", "project_id", "iam_endpoint"];

/// Reads a text as a profile file, twice.
pub fn check(data: &[u8]) {
    let Ok(text) = std::str::from_utf8(data) else {
        return;
    };
    match (profile::parse(text), naive(text)) {
        (Ok(profile), Some(expected)) => {
            let read = [
                profile.ak.clone(),
                profile.sk.as_ref().map(|text| text.to_string()),
                profile.security_token.as_ref().map(|text| text.to_string()),
                profile.project_id.clone(),
                profile.iam_endpoint.clone(),
            ];
            assert_eq!(read, expected);
            secret_stays(&profile);
        }
        (Err(error), None) => says_nothing(&error.to_string()),
        (ours, naive) => panic!(
            "read: {}, by the naive reader: {}",
            ours.is_ok(),
            naive.is_some()
        ),
    }
}

/// A message is one of a few, with at most the number of a line in it.
fn says_nothing(message: &str) {
    let shape: String = message
        .chars()
        .filter(|letter| !letter.is_ascii_digit())
        .collect();
    let known = [
        "profile file, line : a section without ]",
        "profile file, line : neither [section] nor key = value",
        "profile file, line : a key stands twice",
        "profile file: no section [basic]",
    ];
    assert!(known.contains(&&*shape), "{shape}");
}

fn secret_stays(profile: &profile::Profile) {
    let (Some(ak), Some(sk)) = (&profile.ak, &profile.sk) else {
        return;
    };
    let token = profile
        .security_token
        .as_ref()
        .map(|text| text.as_str().to_owned());
    let shown = match AccessKey::new(ak.clone(), sk.as_str().to_owned(), token) {
        Ok(key) => format!("{key:?}"),
        Err(error) => format!("{error:?} {error}"),
    };
    // The access key id may be shown, and may look like the secret. Short texts are in any message by chance.
    let others = shown.replace(&format!("{ak:?}"), "");
    assert!(sk.len() < 12 || !others.contains(sk.as_str()));
}

/// The values of the five keys; none where the file is refused.
fn naive(text: &str) -> Option<[Option<String>; 5]> {
    let mut values: [Option<String>; 5] = Default::default();
    let mut section = None;
    let mut seen = false;
    for line in text.trim_start_matches('\u{feff}').split('\n') {
        let line = line.trim();
        let first = line.chars().next();
        match first {
            None | Some('#' | ';') => continue,
            Some('[') => {
                section = Some(line[1..line.find(']')?].to_owned());
                seen |= section.as_deref() == Some("basic");
                continue;
            }
            _ if section.as_deref() != Some("basic") => continue,
            _ => {}
        }
        let at = line.find(['=', ':'])?;
        let key = line[..at].trim().to_ascii_lowercase();
        if let Some(index) = KEYS.iter().position(|known| *known == key) {
            if values[index].is_some() {
                return None;
            }
            values[index] = Some(line[at + 1..].trim().to_owned());
        }
    }
    seen.then_some(values)
}

//! The official profile file, `~/.huaweicloud/credentials`: INI with a section `[basic]`.
//!
//! Read as the official Python core does (configparser): `=` or `:` after the key, `#` and `;` start a comment
//! line, keys in any case, the last of two equal keys does not win but is refused.

use zeroize::Zeroizing;

use crate::error::Error;

/// What the section `[basic]` holds. Texts are not checked here: [`super::AccessKey::new`] does.
#[derive(Default)]
pub struct Profile {
    /// `ak`
    pub ak: Option<String>,
    /// `sk`
    pub sk: Option<Zeroizing<String>>,
    /// `security_token`
    pub security_token: Option<Zeroizing<String>>,
    /// `project_id`
    pub project_id: Option<String>,
    /// `iam_endpoint`
    pub iam_endpoint: Option<String>,
}

/// Reads the text of a profile file.
///
/// # Errors
/// `Credentials` when there is no section `[basic]`, a key stands twice, or a line is neither section, comment nor
/// `key = value`. Messages name the line's number, never its text.
///
/// ```
/// let profile = huaweicloud_dcs::credential::profile::parse("[basic]\nak = A\nsk = S\n").unwrap();
/// assert_eq!(profile.ak.as_deref(), Some("A"));
/// ```
pub fn parse(text: &str) -> Result<Profile, Error> {
    let mut profile = Profile::default();
    let mut section = "";
    let mut found = false;
    for (index, line) in text.trim_start_matches('\u{feff}').lines().enumerate() {
        let wrong = |why: &str| {
            Err(Error::credentials(&format!(
                "profile file, line {}: {why}",
                index + 1
            )))
        };
        let line = line.trim();
        if line.is_empty() || line.starts_with(['#', ';']) {
            continue;
        }
        if let Some(name) = line.strip_prefix('[') {
            let Some(end) = name.find(']') else {
                return wrong("a section without ]");
            };
            section = &name[..end];
            found |= section == "basic";
            continue;
        }
        if section != "basic" {
            continue;
        }
        let Some((key, value)) = line.split_once(['=', ':']) else {
            return wrong("neither [section] nor key = value");
        };
        if !profile.set(key.trim(), value.trim()) {
            return wrong("a key stands twice");
        }
    }
    if found {
        Ok(profile)
    } else {
        Err(Error::credentials("profile file: no section [basic]"))
    }
}

impl Profile {
    /// Sets a field; false when it is set already. Unknown keys belong to other tools and are passed over.
    fn set(&mut self, key: &str, value: &str) -> bool {
        let plain = |slot: &mut Option<String>| slot.replace(value.to_owned()).is_none();
        let secret = |slot: &mut Option<Zeroizing<String>>| {
            slot.replace(Zeroizing::new(value.to_owned())).is_none()
        };
        match key.to_ascii_lowercase().as_str() {
            "ak" => plain(&mut self.ak),
            "sk" => secret(&mut self.sk),
            "security_token" => secret(&mut self.security_token),
            "project_id" => plain(&mut self.project_id),
            "iam_endpoint" => plain(&mut self.iam_endpoint),
            _ => true,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn reads_the_official_form() {
        let text = "\u{feff}# mine\r\n[global]\r\nak=no\r\n[basic]\r\nAK : A=1\r\nsk= s:k==\r\n; x\r\nproject_id =p\r\nregion=r\r\n";
        let profile = parse(text).unwrap();
        assert_eq!(profile.ak.as_deref(), Some("A=1"));
        assert_eq!(profile.sk.as_ref().map(|sk| sk.as_str()), Some("s:k=="));
        assert_eq!(profile.project_id.as_deref(), Some("p"));
        assert!(profile.security_token.is_none() && profile.iam_endpoint.is_none());
    }

    #[test]
    fn errors_name_the_line_not_the_text() {
        for (text, part) in [
            ("", "no section [basic]"),
            ("[global]\nak=1", "no section [basic]"),
            ("[basic]\nMARKER", "line 2"),
            ("[basic\nx", "line 1"),
            ("[basic]\nsk=MARKER\nsk=MARKER", "line 3"),
        ] {
            let message = parse(text).err().unwrap().to_string();
            assert!(
                message.contains(part) && !message.contains("MARKER"),
                "{message}"
            );
        }
    }

    proptest! {
        #[test]
        fn never_panics(text in "(\\[basic\\]\n)?(\\PC|\n|=|\\[|\\]){0,80}") {
            let _ = parse(&text);
        }
    }
}

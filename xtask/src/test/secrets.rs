//! No secret key that the suites used may be in anything they printed.

use std::fs::File;
use std::io::Write;
use std::path::{Path, PathBuf};

use anyhow::{Result, ensure};
use base64::Engine;
use base64::engine::general_purpose::STANDARD as BASE64;

use super::count::Counts;
use crate::project;

/// The secret keys: the marker that the suites sign with, and those that the emulator knows by default.
const SECRETS: &[&str] = &[
    "MARKER-SK-9f27c1d4e8b3a605",
    "emulator-sk-not-a-secret-000000000001",
    "emulator-sk-not-a-secret-000000000002",
];

/// Searches the logs of the run, after making sure that a secret would be found.
pub fn check(log: &mut File) -> Result<Counts> {
    self_test()?;
    let logs = super::logs();
    let (searched, found) = search(&logs)?;
    let line = format!("{} files searched, {} hold a secret", searched, found.len());
    println!("   {line}");
    writeln!(log, "{line}")?;
    for file in &found {
        // The name only: the line would print the secret again.
        println!("   a secret is in {}", file.display());
    }
    ensure!(
        searched > 0,
        "there are no logs to search: run the other suites first"
    );
    Ok(Counts {
        passed: searched - found.len() as u64,
        failed: found.len() as u64,
        skipped: 0,
    })
}

/// How many files hold anything, and which of them a secret.
fn search(folder: &Path) -> Result<(u64, Vec<PathBuf>)> {
    let (mut searched, mut found) = (0, Vec::new());
    for file in project::files_below(folder)? {
        let content = std::fs::read(&file)?;
        if content.is_empty() {
            continue;
        }
        searched += 1;
        if spellings().any(|secret| contains(&content, secret.as_bytes())) {
            found.push(file);
        }
    }
    Ok((searched, found))
}

/// Each secret as it is, in base64 and in hex.
fn spellings() -> impl Iterator<Item = String> {
    SECRETS.iter().flat_map(|secret| {
        [
            (*secret).to_owned(),
            BASE64.encode(secret).trim_end_matches('=').to_owned(),
            project::hex(secret.as_bytes()),
        ]
    })
}

fn contains(content: &[u8], part: &[u8]) -> bool {
    content.windows(part.len()).any(|window| window == part)
}

/// Writes a clean file and one with a secret for each spelling: the search must tell them apart.
fn self_test() -> Result<()> {
    let folder = project::at("target/secrets-self-test");
    std::fs::create_dir_all(&folder)?;
    std::fs::write(
        folder.join("clean"),
        "Authorization: SDK-HMAC-SHA256 Access=AK, Signature=00",
    )?;
    let mut planted = 0;
    for (number, secret) in spellings().enumerate() {
        std::fs::write(
            folder.join(format!("planted-{number}")),
            format!("sk={secret}\n"),
        )?;
        planted += 1;
    }
    let (searched, found) = search(&folder)?;
    std::fs::remove_dir_all(&folder)?;
    ensure!(
        found.len() == planted && searched == planted as u64 + 1,
        "the search for secrets does not find planted ones"
    );
    Ok(())
}

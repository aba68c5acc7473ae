//! Reading CHANGELOG.md.

use anyhow::{Result, bail, ensure};

/// The dated section of a version: what a release tells.
pub fn notes(changelog: &str, version: &str) -> Result<String> {
    let head = format!("## [{version}] - ");
    let Some((_, rest)) = changelog.split_once(&head) else {
        bail!("CHANGELOG.md has no section `{head}YYYY-MM-DD`");
    };
    let (date, rest) = rest.split_once('\n').unwrap_or((rest, ""));
    let digits = date.trim().split('-').map(str::len).collect::<Vec<_>>();
    let is_date = digits == [4, 2, 2]
        && date
            .trim()
            .bytes()
            .all(|byte| byte.is_ascii_digit() || byte == b'-');
    ensure!(
        is_date,
        "CHANGELOG.md dates version {version} {date:?}: it has the form YYYY-MM-DD"
    );
    let section = rest.split("\n## ").next().unwrap_or_default().trim();
    ensure!(
        !section.is_empty(),
        "CHANGELOG.md says nothing of version {version}"
    );
    Ok(format!("{section}\n"))
}

/// What stands under [Unreleased].
pub fn unreleased(changelog: &str) -> &str {
    let rest = changelog
        .split_once("## [Unreleased]")
        .map_or("", |(_, rest)| rest);
    rest.split("\n## ").next().unwrap_or_default().trim()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn notes_are_the_dated_section_of_the_version() {
        let log = "# Changelog\n\n## [Unreleased]\n\n## [1.2.0] - 2026-01-02\n\n### Added\n\n- x\n\n## [1.1.0] - 2025-01-01\n\n- y\n";
        assert_eq!(notes(log, "1.2.0").unwrap(), "### Added\n\n- x\n");
        assert_eq!(notes(log, "1.1.0").unwrap(), "- y\n");
        assert_eq!(unreleased(log), "");
        assert_eq!(
            unreleased(&log.replace("[Unreleased]\n", "[Unreleased]\n\n- z\n")),
            "- z"
        );
        assert!(notes(log, "1.3.0").is_err());
        assert!(notes(&log.replace("2026-01-02", "soon"), "1.2.0").is_err());
        assert!(notes(&log.replace(" - 2026-01-02", ""), "1.2.0").is_err());
        assert!(
            notes(
                "## [1.0.0] - 2026-01-02\n\n## [0.9.0] - 2026-01-01\n",
                "1.0.0"
            )
            .is_err()
        );
    }
}

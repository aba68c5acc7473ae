//! `cargo xtask release`: everything between a tag and npm.
//!
//! The package is built, stamped with the repository that releases it, packed, and what is attached to a release is written
//! beside it. With `--dry-run` nothing is uploaded, and nothing else differs. docs/releasing.md tells the whole way.

use std::path::{Path, PathBuf};

use anyhow::{Context, Result, ensure};
use base64::Engine;
use base64::engine::general_purpose::STANDARD as BASE64;
use serde_json::{Value, json};
use sha2::{Digest, Sha256, Sha384};

use crate::{build, changelog, process, project, setup, tools};

#[derive(clap::Args)]
pub struct Args {
    /// Everything but the upload
    #[arg(long)]
    dry_run: bool,
    /// OWNER/NAME on GitHub; GITHUB_REPOSITORY, or the remote `origin`, unless given
    #[arg(long)]
    repository: Option<String>,
    /// The tag that is released; GITHUB_REF_NAME in a workflow that a tag started
    #[arg(long)]
    tag: Option<String>,
    /// Also from a checkout with changes; only with --dry-run
    #[arg(long, requires = "dry_run")]
    allow_dirty: bool,
    /// Where the files are written
    #[arg(long, default_value = "target/release-files")]
    out: PathBuf,
}

pub fn run(args: &Args) -> Result<()> {
    let repository = repository(args.repository.as_deref())?;
    let tag = args.tag.clone().or_else(tag_of_workflow);
    check_tag(tag.as_deref(), args.dry_run)?;
    let changelog = std::fs::read_to_string(project::at("CHANGELOG.md"))?;
    let notes = changelog::notes(&changelog, project::VERSION)?;
    if !args.dry_run {
        ensure!(
            changelog::unreleased(&changelog).is_empty(),
            "CHANGELOG.md has changes under [Unreleased] that the release would not tell of"
        );
        check_provenance()?;
    }
    if !args.allow_dirty {
        check_clean()?;
    }
    let out = project::root().join(&args.out);
    clear(&out)?;
    setup::ensure(setup::BUILD)?;
    build::package(false)?;
    let package = stamped(&out, &repository)?;
    let tarball = pack(&package, &out)?;
    write_attached(&out, &package, &tarball, &notes)?;
    tell(&out)?;
    if args.dry_run {
        println!("a dry run: nothing was uploaded");
        return Ok(());
    }
    let mut npm = tools::command("npm");
    npm.arg("publish").arg(&tarball);
    process::run(npm.args(["--provenance", "--access", "public"]))
}

/// The repository that provenance names: without it npm refuses the package.
fn repository(given: Option<&str>) -> Result<String> {
    let from_environment = std::env::var("GITHUB_REPOSITORY").ok();
    let found = given
        .map(str::to_owned)
        .or(from_environment)
        .or_else(repository_of_origin)
        .context("no repository to stamp the package with: give --repository OWNER/NAME")?;
    check_repository(&found)?;
    Ok(found)
}

fn check_repository(name: &str) -> Result<()> {
    let is_part = |part: &str| {
        !part.is_empty()
            && part != "."
            && part != ".."
            && part
                .bytes()
                .all(|byte| byte.is_ascii_alphanumeric() || b"-_.".contains(&byte))
    };
    let is_name = name
        .split_once('/')
        .is_some_and(|(owner, name)| is_part(owner) && is_part(name));
    ensure!(
        is_name,
        "{name:?} is no repository: it has the form OWNER/NAME"
    );
    Ok(())
}

/// The repository of the remote `origin`, if that is on GitHub.
fn repository_of_origin() -> Option<String> {
    let mut git = tools::command("git");
    let url = process::output(git.args(["remote", "get-url", "origin"])).ok()?;
    github_name(url.trim())
}

/// OWNER/NAME of an address of GitHub.
fn github_name(url: &str) -> Option<String> {
    let rest = [
        "https://github.com/",
        "git@github.com:",
        "ssh://git@github.com/",
    ]
    .iter()
    .find_map(|start| url.strip_prefix(start))?;
    Some(
        rest.trim_end_matches('/')
            .trim_end_matches(".git")
            .to_owned(),
    )
}

/// The tag that started the workflow, if one did.
fn tag_of_workflow() -> Option<String> {
    let is_tag = std::env::var("GITHUB_REF_TYPE").is_ok_and(|kind| kind == "tag");
    is_tag
        .then(|| std::env::var("GITHUB_REF_NAME").ok())
        .flatten()
}

fn check_tag(tag: Option<&str>, dry_run: bool) -> Result<()> {
    let wanted = format!("v{}", project::VERSION);
    match tag {
        Some(tag) => ensure!(
            tag == wanted,
            "the tag {tag} is not that of version {}: it is {wanted}",
            project::VERSION
        ),
        None => ensure!(dry_run, "a release is made from a tag: give --tag {wanted}"),
    }
    Ok(())
}

/// npm's trusted publishing: a token of the workflow, and no secret.
fn check_provenance() -> Result<()> {
    ensure!(
        std::env::var_os("ACTIONS_ID_TOKEN_REQUEST_URL").is_some(),
        "npm writes provenance only in a workflow with the permission `id-token: write`; here there is --dry-run"
    );
    Ok(())
}

fn check_clean() -> Result<()> {
    let changed = process::output(tools::command("git").args(["status", "--porcelain"]))?;
    ensure!(
        changed.trim().is_empty(),
        "the checkout has changes that no tag has; commit them, or give --allow-dirty with --dry-run:\n{changed}"
    );
    Ok(())
}

/// Whether a release makes a file or folder of this name.
fn is_made(name: &str) -> bool {
    const MADE: [&str; 5] = [
        "package",
        "sbom.cdx.json",
        "integrity.json",
        "SHA256SUMS",
        "notes.md",
    ];
    MADE.contains(&name) || name.starts_with("huaweicloud-dcs-") && name.ends_with(".tgz")
}

/// Removes what an earlier run made, and nothing else.
fn clear(out: &Path) -> Result<()> {
    if !out.exists() {
        return Ok(());
    }
    for entry in std::fs::read_dir(out)? {
        let name = entry?.file_name();
        ensure!(
            is_made(&name.to_string_lossy()),
            "{} holds {}, which no release made: give another --out",
            out.display(),
            name.display()
        );
    }
    Ok(std::fs::remove_dir_all(out)?)
}

/// A copy of pkg/ whose manifest names the repository.
fn stamped(out: &Path, repository: &str) -> Result<PathBuf> {
    let (from, to) = (project::at("pkg"), out.join("package"));
    for file in project::files_below(&from)? {
        let copy = to.join(file.strip_prefix(&from)?);
        std::fs::create_dir_all(copy.parent().context("a file has a folder")?)?;
        std::fs::copy(&file, copy)?;
    }
    let manifest = to.join("package.json");
    let stamped = with_repository(&std::fs::read_to_string(&manifest)?, repository)?;
    std::fs::write(manifest, stamped)?;
    Ok(to)
}

/// A manifest with `repository`, `homepage` and `bugs`. The rest of its text stays: the order of `exports` has a meaning.
fn with_repository(manifest: &str, repository: &str) -> Result<String> {
    const AFTER: &str = "  \"license\":";
    let home = format!("https://github.com/{repository}");
    let fields = format!(
        r#"  "repository": {{
    "type": "git",
    "url": "git+{home}.git"
  }},
  "homepage": "{home}#readme",
  "bugs": {{
    "url": "{home}/issues"
  }},
"#
    );
    let at = manifest
        .find(AFTER)
        .context("the manifest names no licence")?;
    let stamped = [&manifest[..at], &fields, &manifest[at..]].concat();
    let read: Value = serde_json::from_str(&stamped)?;
    ensure!(
        read["repository"]["url"] == format!("git+{home}.git"),
        "the manifest names another repository"
    );
    Ok(stamped)
}

/// Packs the folder as npm publishes it.
fn pack(package: &Path, out: &Path) -> Result<PathBuf> {
    let mut npm = tools::command("npm");
    npm.args(["pack", "--json", "--ignore-scripts", "--pack-destination"]);
    let told = process::output(npm.arg(out).current_dir(package))?;
    let told: Value = serde_json::from_str(&told).context("npm pack does not answer in JSON")?;
    let name = told[0]["filename"]
        .as_str()
        .context("npm pack names no file")?;
    Ok(out.join(name))
}

/// Files of the package that a page names, with the hashes by which it can insist on them.
fn is_for_pages(name: &str) -> bool {
    let is_module = name.ends_with(".wasm") || name.ends_with(".mjs");
    let top = [
        "browser.mjs",
        "page.mjs",
        "signer.mjs",
        "asymmetric.mjs",
        "inline.mjs",
        "init.mjs",
    ];
    is_module && (top.contains(&name) || name.starts_with("lib/") && !name.contains("server"))
}

/// What a release has beside the tarball: bill of materials, checksums, integrity hashes, notes.
fn write_attached(out: &Path, package: &Path, tarball: &Path, notes: &str) -> Result<()> {
    let sbom = out.join("sbom.cdx.json");
    std::fs::copy(package.join("sbom.cdx.json"), &sbom)?;
    let mut integrity = serde_json::Map::new();
    for file in project::files_below(package)? {
        let name = file.strip_prefix(package)?.to_string_lossy().into_owned();
        if is_for_pages(&name) {
            let hash = BASE64.encode(Sha384::digest(std::fs::read(&file)?));
            integrity.insert(name, json!(format!("sha384-{hash}")));
        }
    }
    let sri = out.join("integrity.json");
    std::fs::write(
        &sri,
        format!("{}\n", serde_json::to_string_pretty(&integrity)?),
    )?;
    let mut sums = String::new();
    for file in [tarball, &sbom, &sri] {
        let hash = project::hex(&Sha256::digest(std::fs::read(file)?));
        let name = file.file_name().unwrap_or_default().to_string_lossy();
        sums.push_str(&format!("{hash}  {name}\n"));
    }
    std::fs::write(out.join("SHA256SUMS"), sums)?;
    std::fs::write(out.join("notes.md"), notes)?;
    Ok(())
}

fn tell(out: &Path) -> Result<()> {
    let mut files: Vec<_> = std::fs::read_dir(out)?.collect::<std::io::Result<_>>()?;
    files.sort_by_key(std::fs::DirEntry::file_name);
    for file in files {
        let meta = file.metadata()?;
        if meta.is_file() {
            println!("{:>9}  {}", meta.len(), file.file_name().to_string_lossy());
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_repository_has_an_owner_and_a_name() {
        for good in ["a/b", "li-lei/huaweicloud-dcs", "A.b/c_d"] {
            assert!(check_repository(good).is_ok(), "{good}");
        }
        for bad in [
            "",
            "a",
            "/",
            "a/",
            "/b",
            "a/b/c",
            "a/..",
            "a b/c",
            "https://github.com/a/b",
        ] {
            assert!(check_repository(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn github_is_known_by_each_of_its_addresses() {
        for url in [
            "https://github.com/a/b",
            "https://github.com/a/b.git",
            "https://github.com/a/b/",
            "git@github.com:a/b.git",
            "ssh://git@github.com/a/b.git",
        ] {
            assert_eq!(github_name(url).as_deref(), Some("a/b"), "{url}");
        }
        for other in [
            "/srv/b",
            "https://example.com/a/b",
            "https://github.com.example.com/a/b",
        ] {
            assert_eq!(github_name(other), None, "{other}");
        }
    }

    #[test]
    fn a_tag_is_that_of_the_version() {
        let own = format!("v{}", project::VERSION);
        assert!(check_tag(Some(&own), false).is_ok());
        assert!(check_tag(None, true).is_ok());
        assert!(check_tag(None, false).is_err());
        for other in [project::VERSION, "v9.9.9", "main"] {
            assert!(check_tag(Some(other), true).is_err(), "{other}");
        }
    }

    #[test]
    fn a_manifest_names_the_repository_and_keeps_its_order() {
        let text = include_str!("../../pkg-template/package.json");
        let stamped = with_repository(text, "a/b").unwrap();
        let read: Value = serde_json::from_str(&stamped).unwrap();
        assert_eq!(read["repository"]["url"], "git+https://github.com/a/b.git");
        assert_eq!(read["bugs"]["url"], "https://github.com/a/b/issues");
        assert_eq!(read["homepage"], "https://github.com/a/b#readme");
        let (before, after) = text.split_once("  \"license\"").unwrap();
        assert!(stamped.starts_with(before) && stamped.ends_with(after));
        let later = text.replace("\"type\"", "\"repository\": \"x\", \"type\"");
        assert!(with_repository(&later, "a/b").is_err());
    }
}

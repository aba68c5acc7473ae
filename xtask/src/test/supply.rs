//! What the package is made from: licences, sources, known holes, the bill of materials, lock files.

use std::collections::BTreeSet;
use std::fs::File;
use std::time::Duration;

use anyhow::{Context, Result};
use serde_json::Value;

use super::count::Counts;
use crate::{process, project, sbom, tools};

const LIMIT: Duration = Duration::from_secs(180);

/// Checks all of it.
pub fn check(log: &mut File) -> Result<Counts> {
    let mut counts = Counts::default();
    for manifest in ["Cargo.toml", "fuzz/Cargo.toml"] {
        counts += rules(manifest, log)?;
    }
    counts += advisories(log)?;
    counts += npm_audit(log)?;
    for (name, checked) in [
        ("the bill of materials", bill_of_materials()),
        ("no run-time npm dependency", no_dependencies()),
        ("lock files of public registries", lock_files()),
    ] {
        if let Err(error) = &checked {
            println!("   {name}: {error:#}");
        }
        counts += match checked {
            Ok(()) => Counts::passed(1),
            Err(_) => Counts::failed(1),
        };
    }
    Ok(counts)
}

/// Licences, duplicates and sources, by deny.toml. Needs no network.
fn rules(manifest: &str, log: &mut File) -> Result<Counts> {
    let mut deny = tools::command("cargo-deny");
    deny.args([
        "--offline",
        "--manifest-path",
        manifest,
        "--config",
        "deny.toml",
    ]);
    // A licence that one of the two graphs has is none too many for the other.
    deny.args(["check", "-A", "license-not-encountered"]);
    deny.args(["-A", "license-exception-not-encountered"]);
    deny.args(["licenses", "bans", "sources"]);
    let ran = process::capture(&mut deny, log, false, LIMIT)?;
    if ran.status.is_some_and(|status| status.success()) {
        return Ok(Counts::passed(1));
    }
    println!("   cargo deny finds fault with {manifest}:\n{}", ran.text);
    Ok(Counts::failed(1))
}

/// Known holes in crates, where RustSec's database can be had.
fn advisories(log: &mut File) -> Result<Counts> {
    let mut deny = tools::command("cargo-deny");
    deny.args(["--config", "deny.toml", "check", "advisories"]);
    let ran = process::capture(&mut deny, log, false, LIMIT)?;
    if ran.status.is_some_and(|status| status.success()) {
        return Ok(Counts::passed(1));
    }
    if ran.status.is_none() || ran.text.contains("failed to fetch advisory database") {
        println!("   advisories of crates: left out, RustSec's database cannot be had here");
        return Ok(Counts::skipped(1));
    }
    println!("   cargo deny knows of holes:\n{}", ran.text);
    Ok(Counts::failed(1))
}

/// Known holes in the npm packages that build and test, where the registry tells.
fn npm_audit(log: &mut File) -> Result<Counts> {
    let mut npm = tools::command("npm");
    npm.args(["audit", "--json", "--audit-level=high"]);
    let ran = process::capture(&mut npm, log, false, LIMIT)?;
    let from = ran.text.find('{').unwrap_or(ran.text.len());
    let mut answers = serde_json::Deserializer::from_str(&ran.text[from..]).into_iter::<Value>();
    let answer = answers.next().and_then(Result::ok).unwrap_or_default();
    if answer.get("auditReportVersion").is_none() {
        println!("   npm audit: left out, the registry does not answer it here");
        return Ok(Counts::skipped(1));
    }
    if ran.status.is_some_and(|status| status.success()) {
        return Ok(Counts::passed(1));
    }
    println!("   npm audit knows of holes:\n{}", ran.text);
    Ok(Counts::failed(1))
}

/// The document in the package names the crates that cargo's own tree has, and no path of this machine.
fn bill_of_materials() -> Result<()> {
    let text = std::fs::read_to_string(project::at("pkg/sbom.cdx.json"))?;
    anyhow::ensure!(
        !text.contains(&*project::root().to_string_lossy()) && !text.contains("file:"),
        "it holds a path of this machine"
    );
    let document: Value = serde_json::from_str(&text)?;
    let components = document["components"].as_array().context("components")?;
    let name = |component: &Value| component["purl"].as_str().unwrap_or_default().to_owned();
    let mut listed: BTreeSet<String> = components.iter().map(name).collect();
    anyhow::ensure!(listed.len() == components.len(), "one is listed twice");
    listed.retain(|purl| purl.starts_with("pkg:cargo/"));
    for component in components {
        let hashed = component["hashes"][0]["content"].is_string();
        let named = component["licenses"][0]["expression"]
            .as_str()
            .is_some_and(|text| !text.is_empty());
        let std = component["name"] == "rust-std";
        anyhow::ensure!(
            named && (hashed || std),
            "{} lacks hash or licence",
            name(component)
        );
    }
    let expected = sbom::crates()?;
    let differ: Vec<_> = listed.symmetric_difference(&expected).collect();
    anyhow::ensure!(
        differ.is_empty() && !expected.is_empty(),
        "differs from cargo's tree: {differ:?}"
    );
    Ok(())
}

fn no_dependencies() -> Result<()> {
    let text = std::fs::read_to_string(project::at("pkg/package.json"))?;
    let manifest: Value = serde_json::from_str(&text)?;
    for field in [
        "dependencies",
        "peerDependencies",
        "optionalDependencies",
        "bundledDependencies",
    ] {
        anyhow::ensure!(manifest.get(field).is_none(), "package.json has {field}");
    }
    let scripts = manifest["scripts"].as_object();
    anyhow::ensure!(
        scripts.is_none(),
        "package.json has scripts, which could run at installation"
    );
    Ok(())
}

/// Every committed package-lock.json names no registry, or the public one.
fn lock_files() -> Result<()> {
    let mut git = tools::command("git");
    let listed = process::output(git.args(["ls-files", "*package-lock.json"]))?;
    for file in listed.lines() {
        let lock: Value = serde_json::from_str(&std::fs::read_to_string(project::at(file))?)?;
        for (name, package) in lock["packages"].as_object().into_iter().flatten() {
            // A package of this project, linked.
            if !name.contains("node_modules/") || package["link"] == true {
                continue;
            }
            let from = package["resolved"].as_str();
            let public = from.is_none_or(|from| from.starts_with("https://registry.npmjs.org/"));
            anyhow::ensure!(public, "{file}: {name} is not from the public registry");
            // What another one brings along is under that one's hash.
            let sealed = package["integrity"].is_string() || package["inBundle"] == true;
            anyhow::ensure!(sealed, "{file}: {name} has no hash");
        }
    }
    Ok(())
}

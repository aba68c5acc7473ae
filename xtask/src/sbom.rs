//! The bill of materials of the package, in CycloneDX: what is compiled into the wasm modules, what is bundled into the
//! command, and what made them.
//!
//! Written here and not by cargo-cyclonedx, whose documents hold the time and the folder of the build: the same sources
//! must give the same bytes everywhere.

use std::collections::{BTreeMap, BTreeSet};

use anyhow::{Context, Result, ensure};
use base64::Engine;
use base64::engine::general_purpose::STANDARD as BASE64;
use serde_json::{Value, json};

use crate::{build, process, project, tools, wasm};

/// The features of the crate that are shipped, each in a module of its own.
const FEATURES: &str = "client,signer,asymmetric";

/// The crates that are the package itself: what they need, it needs.
const OWN: [&str; 3] = [ITSELF, build::EMULATOR_CRATE, "dcs-emulator-core"];

/// The crate whose features are the modules.
const ITSELF: &str = "huaweicloud-dcs";

/// A crate in the graph.
struct Package<'a> {
    value: &'a Value,
    /// Its normal dependencies, by id.
    needs: Vec<&'a str>,
}

impl Package<'_> {
    fn text(&self, field: &str) -> &str {
        self.value[field].as_str().unwrap_or_default()
    }

    fn is_own(&self) -> bool {
        OWN.contains(&self.text("name"))
    }

    fn purl(&self) -> String {
        format!("pkg:cargo/{}@{}", self.text("name"), self.text("version"))
    }

    /// Runs in the compiler; neither it nor what it needs is in the module.
    fn is_macro(&self) -> bool {
        let targets = self.value["targets"].as_array();
        targets.into_iter().flatten().any(|target| {
            let kinds = target["kind"].as_array();
            kinds.into_iter().flatten().any(|kind| kind == "proc-macro")
        })
    }
}

/// The document.
pub fn document() -> Result<Vec<u8>> {
    let mut cargo = tools::command("cargo");
    cargo.args(["metadata", "--format-version", "1", "--locked"]);
    cargo.args(["--filter-platform", wasm::TARGET]);
    cargo.args(["--no-default-features", "--features", FEATURES]);
    let metadata: Value = serde_json::from_str(&process::output(&mut cargo)?)?;
    let packages = graph(&metadata, &crates()?)?;
    let roots: Vec<_> = packages
        .iter()
        .filter(|(_, package)| package.is_own())
        .map(|(id, _)| *id)
        .collect();
    ensure!(roots.len() == OWN.len(), "cargo metadata has the crates");
    let shipped = reached(&packages, &roots, true);
    let all = reached(&packages, &roots, false);
    let checksums = checksums()?;
    let itself = format!("pkg:npm/huaweicloud-dcs@{}", project::VERSION);
    let bundled = bundled()?;
    let mut components = vec![std_library()?];
    let needs_of = |package: &Package<'_>| -> BTreeSet<String> {
        let others = package.needs.iter().map(|id| &packages[id]);
        others
            .filter(|need| !need.is_own())
            .map(Package::purl)
            .collect()
    };
    let mut own: BTreeSet<_> = roots
        .iter()
        .flat_map(|id| needs_of(&packages[id]))
        .collect();
    own.insert(purl_of(&components[0]));
    own.extend(bundled.iter().map(purl_of));
    let mut dependencies = vec![json!({ "ref": itself, "dependsOn": own })];
    for id in &all {
        let package = &packages[id];
        if package.is_own() {
            continue;
        }
        let scope = if shipped.contains(id) {
            "required"
        } else {
            "excluded"
        };
        components.push(component(package, scope, &checksums));
        dependencies.push(json!({ "ref": package.purl(), "dependsOn": needs_of(package) }));
    }
    components.extend(bundled);
    let document = json!({
        "bomFormat": "CycloneDX",
        "specVersion": "1.6",
        "version": 1,
        "metadata": {
            "component": {
                "type": "library",
                "bom-ref": itself,
                "name": "huaweicloud-dcs",
                "version": project::VERSION,
                "purl": itself,
                "licenses": [{ "expression": "Apache-2.0 OR MIT" }],
            },
            "tools": { "components": made_with()? },
        },
        "components": components,
        "dependencies": dependencies,
    });
    let mut text = serde_json::to_vec_pretty(&document)?;
    text.push(b'\n');
    Ok(text)
}

/// The purls of what is compiled for the modules, beside the crates that are the package itself. (`cargo metadata` alone
/// knows more: what the other crates of the workspace ask for.)
pub fn crates() -> Result<BTreeSet<String>> {
    let mut found = crates_of(ITSELF, &["--no-default-features", "--features", FEATURES])?;
    found.extend(crates_of(build::EMULATOR_CRATE, &[])?);
    Ok(found)
}

fn crates_of(package: &str, features: &[&str]) -> Result<BTreeSet<String>> {
    let mut cargo = tools::command("cargo");
    cargo.args(["tree", "--locked", "--edges", "normal", "--prefix", "none"]);
    cargo.args(["--package", package, "--target", wasm::TARGET]);
    cargo.args(["--format", "{p}"]).args(features);
    let tree = process::output(&mut cargo)?;
    let purl = |line: &str| {
        let mut words = line.split_whitespace();
        let (name, version) = (words.next()?, words.next()?.strip_prefix('v')?);
        (!OWN.contains(&name)).then(|| format!("pkg:cargo/{name}@{version}"))
    };
    Ok(tree.lines().filter_map(purl).collect())
}

/// The crates by id, each with its normal dependencies; of those that `wanted` names, and the package's own.
fn graph<'a>(
    metadata: &'a Value,
    wanted: &BTreeSet<String>,
) -> Result<BTreeMap<&'a str, Package<'a>>> {
    let mut packages = BTreeMap::new();
    for value in metadata["packages"].as_array().context("packages")? {
        let id = value["id"].as_str().context("an id")?;
        let package = Package {
            value,
            needs: Vec::new(),
        };
        if package.is_own() || wanted.contains(&package.purl()) {
            packages.insert(id, package);
        }
    }
    for node in metadata["resolve"]["nodes"].as_array().context("nodes")? {
        let id = node["id"].as_str().context("an id")?;
        for need in node["deps"].as_array().context("deps")? {
            let need_id = need["pkg"].as_str().context("a package")?;
            let kinds = need["dep_kinds"].as_array().context("dep_kinds")?;
            let normal = kinds.iter().any(|kind| kind["kind"].is_null());
            if normal
                && packages.contains_key(need_id)
                && let Some(package) = packages.get_mut(id)
            {
                package.needs.push(need_id);
            }
        }
    }
    Ok(packages)
}

/// The crates that are reached from `roots`; not those of macros, when only what is shipped counts.
fn reached<'a>(
    packages: &BTreeMap<&'a str, Package<'a>>,
    roots: &[&'a str],
    shipped: bool,
) -> BTreeSet<&'a str> {
    let mut found = BTreeSet::new();
    let mut waiting = roots.to_vec();
    while let Some(id) = waiting.pop() {
        let package = &packages[id];
        if !(shipped && package.is_macro()) && found.insert(id) {
            waiting.extend(&package.needs);
        }
    }
    found
}

fn component(package: &Package<'_>, scope: &str, checksums: &BTreeMap<String, String>) -> Value {
    let purl = package.purl();
    let mut component = json!({
        "type": "library",
        "bom-ref": purl,
        "name": package.text("name"),
        "version": package.text("version"),
        "scope": scope,
        "purl": purl,
        "licenses": [{ "expression": package.text("license").replace('/', " OR ") }],
    });
    if let Some(checksum) = checksums.get(&purl) {
        component["hashes"] = json!([{ "alg": "SHA-256", "content": checksum }]);
    }
    let repository = package.text("repository");
    if !repository.is_empty() {
        component["externalReferences"] = json!([{ "type": "vcs", "url": repository }]);
    }
    component
}

/// The standard library: built from its source, with what it brings along.
fn std_library() -> Result<Value> {
    let told = process::output(wasm::command("rustc")?.arg("--version"))?;
    let version = told
        .split_whitespace()
        .nth(1)
        .context("rustc tells its version")?;
    let purl = format!("pkg:generic/rust-std@{version}");
    Ok(json!({
        "type": "library",
        "bom-ref": purl,
        "name": "rust-std",
        "version": version,
        "scope": "required",
        "purl": purl,
        "licenses": [{ "expression": "Apache-2.0 OR MIT" }],
    }))
}

/// The npm packages that are bundled into the command, as the build told them.
fn bundled() -> Result<Vec<Value>> {
    let told = std::fs::read_to_string(project::at(build::BUNDLED))?;
    let told: Vec<Value> = serde_json::from_str(&told)?;
    let lock = std::fs::read_to_string(project::at("package-lock.json"))?;
    let lock: Value = serde_json::from_str(&lock)?;
    let component = |package: &Value| {
        let [name, version, license, folder] = ["name", "version", "license", "folder"]
            .map(|field| package[field].as_str().unwrap_or_default());
        let purl = format!("pkg:npm/{}@{version}", name.replace('@', "%40"));
        let integrity = lock["packages"][folder]["integrity"].as_str();
        let digest = integrity
            .and_then(|text| text.strip_prefix("sha512-"))
            .with_context(|| format!("package-lock.json has the hash of {name}"))?;
        Ok(json!({
            "type": "library",
            "bom-ref": purl,
            "name": name,
            "version": version,
            "scope": "required",
            "purl": purl,
            "licenses": [{ "expression": license }],
            "hashes": [{ "alg": "SHA-512", "content": project::hex(&BASE64.decode(digest)?) }],
        }))
    };
    told.iter().map(component).collect()
}

fn purl_of(component: &Value) -> String {
    component["purl"].as_str().unwrap_or_default().to_owned()
}

/// The programs whose output is shipped.
fn made_with() -> Result<Value> {
    let lock = std::fs::read_to_string(project::at("package-lock.json"))?;
    let lock: Value = serde_json::from_str(&lock)?;
    let npm = |name: &str| {
        let version = &lock["packages"][format!("node_modules/{name}")]["version"];
        json!({ "type": "application", "name": name, "version": version })
    };
    let wasm_bindgen = project::locked_version("wasm-bindgen")?;
    Ok(json!([
        npm("binaryen"),
        npm("esbuild"),
        { "type": "application", "name": "wasm-bindgen-cli", "version": wasm_bindgen },
    ]))
}

/// The checksums of Cargo.lock, by purl.
fn checksums() -> Result<BTreeMap<String, String>> {
    let lock = std::fs::read_to_string(project::at("Cargo.lock")).context("reading Cargo.lock")?;
    let mut checksums = BTreeMap::new();
    for package in lock.split("[[package]]") {
        let field = |name: &str| {
            let rest = package
                .lines()
                .find_map(|line| line.strip_prefix(name)?.strip_prefix(" = \""))?;
            rest.strip_suffix('"')
        };
        if let (Some(name), Some(version), Some(checksum)) =
            (field("name"), field("version"), field("checksum"))
        {
            checksums.insert(format!("pkg:cargo/{name}@{version}"), checksum.to_owned());
        }
    }
    Ok(checksums)
}

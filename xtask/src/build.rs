//! `cargo xtask build`: the npm package, in pkg/.
//!
//! Each flavour is the same crate with other features: compiled, bound by wasm-bindgen, shrunk by
//! wasm-opt and bundled with its glue (whose names xtask/js/names.mjs shortens) and its entry of pkg-template/lib; so are
//! the credential providers, the journals and the server, which have no wasm, and the command with the npm packages that
//! it is made of. The entry files are made from templates; the rest of pkg-template is copied.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::time::Instant;

use anyhow::{Context, Result, bail};
use base64::Engine;
use base64::engine::general_purpose::STANDARD as BASE64;
use huaweicloud_dcs::operation::OPERATIONS;
use serde_json::json;

use crate::{console_files, entries, process, project, sbom, setup, tools, wasm};

/// The wasm modules of the crate; `client` is that of the default entry.
pub const FLAVOURS: &[&str] = &["client", "page", "signer", "asymmetric"];

/// The features of the crate that a module of it has.
pub fn features_of(flavour: &str) -> &str {
    match flavour {
        "client" => "client,signer",
        // The client of a page whose back end signs.
        "page" => "client",
        other => other,
    }
}

/// Those that also travel inside JavaScript, in base64.
const INLINED: &[&str] = &["client", "signer", "asymmetric"];

/// The module beside them that is another crate's.
const EMULATOR: &str = "emulator";

/// That crate.
pub const EMULATOR_CRATE: &str = "dcs-emulator-wasm";

/// What wasm-opt does. The features are those that wasm-bindgen and simd128 use.
///
/// xtask/size.json tells what was tried and left out.
const WASM_OPT: &[&str] = &[
    "--enable-simd",
    "--enable-bulk-memory",
    "--enable-bulk-memory-opt",
    "--enable-reference-types",
    "--enable-multivalue",
    "--enable-mutable-globals",
    "--enable-nontrapping-float-to-int",
    "--enable-sign-ext",
    "--strip-debug",
    "--strip-producers",
    "--strip-target-features",
    "-Oz",
    // 507 bytes of brotli in the client: what is called once is not all made one function, with its hundreds of locals.
    "--one-caller-inline-max-function-size=50",
    // 249 in the client and 76 in the signer: nothing of ours lies in the first kilobyte, the far end of the stack.
    "--low-memory-unused",
    // 138 and 144: hints of alignment, which no engine needs. The last two bring the signer within its budget.
    "--dealign",
    // 1.8 KB: see xtask/js/names.mjs.
    "--minify-imports-and-exports-and-modules",
];

/// The bundles beside them that have no wasm module.
const PLAIN: &[&str] = &["providers", "journal", "server"];

/// Where the bundle of the command is made.
const COMMAND: &str = "target/pkg-work/command";

/// What is in that bundle; `sbom` reads it, and it does not ship.
pub const BUNDLED: &str = "target/pkg-work/command/packages.json";

/// Where the old and the new names of imports and exports are, in the work folder of a flavour.
const NAMES: &str = "names.json";

#[derive(clap::Args)]
pub struct Args {
    /// Build even if nothing changed
    #[arg(long)]
    force: bool,
}

pub fn run(args: &Args) -> Result<()> {
    setup::ensure(setup::BUILD)?;
    package(args.force)
}

/// Builds the package unless it is there and nothing changed since.
pub fn package(force: bool) -> Result<()> {
    let _lock = project::lock("build")?;
    let start = Instant::now();
    let stamp = project::at("target/pkg-work/stamp");
    let made = std::fs::read_to_string(&stamp).unwrap_or_default();
    link()?;
    if !force && made == stamp_now()? {
        println!("pkg/ is as its sources are");
        return Ok(());
    }
    let mut jobs = Vec::new();
    let mut files = BTreeMap::new();
    for flavour in FLAVOURS.iter().chain([&EMULATOR]) {
        let wasm = module(flavour, force)?;
        let work = work_folder(flavour);
        jobs.push(json!({
            "flavour": flavour,
            "entry": entry(flavour),
            "glue": work.join(format!("{flavour}.js")),
            "names": work.join(NAMES),
            "out": bundle(flavour),
        }));
        files.insert(format!("lib/{flavour}.wasm"), std::fs::read(wasm)?);
    }
    for name in PLAIN {
        jobs.push(json!({ "flavour": name, "entry": entry(name), "out": bundle(name) }));
    }
    let jobs = serde_json::to_string(&jobs)?;
    let operations: Vec<_> = OPERATIONS.iter().map(|operation| operation.name).collect();
    process::run(
        tools::node_script("bundle.mjs")
            .arg(jobs)
            .arg(project::VERSION)
            .arg(serde_json::to_string(&operations)?),
    )?;
    process::run(tools::node_script("command.mjs").arg(project::at(COMMAND)))?;
    collect(&mut files)?;
    write_package(&files)?;
    console_files::add()?;
    std::fs::create_dir_all(project::at("target/pkg-work"))?;
    std::fs::write(&stamp, stamp_now()?)?;
    println!(
        "pkg/: {} files in {:.1} s",
        files.len(),
        start.elapsed().as_secs_f64()
    );
    Ok(())
}

/// Adds the bundles, the wasm in base64 and everything that is copied.
fn collect(files: &mut BTreeMap<String, Vec<u8>>) -> Result<()> {
    for flavour in INLINED {
        let inline = BASE64.encode(&files[&format!("lib/{flavour}.wasm")]);
        let inline = format!("export default \"{inline}\";\n");
        files.insert(format!("lib/{flavour}-inline.mjs"), inline.into_bytes());
    }
    for name in FLAVOURS.iter().chain([&EMULATOR]).chain(PLAIN) {
        for extension in ["mjs", "cjs"] {
            let file = bundle(name).with_extension(extension);
            files.insert(format!("lib/{name}.{extension}"), std::fs::read(file)?);
        }
    }
    let template = project::at("pkg-template");
    for file in project::files_below(&template)? {
        let name = file.strip_prefix(&template)?.to_string_lossy().into_owned();
        let made = ["lib/", "entries/", "cli/", "cli.mjs"];
        if made.iter().any(|own| name.starts_with(own))
            || name.split('/').any(|part| part == "node_modules")
        {
            continue;
        }
        let mut content = std::fs::read(&file)?;
        if name == "package.json" {
            content = with_version(&String::from_utf8(content)?)?.into_bytes();
        }
        if let Some(module) = name.strip_suffix(".d.ts") {
            let types = String::from_utf8(content.clone())?;
            files.insert(format!("{module}.d.cts"), as_commonjs(&types).into_bytes());
        }
        files.insert(name, content);
    }
    let command = project::at(COMMAND);
    for file in project::files_below(&command)? {
        let name = file.strip_prefix(&command)?.to_string_lossy().into_owned();
        if file != project::at(BUNDLED) {
            files.insert(name, std::fs::read(file)?);
        }
    }
    entries::add(files)?;
    files.insert("sbom.cdx.json".into(), sbom::document()?);
    for licence in ["LICENSE-APACHE", "LICENSE-MIT"] {
        files.insert(licence.into(), std::fs::read(project::at(licence))?);
    }
    Ok(())
}

/// Makes pkg/ hold these files and no others, touching only what differs.
fn write_package(files: &BTreeMap<String, Vec<u8>>) -> Result<()> {
    let folder = project::at("pkg");
    for (name, content) in files {
        project::write_if_changed(&folder.join(name), content)?;
    }
    for file in project::files_below(&folder)? {
        let name = file.strip_prefix(&folder)?.to_string_lossy().into_owned();
        if !files.contains_key(&name) && !name.starts_with(console_files::FOLDER) {
            std::fs::remove_file(&file)?;
        }
    }
    Ok(())
}

/// Lets every script of the project `import "huaweicloud-dcs"` as a user would.
fn link() -> Result<()> {
    let link = project::at("node_modules/huaweicloud-dcs");
    let target = Path::new("../pkg");
    if std::fs::read_link(&link).is_ok_and(|old| old == target) {
        return Ok(());
    }
    std::os::unix::fs::symlink(target, &link).with_context(|| format!("linking {link:?}"))
}

/// Compiles a flavour and makes its glue and its shrunk module; the path of the latter.
fn module(flavour: &str, force: bool) -> Result<PathBuf> {
    let compiled = compile(flavour)?;
    let work = work_folder(flavour);
    let shrunk = work.join(format!("{flavour}.opt.wasm"));
    let stamp = work.join("stamp");
    let key = project::fingerprint(
        &[compiled.clone(), project::at("package-lock.json")],
        &format!(
            "{WASM_OPT:?} {:?} {}",
            tools::version("wasm-bindgen"),
            project::VERSION
        ),
    )?;
    if !force && shrunk.is_file() && std::fs::read_to_string(&stamp).is_ok_and(|old| old == key) {
        return Ok(shrunk);
    }
    shrink(flavour, &compiled, &work, &shrunk)?;
    let size = |path: &Path| std::fs::metadata(path).map(|data| data.len());
    println!(
        "{flavour}: {} bytes compiled, {} shrunk",
        size(&compiled)?,
        size(&shrunk)?
    );
    std::fs::write(stamp, key)?;
    Ok(shrunk)
}

/// Compiles a flavour, or the emulator; where its module is.
fn compile(flavour: &str) -> Result<PathBuf> {
    let target = project::at("target/wasm");
    let features = ["--no-default-features", "--features", features_of(flavour)];
    let (mut cargo, compiled) = if flavour == EMULATOR {
        let name = EMULATOR_CRATE.replace('-', "_");
        let cargo = wasm::emulator_build(EMULATOR_CRATE)?;
        (cargo, wasm::module_of(&target, &name))
    } else {
        let cargo = wasm::release_build(&features)?;
        (cargo, wasm::release_output(&target))
    };
    process::run(cargo.arg("--quiet"))?;
    Ok(compiled)
}

/// Makes the glue of what was compiled, in `work`, and the module that ships.
pub fn shrink(flavour: &str, compiled: &Path, work: &Path, shrunk: &Path) -> Result<()> {
    std::fs::create_dir_all(work)?;
    process::run(
        tools::command("wasm-bindgen")
            .args([
                "--target",
                "web",
                "--omit-default-module-path",
                "--no-typescript",
            ])
            .args(["--out-name", flavour, "--out-dir"])
            .arg(work)
            .arg(compiled),
    )?;
    let names = process::output(
        tools::command("wasm-opt")
            .args(WASM_OPT)
            .arg(work.join(format!("{flavour}_bg.wasm")))
            .arg("-o")
            .arg(shrunk),
    )?;
    std::fs::write(work.join(NAMES), names)?;
    let module = with_section(std::fs::read(shrunk)?, flavour, project::VERSION);
    std::fs::write(shrunk, module).context("writing the module")
}

/// The module with a section that only we read; name and content are short.
fn with_section(mut module: Vec<u8>, name: &str, content: &str) -> Vec<u8> {
    let size = 1 + name.len() + content.len();
    assert!(size < 128, "a length is one byte");
    module.extend([0, size as u8, name.len() as u8]);
    module.extend_from_slice(name.as_bytes());
    module.extend_from_slice(content.as_bytes());
    module
}

fn entry(bundle: &str) -> PathBuf {
    project::at("pkg-template/lib").join(format!("{bundle}.mjs"))
}

/// Where the bundles of an entry are written, without their extensions.
fn bundle(name: &str) -> PathBuf {
    work_folder(name).join("bundle").join(name)
}

fn work_folder(flavour: &str) -> PathBuf {
    project::at("target/pkg-work").join(flavour)
}

/// package.json with the workspace's version.
fn with_version(manifest: &str) -> Result<String> {
    let key = "\"version\": \"";
    let Some((head, tail)) = manifest.split_once(key) else {
        bail!("pkg-template/package.json has no \"version\"");
    };
    let (_, tail) = tail.split_once('"').context("the version ends")?;
    Ok(format!("{head}{key}{}\"{tail}", project::VERSION))
}

/// The types of an ES module as those of its CommonJS twin: the same, over the twins of what it imports.
fn as_commonjs(types: &str) -> String {
    types
        .lines()
        .map(|line| match line.split_once(" from \"./") {
            Some((head, path)) => format!("{head} from \"./{}\n", path.replace(".js\"", ".cjs\"")),
            None => format!("{line}\n"),
        })
        .collect()
}

/// A hash of all that the package is made from, and of the package.
fn stamp_now() -> Result<String> {
    let inputs = [
        "src",
        "facts",
        "Cargo.toml",
        "Cargo.lock",
        "pkg-template",
        "emulator/core/src",
        "emulator/core/Cargo.toml",
        "emulator/wasm",
        "emulator/js",
        "LICENSE-APACHE",
        "LICENSE-MIT",
        "package-lock.json",
        "xtask/src/build.rs",
        "xtask/src/entries.rs",
        "xtask/src/sbom.rs",
        "xtask/src/wasm.rs",
        "xtask/js/bundle.mjs",
        "xtask/js/command.mjs",
        "xtask/js/unused.mjs",
        "xtask/js/names.mjs",
        "pkg",
    ];
    let inputs = inputs.iter().chain(console_files::SOURCES);
    let inputs: Vec<PathBuf> = inputs.map(|path| project::at(path)).collect();
    let toolchain = tools::State::read().wasm_toolchain.unwrap_or_default();
    project::fingerprint(&inputs, &toolchain)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn types_of_commonjs_import_types_of_commonjs() {
        let types = "export * from \"./signer.js\";\n/** see \"./signer.js\" */\n";
        let expected = "export * from \"./signer.cjs\";\n/** see \"./signer.js\" */\n";
        assert_eq!(as_commonjs(types), expected);
    }

    #[test]
    fn section_is_appended() {
        let module = with_section(vec![1], "client", "0.1.0");
        assert_eq!(module, b"\x01\x00\x0c\x06client0.1.0");
    }

    #[test]
    fn version_is_stamped_and_nothing_else() {
        let manifest =
            "{\n  \"name\": \"x\",\n  \"version\": \"0.0.0\",\n  \"type\": \"module\"\n}\n";
        let stamped = with_version(manifest).unwrap();
        assert_eq!(stamped, manifest.replace("0.0.0", project::VERSION));
        assert!(with_version("{}").is_err());
    }
}

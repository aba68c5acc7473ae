//! The entry files of the package: a template of `pkg-template/entries` for each way of loading, filled in for each
//! module that can be loaded so.

use std::collections::BTreeMap;

use anyhow::{Context, Result, bail};

use crate::project;

/// A wasm module of the package, as its entry files name it.
struct Module {
    flavour: &'static str,
    /// What the entry is, for its first line.
    what: &'static str,
    /// The sections of a template that are its own.
    sections: &'static [&'static str],
    /// What its entries export.
    exports: &'static [&'static [&'static str]],
    /// Ways of loading and their files.
    files: &'static [(&'static str, &'static str)],
}

/// What every entry of the client and of a signer exports.
const COMMON_EXPORTS: &[&str] = &[
    "init",
    "DcsError",
    "InvalidArgumentError",
    "CredentialsError",
    "ServiceResponseError",
    "ConnectionError",
    "RequestTimeoutError",
    "ResponseFormatError",
];

/// What those export beside it that sign.
const SIGNER_EXPORTS: &[&str] = &["signRequest", "signedFetch", "Credential"];

/// What those of a client export beside it.
const CLIENT_EXPORTS: &[&str] = &["DcsClient", "SwitchoverError"];

/// What the default entry exports beside all that.
const DEFAULT_EXPORTS: &[&str] = &["changeMasterStandbyAsync", "regions"];

/// What the emulator's entries export.
const EMULATOR_EXPORTS: &[&str] = &["createEmulator"];

const MODULES: [Module; 5] = [
    Module {
        flavour: "client",
        what: "The entry `huaweicloud-dcs`.",
        sections: &["client", "signer"],
        exports: &[
            CLIENT_EXPORTS,
            DEFAULT_EXPORTS,
            SIGNER_EXPORTS,
            COMMON_EXPORTS,
        ],
        files: &[
            ("browser.mjs", "browser.mjs"),
            ("bun.mjs", "bun.mjs"),
            ("deno.mjs", "deno.mjs"),
            ("edge.mjs", "edge.mjs"),
            ("embedded.mjs", "embedded.mjs"),
            ("init.mjs", "init.mjs"),
            ("inline.mjs", "inline.mjs"),
            ("node.cjs", "node.cjs"),
            ("node.mjs", "node.mjs"),
            ("workerd.mjs", "workerd.mjs"),
        ],
    },
    Module {
        flavour: "signer",
        what: "The entry `huaweicloud-dcs/signer`: the signer alone.",
        sections: &["signer"],
        exports: &[SIGNER_EXPORTS, COMMON_EXPORTS],
        files: &[
            ("browser.mjs", "signer.mjs"),
            ("bun.mjs", "signer.bun.mjs"),
            ("deno.mjs", "signer.deno.mjs"),
            ("edge.mjs", "signer.edge.mjs"),
            ("embedded.mjs", "signer.embedded.mjs"),
            ("node.cjs", "signer.node.cjs"),
            ("node.mjs", "signer.node.mjs"),
            ("workerd.mjs", "signer.workerd.mjs"),
        ],
    },
    Module {
        flavour: "asymmetric",
        what: "The entry `huaweicloud-dcs/asymmetric`: the signer with the asymmetric algorithms.",
        sections: &["signer"],
        exports: &[SIGNER_EXPORTS, COMMON_EXPORTS],
        files: &[
            ("browser.mjs", "asymmetric.mjs"),
            ("bun.mjs", "asymmetric.bun.mjs"),
            ("deno.mjs", "asymmetric.deno.mjs"),
            ("edge.mjs", "asymmetric.edge.mjs"),
            ("embedded.mjs", "asymmetric.embedded.mjs"),
            ("node.cjs", "asymmetric.node.cjs"),
            ("node.mjs", "asymmetric.node.mjs"),
            ("workerd.mjs", "asymmetric.workerd.mjs"),
        ],
    },
    Module {
        flavour: "page",
        what: "The entry `huaweicloud-dcs/page`: the client of a page whose own back end signs.",
        sections: &["page"],
        exports: &[CLIENT_EXPORTS, COMMON_EXPORTS],
        files: &[
            ("browser.mjs", "page.mjs"),
            ("node.cjs", "page.node.cjs"),
            ("node.mjs", "page.node.mjs"),
        ],
    },
    Module {
        flavour: "emulator",
        what: "The entry `huaweicloud-dcs/emulator`: a local DCS, for tests.",
        sections: &["emulator"],
        exports: &[EMULATOR_EXPORTS],
        files: &[
            ("browser.mjs", "emulator.mjs"),
            ("node.cjs", "emulator.node.cjs"),
            ("node.mjs", "emulator.node.mjs"),
        ],
    },
];

/// Adds every entry file.
pub fn add(files: &mut BTreeMap<String, Vec<u8>>) -> Result<()> {
    for module in &MODULES {
        for (way, file) in module.files {
            let path = project::at("pkg-template/entries").join(format!("{way}.template"));
            let template =
                std::fs::read_to_string(&path).with_context(|| format!("reading {path:?}"))?;
            let content = fill(&template, module, file.ends_with(".cjs"))
                .with_context(|| format!("filling in {path:?}"))?;
            files.insert((*file).to_owned(), content.into_bytes());
        }
    }
    Ok(())
}

/// A template filled in. Lines between `{{#client}}` and `{{/client}}` are of the client alone, those between `{{#signer}}`
/// and `{{/signer}}` of every module that signs.
fn fill(template: &str, module: &Module, commonjs: bool) -> Result<String> {
    let node = match module.files.iter().find(|(way, _)| *way == "node.mjs") {
        Some((_, file)) => file,
        None => bail!("{} has no entry for Node", module.flavour),
    };
    let mut text = String::new();
    let mut shown = true;
    for line in template.lines() {
        let tag = |opens: &str| line.strip_prefix(opens)?.strip_suffix("}}");
        if let Some(section) = tag("{{#") {
            shown = module.sections.contains(&section);
        } else if tag("{{/").is_some() {
            shown = true;
        } else if shown {
            text.push_str(line);
            text.push('\n');
        }
    }
    // Written one by one: so bundlers drop what is not used, and Node sees the names of a CommonJS module.
    let exports: Vec<String> = module
        .exports
        .iter()
        .copied()
        .flatten()
        .map(|name| match commonjs {
            true => format!("exports.{name} = bundle.{name};"),
            false => format!("export const {name} = bundle.{name};"),
        })
        .collect();
    let text = text
        .replace("{{what}}", module.what)
        .replace("{{flavour}}", module.flavour)
        .replace("{{node}}", node)
        .replace("{{exports}}", &exports.join("\n"));
    // A type in a comment opens with two braces and a space.
    let left = text
        .match_indices("{{")
        .find(|(at, _)| !text[at + 2..].starts_with(' '));
    match left.map(|(at, _)| at) {
        None => Ok(text),
        Some(at) => bail!("unknown: {}", text[at..].lines().next().unwrap_or_default()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_template_is_filled_in_for_each_module() {
        let template = "// {{what}}\n{{#client}}\nchain();\n{{/client}}\nload(\"{{flavour}}\");\n{{exports}}\n";
        let client = fill(template, &MODULES[0], false).unwrap();
        assert!(
            client.starts_with("// The entry `huaweicloud-dcs`.\nchain();\nload(\"client\");\n")
        );
        assert!(client.contains("\nexport const DcsClient = bundle.DcsClient;\n"));
        let signer = fill(template, &MODULES[1], true).unwrap();
        assert!(!signer.contains("chain") && !signer.contains("DcsClient"));
        assert!(signer.contains("\nexports.signRequest = bundle.signRequest;\n"));
        let template = "{{#signer}}\nproviders();\n{{/signer}}\n{{exports}}\n";
        let emulator = fill(template, &MODULES[4], false).unwrap();
        assert_eq!(
            emulator,
            "export const createEmulator = bundle.createEmulator;\n"
        );
        let signer = fill(template, &MODULES[1], false).unwrap();
        assert!(signer.starts_with("providers();\nexport const signRequest"));
        assert!(fill("{{other}}", &MODULES[0], false).is_err());
    }

    #[test]
    fn every_path_of_the_manifest_has_a_file() {
        let mut files = BTreeMap::new();
        add(&mut files).unwrap();
        let manifest = std::fs::read_to_string(project::at("pkg-template/package.json")).unwrap();
        // What has no ending is the path of an export.
        let paths = manifest
            .split('"')
            .filter_map(|word| word.strip_prefix("./"));
        for name in paths.filter(|path| path.contains('.')) {
            let made =
                name.ends_with(".wasm") || name.ends_with(".d.ts") || name.ends_with(".d.cts");
            let there =
                files.contains_key(name) || project::at("pkg-template").join(name).is_file();
            assert!(made || there, "{name}");
        }
    }
}

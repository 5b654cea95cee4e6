//! From the crate to the wasm modules of the package and their glue: cargo, wasm-bindgen, wasm-opt.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, ensure};
use base64::Engine;
use base64::engine::general_purpose::STANDARD as BASE64;
use wasm_bindgen_cli_support::Bindgen;

use crate::stamp::Inputs;
use crate::wasm_std::{self, TARGET, Toolchain};
use crate::{files, npm, process};

/// One wasm module: a set of features of the crate.
#[derive(Debug)]
pub(crate) struct Module {
    /// Base name of all its files in the package. It stands in the module, too, as where its imports come
    /// from.
    pub(crate) name: &'static str,
    /// What it is called below `target/`.
    build: &'static str,
    /// The features that it is built with, instead of the default ones.
    pub(crate) features: &'static str,
}

/// The modules of the package: what every page loads, the whole engine, and the whole engine with
/// administration.
pub(crate) const MODULES: [Module; 3] = [
    Module { name: "rolegate", build: "rolegate", features: "core" },
    Module { name: "rolegate-full", build: "rolegate-full", features: "full" },
    Module { name: "rolegate-admin", build: "rolegate-admin", features: "admin" },
];

/// The published modules, but for failures on demand: they must do with the glue of those.
const FAULTY: [Module; 2] = [
    Module { name: "rolegate", build: "faulty", features: "core,faults" },
    Module { name: "rolegate-full", build: "faulty-full", features: "full,faults" },
];

/// The glue is generated among the sources, where `engine.ts` imports it; it is not committed.
pub(crate) const GLUE: &str = "pkg-template/src/glue";

/// What wasm-opt does. Values that it computes once and keeps (`local-cse`) take more bytes than they save,
/// once compressed; the low memory is the far end of the stack, which no object ever lies in. Large functions
/// stay apart even where one place calls them: what is alike in two functions compresses better than what is
/// part of one that is larger.
const OPTIMIZE: [&str; 8] = [
    "-Oz",
    "--one-caller-inline-max-function-size=80",
    "--skip-pass=local-cse",
    "--low-memory-unused",
    "--strip-debug",
    "--strip-producers",
    "--strip-target-features",
    "--output",
];

/// Builds the modules of the package: what takes longest of each, cargo does on one core.
pub(crate) fn build(toolchain: &Toolchain) -> Result<()> {
    process::at_once(&MODULES, |module| module.build(toolchain))
}

/// Builds the modules that fail on demand, which tests give to the published package. None of it goes there.
pub(crate) fn build_faulty(toolchain: &Toolchain) -> Result<()> {
    process::at_once(&FAULTY, |module| {
        let compiled = module.compile(toolchain)?;
        module.write_bound(&compiled)?;
        files::copy(&module.bound(), &module.wasm())
    })
}

/// Fails if the compiler has warned of anything. It says again what it said when it compiled.
pub(crate) fn deny_warnings(toolchain: &Toolchain) -> Result<()> {
    for module in &MODULES {
        let messages =
            process::output(module.cargo(toolchain).arg("--message-format=json-render-diagnostics"))?;
        let warnings = messages.lines().filter(|line| line.contains("\"reason\":\"compiler-message\""));
        ensure!(warnings.count() == 0, "the compiler warns of something in `{}`", module.name);
    }
    Ok(())
}

/// What the glue exports last.
const GENERATED_EXPORTS: &str = "export { initSync, __wbg_init as default };";

/// What `engine.ts` makes an instance of, in place of the functions that fetch, compile and instantiate: no
/// bundle holds those then. And the memory of that instance: a module that gave it itself would need a table
/// of JavaScript values for it.
const PARTS: &str = "\
export { __wbg_get_imports, __wbg_finalize_init };
export const ownMemory = () => wasm.memory;
";

/// Where the types begin that belong to [`GENERATED_EXPORTS`].
const GENERATED_TYPES: &str = "export type InitInput";

const TYPES_OF_PARTS: &str = "\
export declare function __wbg_get_imports(): WebAssembly.Imports;
export declare function __wbg_finalize_init(instance: WebAssembly.Instance, module: WebAssembly.Module): unknown;
/** The memory of the instance. */
export declare function ownMemory(): WebAssembly.Memory;
";

fn export_parts(script: &Path) -> Result<()> {
    let text = fs::read_to_string(script)?;
    ensure!(text.contains(GENERATED_EXPORTS), "the glue no longer ends with `{GENERATED_EXPORTS}`");
    files::write(script, &text.replace(GENERATED_EXPORTS, PARTS))
}

fn declare_parts(types: &Path) -> Result<()> {
    let text = fs::read_to_string(types)?;
    let (functions, _) =
        text.split_once(GENERATED_TYPES).context("the types of the glue are not what they were")?;
    files::write(types, &format!("{functions}{TYPES_OF_PARTS}"))
}

impl Module {
    /// Compiles and bundles, as far as anything changed.
    pub(crate) fn build(&self, toolchain: &Toolchain) -> Result<()> {
        let compiled = self.compile(toolchain)?;
        self.bind(&compiled)?;
        self.optimize()
    }

    /// The finished module, before it is copied into the package.
    pub(crate) fn wasm(&self) -> PathBuf {
        crate::in_repo("target/bundle").join(format!("{}.wasm", self.build))
    }

    /// The JavaScript that goes with it, and its types.
    fn glue(&self) -> [PathBuf; 2] {
        ["js", "d.ts"].map(|extension| self.glue_file(extension))
    }

    /// The module as text in a JavaScript file, and its type: for those who cannot load a file.
    fn inline(&self) -> [PathBuf; 2] {
        ["wasm.js", "wasm.d.ts"].map(|extension| self.glue_file(extension))
    }

    fn glue_file(&self, extension: &str) -> PathBuf {
        crate::in_repo(GLUE).join(format!("{}.{extension}", self.name))
    }

    /// Compiles the crate.
    fn compile(&self, toolchain: &Toolchain) -> Result<PathBuf> {
        process::run(&mut self.cargo(toolchain))?;
        Ok(wasm_std::folder_of(self.build).join(TARGET).join("wasm/rolegate.wasm"))
    }

    fn cargo(&self, toolchain: &Toolchain) -> Command {
        let mut cargo = toolchain.cargo("build", self.build);
        cargo.args(["--package", "rolegate", "--lib", "--profile", "wasm"]);
        cargo.args(["--no-default-features", "--features", self.features]);
        cargo
    }

    /// Writes the glue, and beside it in `target/` the module that wasm-opt reads.
    fn bind(&self, compiled: &Path) -> Result<()> {
        let folder = self.bound_folder();
        let stamp = Inputs::default()
            .file(&crate::in_repo("xtask/src/bundle.rs"))
            .file(&crate::in_repo("Cargo.lock"))
            .file(compiled)
            .stamp(folder.with_extension("stamp"));
        stamp.unless_current(&self.glue(), || {
            self.write_bound(compiled)?;
            for glue in self.glue() {
                let name = glue.file_name().context("a glue file has a name")?;
                files::copy(&folder.join(name), &glue)?;
            }
            Ok(())
        })
    }

    fn write_bound(&self, compiled: &Path) -> Result<()> {
        let folder = self.bound_folder();
        files::empty_folder(&folder)?;
        println!("wasm-bindgen --target web {}", self.build);
        Bindgen::new()
            .input_path(compiled)
            .out_name(self.name)
            .web(true)?
            .typescript(true)
            .omit_default_module_path(true)
            .reset_state_function(true)
            .remove_name_section(true)
            .remove_producers_section(true)
            .generate(&folder)?;
        export_parts(&folder.join(format!("{}.js", self.name)))?;
        declare_parts(&folder.join(format!("{}.d.ts", self.name)))
    }

    fn optimize(&self) -> Result<()> {
        let bound = self.bound();
        let stamp = Inputs::default()
            .file(&crate::in_repo("xtask/src/bundle.rs"))
            .file(&npm::tool_manifest("binaryen"))
            .file(&bound)
            .stamp(self.wasm().with_extension("stamp"));
        let [script, types] = self.inline();
        let outputs = [self.wasm(), script.clone(), types.clone()];
        stamp.unless_current(&outputs, || {
            files::make_folder(&crate::in_repo("target/bundle"))?;
            let mut optimize = npm::tool("binaryen", "bin/wasm-opt");
            optimize.arg(&bound).args(OPTIMIZE).arg(self.wasm());
            process::run(&mut optimize)?;
            let text = BASE64.encode(fs::read(self.wasm())?);
            files::write(&script, &format!("export const base64 = \"{text}\";\n"))?;
            files::write(&types, "export declare const base64: string;\n")
        })
    }

    /// The module as wasm-bindgen leaves it.
    fn bound(&self) -> PathBuf {
        self.bound_folder().join(format!("{}_bg.wasm", self.name))
    }

    fn bound_folder(&self) -> PathBuf {
        crate::in_repo("target/bindgen").join(self.build)
    }
}

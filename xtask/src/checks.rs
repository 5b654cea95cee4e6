//! Everything that `cargo xtask test` proves.

use std::fs;
use std::path::PathBuf;
use std::process::Command;

use anyhow::{Context, Result, bail};

use crate::browser::Browser;
use crate::steps::Steps;
use crate::wasm_std::Toolchain;
use crate::{bench, bundle, consumers, databases, files, firefox, npm, package, process, servers};

/// A part of the tests that can be run alone.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Part {
    /// Format, lints, documentation, the crate's own tests.
    Native,
    /// The crate's tests as wasm, in Node and in Chromium.
    Wasm,
    /// The npm package, packed and installed: in Node, Chromium and workerd.
    Package,
    /// The reduced benchmark: it fails when a ratio is more than twice its target.
    Bench,
    /// What filters find in databases is what scopes admit, over thousands of random snapshots.
    Databases,
    /// Snapshots in stores of servers and Workers. It installs some, and runs only where it is named.
    Servers,
    /// The package in projects with tools of their own. It installs much, and runs only where it is named.
    Consumers,
    /// The installed package wherever else it runs. It takes minutes and half a gigabyte of npm packages:
    /// only where it is named.
    Runtimes,
}

impl Part {
    /// The parts that are named; if none is, all of them but [`Part::Databases`], of which [`Part::Package`] has
    /// a quick part, [`Part::Servers`], [`Part::Consumers`] and [`Part::Runtimes`].
    pub(crate) fn parse(names: &[String]) -> Result<Vec<Self>> {
        if names.is_empty() {
            return Ok(vec![Self::Native, Self::Wasm, Self::Package, Self::Bench]);
        }
        names.iter().map(|name| Self::from_name(name)).collect()
    }

    fn from_name(name: &str) -> Result<Self> {
        match name {
            "native" => Ok(Self::Native),
            "wasm" => Ok(Self::Wasm),
            "package" => Ok(Self::Package),
            "bench" => Ok(Self::Bench),
            "databases" => Ok(Self::Databases),
            "servers" => Ok(Self::Servers),
            "consumers" => Ok(Self::Consumers),
            "runtimes" => Ok(Self::Runtimes),
            _ => bail!(
                "no such part of the tests: `{name}` (native, wasm, package, bench, databases, servers, consumers, \
                 runtimes)"
            ),
        }
    }
}

/// Runs `parts` in a fixed order, up to the first step that fails.
pub(crate) fn run(parts: &[Part], steps: &mut Steps) -> Result<()> {
    if parts.contains(&Part::Native) {
        native(steps)?;
    }
    if parts.iter().any(|part| *part != Part::Native) {
        package::build(steps)?;
    }
    if parts.contains(&Part::Package) {
        steps.step("format and lints of scripts", || process::run(&mut biome("ci")))?;
    }
    if parts.contains(&Part::Wasm) {
        wasm(steps)?;
    }
    if parts.contains(&Part::Package) {
        steps.step("units, schema, documents, databases", || {
            databases::ensure();
            built_package()
        })?;
    }
    let sets = [(Part::Package, "quick"), (Part::Runtimes, "more")];
    let named: Vec<&str> =
        sets.iter().filter(|(part, _)| parts.contains(part)).map(|(_, set)| *set).collect();
    if !named.is_empty() {
        installed_package(&named, steps)?;
    }
    if parts.contains(&Part::Bench) {
        bench::quick(steps)?;
    }
    if parts.contains(&Part::Databases) {
        steps.step("filters in databases", databases::law)?;
    }
    if parts.contains(&Part::Servers) {
        steps.step("snapshots in stores", servers::test)?;
    }
    if parts.contains(&Part::Consumers) {
        consumers::all(steps)?;
    }
    Ok(())
}

fn native(steps: &mut Steps) -> Result<()> {
    steps.step("format", || cargo(&["fmt", "--all", "--check"]))?;
    steps.step("lints", lints)?;
    steps.step("documentation", documentation)?;
    steps.step("native tests", native_tests)?;
    steps.step("documentation tests", || cargo(&["test", "--package", "rolegate", "--doc"]))?;
    // Packs the crate, builds it from there, and asks the registry what it would say.
    steps.step("crate as published", || {
        let quick = ["--config", "profile.dev.package.rolegate.opt-level=0"];
        cargo(&[&["publish", "--dry-run", "--package", "rolegate", "--allow-dirty"], &quick[..]].concat())
    })
}

/// What formats and lints TypeScript and JavaScript, by `biome.json`.
fn biome(command: &str) -> Command {
    let mut biome = npm::tool("@biomejs/biome", "bin/biome");
    biome.arg(command);
    biome
}

/// All with the whole engine; then the small module by itself, since it has code that the engine does
/// without.
fn lints() -> Result<()> {
    let everything =
        ["--workspace", "--all-targets", "--features", "rolegate/full,rolegate/admin,rolegate/faults"];
    let small = ["--package", "rolegate", "--lib", "--no-default-features", "--features", "core,faults"];
    for arguments in [&everything[..], &small[..]] {
        cargo(&[&["clippy"], arguments, &["--", "--deny", "warnings"]].concat())?;
    }
    Ok(())
}

fn documentation() -> Result<()> {
    let mut doc = process::cargo();
    doc.args(["doc", "--package", "rolegate", "--no-deps", "--document-private-items"]);
    process::run(doc.env("RUSTDOCFLAGS", "--deny warnings"))
}

/// What this tool is made of is compiled already; with the workspace it would be again, with other features.
fn native_tests() -> Result<()> {
    let has_nextest = process::succeeds(process::cargo().args(["nextest", "--version"]));
    let run = if has_nextest { &["nextest", "run"][..] } else { &["test"] };
    cargo(&[run, &["--workspace", "--exclude", "xtask", "--lib", "--bins", "--tests"]].concat())?;
    cargo(&[run, &["--package", "xtask", "--bins"]].concat())
}

fn wasm(steps: &mut Steps) -> Result<()> {
    let toolchain = Toolchain::ensure()?;
    // What only exists for wasm32 is out of the lints' reach, since these run natively.
    steps.step("wasm without warnings", || bundle::deny_warnings(&toolchain))?;
    let tests = steps.step("wasm tests, and what runs them", || WasmTests::prepare(toolchain))?;
    steps.step("wasm tests in Node", || tests.in_node())?;
    steps.step("wasm tests in Chromium", || tests.in_chromium())
}

/// Units of the package, what the schema and the documents say, and what databases find, against the package as
/// it was built. Three files at a time: some of them wait for servers.
fn built_package() -> Result<()> {
    let mut files = files::all_below(&crate::in_repo("tests"))?;
    files.retain(|file| file.to_string_lossy().ends_with(".test.mjs"));
    process::run(
        Command::new("node")
            .args(["--test", "--test-concurrency=3"])
            .args(files)
            .current_dir(crate::in_repo("")),
    )
}

/// `tests/wasm.rs`, wherever wasm runs.
#[derive(Debug)]
struct WasmTests {
    toolchain: Toolchain,
    runner: PathBuf,
    /// Where the runner works: it holds `host.js`, which the module imports from the folder above its glue.
    host: PathBuf,
}

impl WasmTests {
    /// Compiles the tests and, meanwhile, what runs them.
    fn prepare(toolchain: Toolchain) -> Result<Self> {
        let runner = ["--package", "xtask", "--bin", "wasm-test-runner"];
        let feature = ["--features", "test-runner"];
        let (mut tests, mut running) = (tests_on(&toolchain), process::cargo());
        tests.arg("--no-run");
        running.arg("build").args(runner).args(feature);
        process::at_once([tests, running], |mut command| process::run(&mut command))?;
        let own = std::env::current_exe().context("cannot tell where this program lies")?;
        let host = crate::in_repo("target/wasm-tests");
        files::empty_folder(&host)?;
        files::copy(&package::folder().join("host.js"), &host.join("host.js"))?;
        files::write(&host.join("package.json"), "{ \"type\": \"module\" }\n")?;
        Ok(Self { toolchain, runner: own.with_file_name("wasm-test-runner"), host })
    }

    fn in_node(&self) -> Result<()> {
        process::run(self.command().env("WASM_BINDGEN_USE_NODE_EXPERIMENTAL", "1"))
    }

    fn in_chromium(&self) -> Result<()> {
        let browser = Browser::ensure()?;
        let capabilities = self.host.join("webdriver.json");
        browser.write_capabilities(&capabilities)?;
        let mut tests = self.command();
        browser.name_to(&mut tests);
        tests
            .env("WASM_BINDGEN_USE_BROWSER", "1")
            .env("WASM_BINDGEN_TEST_WEBDRIVER_JSON", &capabilities)
            .env("WASM_BINDGEN_TEST_DRIVER_TIMEOUT", "60")
            .env("WASM_BINDGEN_TEST_TIMEOUT", "300");
        process::run(&mut tests)
    }

    fn command(&self) -> Command {
        let mut tests = tests_on(&self.toolchain);
        tests
            .env("CARGO_TARGET_WASM32_UNKNOWN_UNKNOWN_RUNNER", &self.runner)
            .env("ROLEGATE_TEST_HOST", &self.host)
            // The runner puts its glue into a folder of its own in here: below `host.js`.
            .env("TMPDIR", &self.host);
        tests
    }
}

/// With `std`, because a test harness has a panic handler and an allocator of its own.
fn tests_on(toolchain: &Toolchain) -> Command {
    let mut tests = toolchain.cargo("test", "tests");
    tests.args(["--package", "rolegate", "--test", "wasm", "--features", "full"]);
    tests
}

/// The suite against the packed package, on the runtimes of the `sets` that `tests/run.mjs` knows.
fn installed_package(sets: &[&str], steps: &mut Steps) -> Result<()> {
    let tarball = steps.step("pack", || npm::pack(&package::folder()))?;
    // Outside the repository, so that nothing but the tarball can answer for the package.
    let consumer = std::env::temp_dir().join(format!("rolegate-consumer-{}", std::process::id()));
    steps.step("install", || npm::install_into(&consumer, &tarball))?;
    if sets.contains(&"quick") {
        steps.step("small projects", || consumers::ask(&tarball, &consumers::QUICK))?;
    }
    steps.step("random cases", random_cases)?;
    steps.step("wasm that fails on demand", || bundle::build_faulty(&Toolchain::ensure()?))?;
    let mut suites = Command::new("node");
    suites.arg(crate::in_repo("tests/run.mjs")).arg(&consumer).args(sets);
    suites.current_dir(crate::in_repo(""));
    if sets.contains(&"more") {
        steps.step("more runtimes", || {
            firefox::ensure();
            npm::install("tests/runtimes")
        })?;
        steps.step("screens in Firefox", || consumers::in_firefox(&tarball))?;
    }
    steps.step("package tests", || {
        Browser::ensure()?.name_to(&mut suites);
        process::run(&mut suites)
            .with_context(|| format!("the installed package is left in {}", consumer.display()))
    })?;
    fs::remove_dir_all(&consumer).with_context(|| format!("cannot remove {}", consumer.display()))
}

/// Writes random snapshots with cases that are asked of the package on every runtime: the same each time, so
/// that a test fails for what was changed. `cargo xtask fuzz` asks others.
fn random_cases() -> Result<()> {
    cargo(&["run", "--example", "random", "--", "0", "24", "tests/random.json"])
}

fn cargo(arguments: &[&str]) -> Result<()> {
    process::run(process::cargo().args(arguments))
}

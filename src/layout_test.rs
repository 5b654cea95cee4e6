//! The order of modules in lib.rs is the order of the data flow: a module uses those above it only. How the
//! package is laid out is held by tests/layout.test.mjs.

use std::ffi::OsStr;
use std::fs;
use std::path::{Path, PathBuf};
use std::string::{String, ToString};
use std::vec::Vec;

/// The modules of the crate, from the bottom up. Tests may use any.
fn modules() -> Vec<&'static str> {
    let lines = include_str!("lib.rs").lines().take_while(|line| *line != "#[cfg(test)]");
    lines.filter_map(|line| line.trim_start_matches("pub ").strip_prefix("mod ")?.strip_suffix(';')).collect()
}

/// The modules that a file of the crate names from the root, but for its comments and its tests.
fn named(source: &str) -> Vec<String> {
    let code = source.split("\nmod tests").next().unwrap_or_default();
    let code: String = code.lines().filter(|line| !line.trim_start().starts_with("//")).collect();
    let mut found = Vec::new();
    for rest in code.split("crate::").skip(1) {
        // Of a list of paths each begins with its module; lists are not nested.
        let (paths, count) = match rest.strip_prefix('{') {
            Some(list) => (list.split('}').next().unwrap_or_default(), usize::MAX),
            None => (rest, 1),
        };
        for path in paths.split(',').take(count) {
            let end = path.trim_start().split(|c: char| c != '_' && !c.is_alphanumeric()).next();
            found.extend(end.filter(|name| !name.is_empty()).map(ToString::to_string));
        }
    }
    found
}

/// What a module names that does not stand above it.
fn upward(module: &str, source: &str, modules: &[&str]) -> Vec<String> {
    let at = |name: &str| modules.iter().position(|module| *module == name);
    let own = at(module);
    let mut found = named(source);
    found.retain(|name| name != module && at(name).is_none_or(|it| own.is_none_or(|own| it >= own)));
    found
}

/// Each Rust file below src/, and the module that it belongs to.
fn files() -> Vec<(String, PathBuf)> {
    let src = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut open: Vec<PathBuf> = [src.clone()].into();
    let mut found = Vec::new();
    while let Some(folder) = open.pop() {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                open.push(path);
            } else if path.extension() == Some(OsStr::new("rs")) {
                let below = path.strip_prefix(&src).unwrap().with_extension("");
                let module = below.iter().next().unwrap().to_str().unwrap().to_string();
                found.push((module, path));
            }
        }
    }
    found
}

#[test]
fn modules_use_those_above_them_only() {
    let (modules, files) = (modules(), files());
    assert!(modules.len() > 20 && files.len() > 70, "{} modules, {} files", modules.len(), files.len());
    for (module, path) in files {
        if modules.contains(&&*module) {
            let wrong = upward(&module, &fs::read_to_string(&path).unwrap(), &modules);
            assert!(wrong.is_empty(), "{} uses {wrong:?}, which lib.rs has not above it", path.display());
        }
    }
}

#[test]
fn an_upward_import_is_seen() {
    let wrong = |source: &str| upward("b", source, &["a", "b", "c"]);
    assert!(wrong("use crate::a::X;\nuse crate::b::Y;\n/// See crate::c.\n").is_empty());
    assert_eq!(wrong("use crate::c::{X, Y};\n    crate::Z::new();"), ["c", "Z"]);
    assert_eq!(wrong("use crate::{a, c::X};"), ["c"]);
    assert!(wrong("#[cfg(test)]\nmod tests {\n    use crate::c::X;\n}").is_empty());
}

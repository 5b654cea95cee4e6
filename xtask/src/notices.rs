//! `THIRD-PARTY.md`: whose code is compiled into the wasm modules, and under which licences.

use std::collections::BTreeSet;
use std::fmt::Write;
use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail};
use serde_json::Value;

use crate::bundle::MODULES;
use crate::wasm_std::TARGET;
use crate::{files, process};

const INTRODUCTION: &str = "\
# Third-party code

The wasm files and the scripts in `glue/` hold code of these projects. Where a licence is offered among others, the package takes MIT.
";

/// What the compiler adds. Its licence texts do not come with every toolchain.
const STANDARD_LIBRARY: &str = "\
## The Rust standard library (`core`, `alloc`, `compiler_builtins`)

MIT OR Apache-2.0; parts of `compiler_builtins` are Apache-2.0 WITH LLVM-exception, which asks for nothing in compiled form.

```text
Copyright (c) The Rust Project Contributors

Permission is hereby granted, free of charge, to any person obtaining a copy of this software and associated documentation files (the \"Software\"), to
deal in the Software without restriction, including without limitation the rights to use, copy, modify, merge, publish, distribute, sublicense, and/or
sell copies of the Software, and to permit persons to whom the Software is furnished to do so, subject to the following conditions:

The above copyright notice and this permission notice shall be included in all copies or substantial portions of the Software.

THE SOFTWARE IS PROVIDED \"AS IS\", WITHOUT WARRANTY OF ANY KIND, EXPRESS OR IMPLIED, INCLUDING BUT NOT LIMITED TO THE WARRANTIES OF MERCHANTABILITY,
FITNESS FOR A PARTICULAR PURPOSE AND NONINFRINGEMENT. IN NO EVENT SHALL THE AUTHORS OR COPYRIGHT HOLDERS BE LIABLE FOR ANY CLAIM, DAMAGES OR OTHER
LIABILITY, WHETHER IN AN ACTION OF CONTRACT, TORT OR OTHERWISE, ARISING FROM, OUT OF OR IN CONNECTION WITH THE SOFTWARE OR THE USE OR OTHER DEALINGS IN
THE SOFTWARE.
```
";

/// One crate of the modules.
#[derive(Debug)]
struct Crate {
    name: String,
    version: String,
    licence: String,
    folder: PathBuf,
}

/// The whole file, from what cargo says of the features that the modules are built with.
pub(crate) fn text() -> Result<String> {
    let mut text = INTRODUCTION.to_owned();
    for included in crates()? {
        let Crate { name, version, licence, .. } = &included;
        write!(text, "\n## {name} {version}\n\n{licence}\n")?;
        for notice in included.notices()? {
            write!(text, "\n```text\n{}\n```\n", notice.trim())?;
        }
    }
    Ok(format!("{text}\n{STANDARD_LIBRARY}"))
}

/// What is linked in: no build scripts and no macros, which run while it is compiled.
fn crates() -> Result<Vec<Crate>> {
    let mut linked = BTreeSet::new();
    let mut known = Vec::new();
    for module in &MODULES {
        let features = ["--no-default-features", "--features", module.features];
        let tree = ["tree", "--package", "rolegate", "--target", TARGET, "--edges", "normal,no-proc-macro"];
        let lines = ["--prefix", "none", "--format", "{p}"];
        let names = process::output(process::cargo().args(tree).args(features).args(lines))?;
        linked.extend(names.lines().map(name_and_version));
        let metadata = ["metadata", "--format-version", "1", "--filter-platform", TARGET];
        let packages: Value =
            serde_json::from_str(&process::output(process::cargo().args(metadata).args(features))?)?;
        known.extend(
            packages.get("packages").and_then(Value::as_array).into_iter().flatten().filter_map(Crate::read),
        );
    }
    let all = linked.into_iter().filter(|(name, _)| name != "rolegate");
    all.map(|(name, version)| {
        let position =
            known.iter().position(|candidate| candidate.name == name && candidate.version == version);
        position
            .map(|position| known.swap_remove(position))
            .with_context(|| format!("cargo knows no {name} {version}"))
    })
    .collect()
}

/// `NAME vVERSION`, with more behind it for some.
fn name_and_version(line: &str) -> (String, String) {
    let mut words = line.split(' ');
    let mut next = || words.next().unwrap_or_default();
    (next().to_owned(), next().trim_start_matches('v').to_owned())
}

impl Crate {
    fn read(package: &Value) -> Option<Self> {
        let text = |key: &str| package.get(key).and_then(Value::as_str).map(str::to_owned);
        let folder = Path::new(&text("manifest_path")?).parent()?.to_owned();
        Some(Self { name: text("name")?, version: text("version")?, licence: text("license")?, folder })
    }

    /// The texts that must go with the code.
    fn notices(&self) -> Result<Vec<String>> {
        let mut texts = Vec::new();
        for file in files::all_below(&self.folder)? {
            let name = file.file_name().unwrap_or_default().to_string_lossy().to_uppercase();
            let is_notice =
                ["LICENSE", "LICENCE", "COPYING", "NOTICE"].iter().any(|start| name.starts_with(start));
            if is_notice && !name.contains("APACHE") && file.parent() == Some(&self.folder) {
                texts.push(
                    fs::read_to_string(&file).with_context(|| format!("cannot read {}", file.display()))?,
                );
            }
        }
        if texts.is_empty() {
            bail!("{} {} ({}) comes without the text of its licence", self.name, self.version, self.licence)
        }
        Ok(texts)
    }
}

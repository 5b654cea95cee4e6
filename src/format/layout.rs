//! What JavaScript must know to read the rows: `pkg-template/src/engine/layout.ts` is made here.

use alloc::string::String;
use std::fmt::Write;

use super::table::{KEPT, Kind, WRITTEN};
use crate::code::Code;

/// The tables behind those of rows.
const OTHERS: [&str; 7] = ["POOL", "SPANS", "NUMBERS", "SOURCE", "ARENA", "LISTS", "NAMES"];

/// The text of the file.
fn layout() -> Result<String, std::fmt::Error> {
    let mut out = String::from(
        "// Where the values are in the tables of a loaded snapshot. Written by src/format/layout.rs.\n\n\
         import type { IssueCode } from \"../core/errors.js\";\n\n",
    );
    let kinds = || Kind::ALL.iter().take(KEPT).map(|kind| kind.names());
    for (at, table) in kinds().map(|names| names.0).chain(OTHERS).enumerate() {
        writeln!(out, "export const {table} = {at};")?;
    }
    writeln!(out, "export const TABLES = {};\n", KEPT + OTHERS.len())?;
    let widths = kinds().map(|names| alloc::format!("{}", names.1.len()));
    let widths = widths.collect::<alloc::vec::Vec<_>>().join(", ");
    writeln!(out, "export const WIDTHS: readonly number[] = [{widths}];\n")?;
    writeln!(out, "/** What names a row, where anything does, is in this slot. */\nexport const ID = 0;")?;
    for (table, slots) in kinds() {
        for (at, slot) in slots.iter().enumerate() {
            writeln!(out, "export const {table}_{slot} = {at};")?;
        }
    }
    let written = WRITTEN.map(|kind| kind.names().0).join(", ");
    writeln!(out, "\n/** The kinds whose lists in the document have their spans in `LISTS`. */")?;
    writeln!(out, "export const WRITTEN: readonly number[] = [{written}];")?;
    writeln!(out, "\n/** The codes of problems, by their numbers. */")?;
    writeln!(out, "export const CODES: readonly IssueCode[] = [")?;
    for code in Code::NAMES {
        writeln!(out, "  \"{code}\",")?;
    }
    writeln!(out, "];")?;
    Ok(out)
}

#[test]
fn the_file_is_up_to_date() {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/pkg-template/src/engine/layout.ts");
    let layout = layout().unwrap();
    if std::env::var_os("ROLEGATE_WRITE").is_some() {
        std::fs::write(path, &layout).unwrap();
    }
    // Not `assert_eq`, which prints both.
    let is_up_to_date = std::fs::read_to_string(path).unwrap() == layout;
    assert!(is_up_to_date, "layout.ts is out of date: `ROLEGATE_WRITE=1 cargo test --lib layout` writes it");
}

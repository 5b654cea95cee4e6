//! What JavaScript must know to read the rows: `pkg-template/src/layout.ts` is made here.

use alloc::format;
use alloc::string::String;

use super::table::{KEPT, Kind, WRITTEN};
use crate::code::Code;

/// The tables behind those of rows.
const OTHERS: [&str; 6] = ["POOL", "SPANS", "NUMBERS", "SOURCE", "ARENA", "LISTS"];

/// The text of the file.
fn layout() -> String {
    let mut out = String::from(
        "// Where the values are in the tables of a loaded snapshot. Written by src/format/layout.rs.\n\n",
    );
    let kinds = || Kind::ALL.iter().take(KEPT).map(|kind| kind.names());
    let tables = kinds().map(|names| names.0).chain(OTHERS);
    for (at, table) in tables.enumerate() {
        out += &format!("export const {table} = {at};\n");
    }
    out += &format!("export const TABLES = {};\n\n", KEPT + OTHERS.len());
    let widths: alloc::vec::Vec<String> = kinds().map(|names| format!("{}", names.1.len())).collect();
    out += &format!("export const WIDTHS: readonly number[] = [{}];\n\n", widths.join(", "));
    out += "/** What names a row, where anything does, is in this slot. */\nexport const ID = 0;\n";
    for (table, slots) in kinds() {
        for (at, slot) in slots.iter().enumerate() {
            out += &format!("export const {table}_{slot} = {at};\n");
        }
    }
    let written = WRITTEN.map(|kind| kind.names().0).join(", ");
    out += &format!(
        "\n/** The kinds whose lists in the document have their spans in `LISTS`. */\nexport const WRITTEN: readonly number[] = [{written}];\n"
    );
    let codes: alloc::vec::Vec<String> = Code::NAMES.iter().map(|name| format!("  \"{name}\",\n")).collect();
    out += &format!(
        "\n/** The codes of problems, by their numbers. */\nexport const CODES: readonly string[] = [\n{}];\n",
        codes.join("")
    );
    out
}

#[test]
fn the_file_is_up_to_date() {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/pkg-template/src/layout.ts");
    if std::env::var_os("ROLEGATE_WRITE").is_some() {
        std::fs::write(path, layout()).unwrap();
    }
    assert_eq!(std::fs::read_to_string(path).unwrap(), layout(), "run the tests with ROLEGATE_WRITE=1");
}

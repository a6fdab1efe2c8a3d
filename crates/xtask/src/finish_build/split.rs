//! The application's wasm in two: what the first paint needs, and what `src/later.rs` leads to.
//!
//! The splitter follows the relocations of what rustc wrote and cuts what wasm-bindgen made of it. Nothing may have been
//! optimised before, so wasm-opt runs here, on each part. The second part finds memory, table and globals among the exports of
//! the first, and puts its functions into the holes of the table. Data is not split: the linker lets one constant be the end of
//! another, and where the longer one belongs to the second part, the splitter would clear both in the first.
use super::{Result, hash_name, names, optimised, read, without_comment_lines};
use crate::command;
use std::path::Path;
use std::{env, fs};
use walrus::ir::Value;
use walrus::{ConstExpr, ElementItems, ElementKind, Module};
use wasm_split_cli::Splitter;

/// Names of files.
pub struct App {
    pub app_script: String,
    pub app_wasm: String,
    /// None where one module holds everything.
    pub later: Option<String>,
}

pub fn run(staging: &Path, app_script: &str, app_wasm: &str) -> Result<App> {
    let target = env::var_os("CARGO_TARGET_DIR").map_or_else(|| command::root().join("target"), Into::into);
    let original = fs::read(target.join("wasm32-unknown-unknown/release/tarn-app.wasm"))?;
    let bound = fs::read(staging.join(app_wasm))?;
    let split =
        Splitter::new(&original, &bound).and_then(Splitter::emit).map_err(|error| format!("tarn-app.wasm cannot be split: {error}"))?;
    let [later] = split.modules.as_slice() else { return Err("tarn-app.wasm is to be split in two".into()) };
    fs::remove_file(staging.join(app_wasm))?;
    let (mut first, mut later) = (with_all_data(&split.main.bytes, &bound)?, in_order(&without_data(&later.bytes)?)?);
    let glue = with_loader(&fs::read_to_string(staging.join(app_script))?)?;
    let glue = names::shorten(&glue, &mut first, Some(&mut later))?;
    let app_wasm = optimised(staging, "tarn-app_bg.wasm", first, &["-Oz", "-Oz"])?;
    let later = optimised(staging, "tarn-later_bg.wasm", later, &["-Oz", "-Oz"])?;

    fs::remove_file(staging.join(app_script))?;
    fs::write(staging.join("tarn-app.js"), without_comment_lines(&glue))?;
    Ok(App { app_script: hash_name(staging, "tarn-app.js")?, app_wasm, later: Some(later) })
}

/// The first part with the data of the whole in place of what the splitter left of it.
fn with_all_data(module: &[u8], whole: &[u8]) -> Result<Module> {
    let (mut module, whole) = (read(module)?, read(whole)?);
    let own: Vec<_> = module.data.iter().map(|data| data.id()).collect();
    let all: Vec<&Vec<u8>> = whole.data.iter().map(|data| &data.value).collect();
    if own.len() != all.len() {
        return Err("the first part has other segments of data than the whole".into());
    }
    for (id, value) in own.into_iter().zip(all) {
        module.data.get_mut(id).value.clone_from(value);
    }
    Ok(module)
}

fn without_data(module: &[u8]) -> Result<Vec<u8>> {
    let mut module = read(module)?;
    let all: Vec<_> = module.data.iter().map(|data| data.id()).collect();
    for memory in module.memories.iter_mut() {
        memory.data_segments.clear();
    }
    all.into_iter().for_each(|data| module.data.delete(data));
    Ok(module.emit_wasm())
}

/// The module with its functions put into the table in runs: the splitter writes one segment for each, in no order.
fn in_order(module: &[u8]) -> Result<Module> {
    let mut module = read(module)?;
    let Some(table) = module.tables.main_function_table().map_err(|error| error.to_string())? else {
        return Err("the second module has no table of functions".into());
    };
    let mut entries = vec![];
    for element in module.elements.iter() {
        let ElementKind::Active { table: of, offset: ConstExpr::Value(Value::I32(at)) } = &element.kind else { continue };
        if let (true, ElementItems::Functions(functions)) = (*of == table, &element.items) {
            entries.push((*at, element.id(), functions.clone()));
        }
    }
    entries.sort_by_key(|(at, ..)| *at);
    let mut runs: Vec<(i32, Vec<_>)> = vec![];
    for (at, id, functions) in entries {
        module.elements.delete(id);
        module.tables.get_mut(table).elem_segments.remove(&id);
        match runs.last_mut() {
            Some((start, run)) if *start + run.len() as i32 == at => run.extend(functions),
            _ => runs.push((at, functions)),
        }
    }
    for (at, run) in runs {
        let kind = ElementKind::Active { table, offset: ConstExpr::Value(Value::I32(at)) };
        let id = module.elements.add(kind, ElementItems::Functions(run));
        module.tables.get_mut(table).elem_segments.insert(id);
    }
    Ok(module)
}

/// The glue with the function that links the second module in, in the place of the file that the splitter's macro imports.
fn with_loader(glue: &str) -> Result<String> {
    const FILE: &str = "\"./__wasm_split.js\"";
    let mut lines: Vec<&str> = glue.lines().filter(|line| !line.contains(FILE)).collect();
    let at = lines.iter().position(|line| line.ends_with("_bg.js\": import0,")).ok_or("the glue's imports have changed")?;
    lines.insert(at, "        \"./__wasm_split.js\": new Proxy({}, { get: () => later }),");
    lines.push(
        "async function later(callback, data) {\n\
         await WebAssembly.instantiate(await globalThis.tarnBoot.later, { __wasm_split: wasm });\n\
         wasm.__indirect_function_table.get(callback)(data, 1);\n\
         }",
    );
    Ok(lines.join("\n") + "\n")
}

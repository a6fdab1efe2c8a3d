//! Short names between a script of wasm-bindgen and its module, as Emscripten has them. Nobody reads the long ones, and the hash in
//! each does not compress. What the script does not use of the module is dropped, so that wasm-opt can leave out what it led to.
use super::Result;
use std::collections::BTreeMap;
use walrus::Module;

/// Renames what the script and its module call each other by. `later` is a second module that imports from the first.
pub fn shorten(glue: &str, module: &mut Module, later: Option<&mut Module>) -> Result<String> {
    let glue = without_unused_classes(glue)?;
    let later_imports: Vec<&mut String> =
        later.map_or_else(Vec::new, |later| later.imports.iter_mut().map(|import| &mut import.name).collect());
    let glue = shorten_imports(&glue, module)?;
    shorten_exports(&glue, module, later_imports)
}

/// `a` to `Z`, then two letters. Words of the language are allowed where these stand: keys and properties.
fn short(index: usize) -> String {
    const LETTERS: &[u8; 52] = b"abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ";
    let last = char::from(LETTERS[index % LETTERS.len()]);
    match index / LETTERS.len() {
        0 => last.to_string(),
        rest => short(rest - 1) + &last.to_string(),
    }
}

/// The functions of the script that the module calls: each has a line `name: function…`.
fn shorten_imports(glue: &str, module: &mut Module) -> Result<String> {
    let from = glue.lines().find_map(|line| line.trim().strip_suffix(": import0,")).ok_or("the glue's imports have changed")?.to_owned();
    let mut names = BTreeMap::new();
    for import in module.imports.iter_mut().filter(|import| format!("{:?}", import.module) == from) {
        let n_names = names.len();
        let name: &String = names.entry(import.name.clone()).or_insert_with(|| short(n_names));
        import.name.clone_from(name);
        "$".clone_into(&mut import.module);
    }
    let mut n_renamed = 0;
    let mut lines = vec![];
    for line in glue.lines() {
        let key = line.trim().split_once(": function");
        lines.push(match key.and_then(|(name, rest)| Some((names.get(name)?, rest))) {
            Some((name, rest)) => {
                n_renamed += 1;
                format!("{name}: function{rest}")
            }
            None => line.replace(&from, "\"$\""),
        });
    }
    if n_renamed != names.len() {
        return Err(format!("the module imports {} names of the glue, which has {n_renamed} of them", names.len()).into());
    }
    Ok(lines.join("\n") + "\n")
}

/// What the script takes from the module, as `wasm.name`, and a second module by its name.
fn shorten_exports(glue: &str, module: &mut Module, mut taken: Vec<&mut String>) -> Result<String> {
    let mut names = BTreeMap::new();
    let mut unused = vec![];
    let mut parts = glue.split("wasm.");
    let mut shortened = parts.next().unwrap_or_default().to_owned();
    let uses: Vec<(&str, &str)> = parts.map(|part| part.split_at(part.find(|c| !is_of_name(c)).unwrap_or(part.len()))).collect();
    for export in module.exports.iter_mut() {
        let is_used = uses.iter().any(|(name, _)| *name == export.name) || taken.iter().any(|name| **name == export.name);
        if !is_used {
            unused.push(export.id());
            continue;
        }
        let name = short(names.len());
        names.insert(std::mem::replace(&mut export.name, name.clone()), name);
    }
    unused.into_iter().for_each(|export| module.exports.delete(export));
    for name in &mut taken {
        let renamed =
            names.get(name.as_str()).ok_or_else(|| format!("the second module imports {name}, which the first does not export"))?;
        (*name).clone_from(renamed);
    }
    for (name, rest) in uses {
        shortened += "wasm.";
        shortened += names.get(name).map_or(name, String::as_str);
        shortened += rest;
    }
    Ok(shortened)
}

fn is_of_name(c: char) -> bool {
    c.is_ascii_alphanumeric() || c == '_' || c == '$'
}

/// The script without classes that nothing makes an object of: a dependency's, for what a page does not do.
fn without_unused_classes(glue: &str) -> Result<String> {
    let mut glue = glue.to_owned();
    let names: Vec<String> =
        glue.lines().filter_map(|line| line.strip_prefix("export class ")?.strip_suffix(" {")).map(str::to_owned).collect();
    for name in names {
        let mut rest = glue.clone();
        cut(&mut rest, &format!("export class {name} {{"), "\n}\n")?;
        cut(&mut rest, &format!("if (Symbol.dispose) {name}."), ";\n")?;
        cut(&mut rest, &format!("const {name}Finalization = "), ";\n")?;
        if !rest.contains(&name) {
            glue = rest;
        }
    }
    Ok(glue)
}

fn cut(text: &mut String, from: &str, to: &str) -> Result<()> {
    let start = text.find(from).ok_or_else(|| format!("the glue has no {from}"))?;
    let end = text[start..].find(to).ok_or_else(|| format!("the glue has no end of {from}"))? + start + to.len();
    text.replace_range(start..end, "");
    Ok(())
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use walrus::{FunctionBuilder, ValType};

    const GLUE: &str = "\
export class Unused {
    free() {
        wasm.__wbg_unused_free(0, 0);
    }
}
if (Symbol.dispose) Unused.prototype[Symbol.dispose] = Unused.prototype.free;
function __wbg_get_imports() {
    const import0 = {
        __proto__: null,
        __wbg_log_0123456789abcdef: function(arg0) {
            wasm.grow_memory(arg0);
        },
    };
    return {
        \"./page_bg.js\": import0,
    };
}
const UnusedFinalization = (typeof FinalizationRegistry === 'undefined')
    ? { register: () => {}, unregister: () => {} }
    : new FinalizationRegistry(ptr => wasm.__wbg_unused_free(ptr, 1));
console.log(wasm.memory, wasm.grow_memory_more);
";

    /// A module with these imports and exports of functions without a body.
    fn module(imports: &[(&str, &str)], exports: &[&str]) -> Module {
        let mut module = Module::default();
        let nothing = module.types.add(&[], &[]);
        for (from, name) in imports {
            module.add_import_func(from, name, nothing);
        }
        for name in exports {
            let function = FunctionBuilder::new(&mut module.types, &[] as &[ValType], &[]).finish(vec![], &mut module.funcs);
            module.exports.add(name, function);
        }
        module
    }

    fn exports(module: &Module) -> Vec<&str> {
        module.exports.iter().map(|export| export.name.as_str()).collect()
    }

    #[test]
    fn names_are_short_on_both_sides() {
        let mut first = module(
            &[("./page_bg.js", "__wbg_log_0123456789abcdef"), ("./other.js", "load")],
            &["memory", "__wbg_unused_free", "grow_memory", "grow_memory_more", "shared"],
        );
        let mut later = module(&[("__wasm_split", "shared")], &["start"]);
        let glue = shorten(GLUE, &mut first, Some(&mut later)).unwrap();
        let imports: Vec<_> = first.imports.iter().map(|import| (import.module.as_str(), import.name.as_str())).collect();
        assert_eq!(imports, [("$", "a"), ("./other.js", "load")]);
        assert_eq!(exports(&first), ["a", "b", "c", "d"], "and what only the unused class called is gone");
        assert_eq!(later.imports.iter().map(|import| import.name.as_str()).collect::<Vec<_>>(), ["d"]);
        assert!(glue.contains("a: function(arg0) {\n            wasm.b(arg0);") && glue.contains("\"$\": import0,"), "{glue}");
        assert!(glue.ends_with("console.log(wasm.a, wasm.c);\n") && !glue.contains("Unused"), "{glue}");
    }

    #[test]
    fn a_class_that_is_made_stays() {
        let glue = GLUE.replace("console.log(", "console.log(new Unused(), ");
        let mut module = module(&[("./page_bg.js", "__wbg_log_0123456789abcdef")], &["__wbg_unused_free"]);
        let short = shorten(&glue, &mut module, None).unwrap();
        assert!(short.contains("export class Unused {\n    free() {\n        wasm.a(0, 0);"), "{short}");
    }

    #[test]
    fn a_name_that_one_side_lacks_is_an_error() {
        let mut lacking = module(&[("./page_bg.js", "__wbg_other_0123456789abcdef")], &[]);
        assert!(shorten(GLUE, &mut lacking, None).unwrap_err().to_string().contains("imports 1 names"));
        let mut first = module(&[("./page_bg.js", "__wbg_log_0123456789abcdef")], &[]);
        let mut later = module(&[("__wasm_split", "shared")], &[]);
        assert!(shorten(GLUE, &mut first, Some(&mut later)).unwrap_err().to_string().contains("does not export"));
    }

    #[test]
    fn there_is_a_short_name_for_every_index() {
        assert_eq!([0, 51, 52, 103, 104, 2755, 2756].map(short), ["a", "Z", "aa", "aZ", "ba", "ZZ", "aaa"]);
    }
}

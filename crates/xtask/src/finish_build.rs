//! The last step of a Trunk build: the worker gets hashed names and the page a start-up script of its own.
//!
//! Trunk hashes the application's files but not those of a worker, and starts the application from an inline script with a
//! placeholder nonce. Here the worker's glue and wasm are renamed by their content, the inline script is replaced by a file
//! (so the page runs under `script-src 'self'`), the preload links that Trunk wrote are replaced by ours, and the style sheets
//! become one file: each request before the first paint delays the data worker's start.
mod explore;
mod names;
mod split;

use crate::command;
use std::{env, error::Error, fs, path::Path};
use walrus::Module;

type Result<T> = std::result::Result<T, Box<dyn Error>>;

/// The page's first message is the compiled module, and with it what the module's own listener is to hear first.
const WORKER_START: &str = r#"
addEventListener("message", async ({ data: [module, start] }) => {
  await __wbg_init({ module_or_path: module });
  if (start) onmessage({ data: start });
}, { once: true });
"#;

pub fn run() -> Result<()> {
    let staging = env::var("TRUNK_STAGING_DIR").map_err(|_| "finish-build is a Trunk hook: run `trunk build`")?;
    let staging = Path::new(&staging);

    let released = env::var("TRUNK_PROFILE").is_ok_and(|profile| profile == "release");
    let (worker_script, worker_wasm) = worker(staging, "tarn-worker", released.then_some(&["-O3", "-O3"]))?;

    let (app_script, app_wasm) = (find(staging, "tarn-app-", ".js")?, find(staging, "tarn-app-", "_bg.wasm")?);
    let app = if released { split::run(staging, &app_script, &app_wasm)? } else { split::App { app_script, app_wasm, later: None } };
    let split::App { app_script, app_wasm, later } = app;
    let later = later.unwrap_or_default();
    let dashboard = find(staging, "dashboard-", ".bin")?;
    fs::write(staging.join("after.js"), without_comment_lines(include_str!("../../../src/after.js")))?;
    let after = hash_name(staging, "after.js")?;
    let boot = without_comment_lines(include_str!("../../../src/boot.js"))
        .replace("WORKER_WASM", &worker_wasm)
        .replace("WORKER_SCRIPT", &worker_script)
        .replace("LATER_WASM", &later)
        .replace("APP_WASM", &app_wasm)
        .replace("APP_SCRIPT", &app_script)
        .replace("AFTER_SCRIPT", &after);
    fs::write(staging.join("boot.js"), boot)?;
    let boot = hash_name(staging, "boot.js")?;

    let page = fs::read_to_string(staging.join("index.html"))?;
    let page = with_one_style_sheet(staging, &without_trunk_start(&page)?)?;
    // The start script comes before everything that the browser would fetch ahead of it: it starts the worker.
    let start = format!(
        "<link rel=\"modulepreload\" fetchpriority=\"high\" href=\"./{boot}\">\n\
         <link rel=\"preload\" as=\"fetch\" crossorigin href=\"./{worker_wasm}\">\n<title>"
    );
    let page = page.replacen("<title>", &start, 1);
    let later = match later.as_str() {
        "" => String::new(),
        later => format!("<link rel=\"preload\" as=\"fetch\" crossorigin href=\"./{later}\">\n"),
    };
    let head = format!(
        "<link rel=\"modulepreload\" href=\"./{app_script}\">\n\
         <link rel=\"preload\" as=\"fetch\" crossorigin href=\"./{app_wasm}\">\n\
         {later}\
         <link id=\"tarn-dashboard\" rel=\"preload\" as=\"fetch\" crossorigin href=\"./{dashboard}\">\n\
         <script type=\"module\" fetchpriority=\"high\" src=\"./{boot}\"></script>\n</head>"
    );
    let page = page.replacen("</head>", &head, 1);
    fs::write(staging.join("index.html"), &page)?;
    fs::write(staging.join("sw.js"), service_worker(&files(staging)?, &page)?)?;
    explore::run(staging, released, &explore::Shared { worker_script: &worker_script, worker_wasm: &worker_wasm, boot: &boot })
}

/// Writes a worker's module and script under names by their content, with short names between them where wasm-opt is to work at those
/// levels. Returns the script's name and the module's.
fn worker(staging: &Path, stem: &str, levels: Option<&[&str]>) -> Result<(String, String)> {
    let (script, wasm) = (format!("{stem}.js"), format!("{stem}_bg.wasm"));
    let mut glue = fs::read_to_string(staging.join(&script))?;
    let hashed = match levels {
        Some(levels) => {
            let mut module = read(&fs::read(staging.join(&wasm))?)?;
            glue = names::shorten(&glue, &mut module, None)?;
            optimised(staging, &wasm, module, levels)?
        }
        None => hash_name(staging, &wasm)?,
    };
    fs::write(staging.join(&script), without_comment_lines(&(glue.replace(&wasm, &hashed) + WORKER_START)))?;
    Ok((hash_name(staging, &script)?, hashed))
}

fn read(module: &[u8]) -> Result<Module> {
    Ok(Module::from_buffer(module).map_err(|error| error.to_string())?)
}

/// Writes the module as wasm-opt makes it, under a name by its content. Functions with one caller stay apart: within a large one a hot
/// loop makes the browser compile all of it anew. A level that is given twice works twice: what the first leaves is 0.2 % smaller
/// after it. Browsers need no list of tools and features.
fn optimised(staging: &Path, name: &str, mut module: Module, levels: &[&str]) -> Result<String> {
    let path = staging.join(name);
    fs::write(&path, module.emit_wasm())?;
    let arguments = ["--one-caller-inline-max-function-size=0", "--strip-producers", "--strip-target-features"];
    command::run(command::command("wasm-opt").args(levels).args(arguments).arg(&path).arg("-o").arg(&path))?;
    hash_name(staging, name)
}

/// The service worker with the list of what it keeps. Its bytes change with any of them: that is how browsers notice.
fn service_worker(files: &[String], page: &str) -> Result<String> {
    let script = without_comment_lines(include_str!("../../../src/sw.js"));
    let (before, rest) = script.split_once("const SHELL = ").ok_or("the service worker has no list")?;
    let (_, after) = rest.split_once('\n').ok_or("the service worker ends in its list")?;
    let names: Vec<String> = files.iter().map(|name| format!("{name:?}")).collect();
    let version = xxhash_rust::xxh3::xxh3_64(format!("{page}{names:?}").as_bytes());
    Ok(format!("{before}const SHELL = {{\"version\":\"{version:016x}\",\"files\":[{}]}};\n{after}", names.join(",")))
}

/// All files beside the page; data lies in folders.
fn files(dir: &Path) -> Result<Vec<String>> {
    let mut names = vec![];
    for entry in fs::read_dir(dir)? {
        let entry = entry?;
        if entry.file_type()?.is_file() {
            names.push(entry.file_name().to_string_lossy().into_owned());
        }
    }
    names.retain(|name| name != "sw.js" && !name.starts_with(explore::EXPLORER));
    names.sort();
    Ok(names)
}

/// Renames `stem.ext` to `stem-<hash of the content>.ext` and returns the new name.
fn hash_name(dir: &Path, name: &str) -> Result<String> {
    let path = dir.join(name);
    let content = fs::read(&path).map_err(|error| format!("{}: {error}", path.display()))?;
    let (stem, extension) = name.rsplit_once('.').ok_or("a file name without an extension")?;
    let hashed = format!("{stem}-{:016x}.{extension}", xxhash_rust::xxh3::xxh3_64(&content));
    fs::rename(&path, dir.join(&hashed))?;
    Ok(hashed)
}

/// The one file in `dir` with that beginning and end.
fn find(dir: &Path, prefix: &str, suffix: &str) -> Result<String> {
    let names = fs::read_dir(dir)?.filter_map(|entry| entry.ok()?.file_name().into_string().ok());
    let found: Vec<String> = names.filter(|name| name.starts_with(prefix) && name.ends_with(suffix)).collect();
    match found.as_slice() {
        [name] => Ok(name.clone()),
        _ => Err(format!("expected one {prefix}*{suffix} in {}, found {found:?}", dir.display()).into()),
    }
}

/// Puts the style sheets, in their order, into one file in the place of the first.
fn with_one_style_sheet(staging: &Path, page: &str) -> Result<String> {
    const LINK: &str = "<link rel=\"stylesheet\" href=\"./";
    let (mut page, mut sheets) = (page.to_owned(), String::new());
    let first = page.find(LINK).ok_or("Trunk linked no style sheet")?;
    while let Some(start) = page.find(LINK) {
        let name_at = start + LINK.len();
        let name_end = page[name_at..].find('"').ok_or("an open attribute")? + name_at;
        let end = page[start..].find('>').ok_or("an open link element")? + start + 1;
        let path = staging.join(&page[name_at..name_end]);
        sheets += &without_comments(&fs::read_to_string(&path)?)?;
        sheets.push('\n');
        fs::remove_file(path)?;
        page.replace_range(start..end, "");
    }
    fs::write(staging.join("styles.css"), without_line_breaks(&sheets))?;
    let name = hash_name(staging, "styles.css")?;
    page.insert_str(first, &format!("<link rel=\"stylesheet\" href=\"./{name}\">"));
    Ok(page)
}

/// A style sheet without indentation and line breaks. A value of several lines keeps a space between them.
fn without_line_breaks(sheet: &str) -> String {
    let lines = sheet.lines().map(str::trim).filter(|line| !line.is_empty());
    lines.fold(String::with_capacity(sheet.len()), |mut all, line| {
        if !all.is_empty() && !all.ends_with(['{', '}', ';', ',']) {
            all.push(' ');
        }
        all + line
    })
}

/// A script without what is for its readers: lines and blocks of comments, indentation.
fn without_comment_lines(script: &str) -> String {
    let mut in_block = false;
    let is_code = |line: &&str| {
        in_block |= line.starts_with("/**");
        let is_code = !in_block && !line.is_empty() && !line.starts_with("//");
        in_block &= !line.ends_with("*/");
        is_code
    };
    script.lines().map(str::trim).filter(is_code).flat_map(|line| [line, "\n"]).collect()
}

/// A style sheet without its comments.
fn without_comments(sheet: &str) -> Result<String> {
    let mut parts = sheet.split("/*");
    let mut kept = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        let (_, after) = part.split_once("*/").ok_or("an open comment in a style sheet")?;
        kept += after.strip_prefix('\n').unwrap_or(after);
    }
    Ok(kept)
}

/// Removes Trunk's inline start script and its preload links.
fn without_trunk_start(page: &str) -> Result<String> {
    let mut page = page.to_owned();
    let start = page.find("<script type=\"module\"").ok_or("Trunk wrote no start script: its template has changed")?;
    let end = page[start..].find("</script>").ok_or("an open script element")? + start + "</script>".len();
    page.replace_range(start..end, "");
    for marker in ["<link rel=\"modulepreload\"", "<link rel=\"preload\""] {
        while let Some(start) = page.find(marker) {
            let end = page[start..].find('>').ok_or("an open link element")? + start + 1;
            page.replace_range(start..end, "");
        }
    }
    Ok(page)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_style_sheet_says_the_same_without_line_breaks() {
        let sheet = "@media (width < 40em) {\n  a:hover,\n  b {\n    font: 12px\n      serif;\n    --last: 1\n  }\n\n}\n.c\n.d {}\n";
        assert_eq!(without_line_breaks(sheet), "@media (width < 40em) {a:hover,b {font: 12px serif;--last: 1 }}.c .d {}");
    }
}

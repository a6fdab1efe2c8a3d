use std::fs;
use std::path::{Component, Path, PathBuf};

/// The file itself, or the Parquet files of a folder in the order of their names, with those in its folders `column=value`.
pub fn parquet_files(data: &Path) -> Result<Vec<PathBuf>, String> {
    let failed = |error: std::io::Error| format!("{}: {error}\nhint: name a Parquet file or a folder with some", data.display());
    if !fs::metadata(data).map_err(failed)?.is_dir() {
        return Ok(vec![data.to_owned()]);
    }
    let mut files = vec![];
    take(data, &mut files).map_err(failed)?;
    files.sort();
    if files.is_empty() { Err(format!("there is no .parquet file in {}", data.display())) } else { Ok(files) }
}

fn take(folder: &Path, files: &mut Vec<PathBuf>) -> std::io::Result<()> {
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        let is_partition = || path.file_name().is_some_and(|name| name.to_string_lossy().contains('='));
        if path.is_dir() {
            if is_partition() {
                take(&path, files)?;
            }
        } else if path.extension().is_some_and(|extension| extension == "parquet") {
            files.push(path);
        }
    }
    Ok(())
}

/// The path from the folder of the dashboard file to `file`, with `/`.
pub fn relative(file: &Path, dashboard: &Path) -> Result<String, String> {
    let failed = |path: &Path, error: std::io::Error| format!("{}: {error}", path.display());
    let file = file.canonicalize().map_err(|error| failed(file, error))?;
    let folder = dashboard.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let folder = folder.canonicalize().map_err(|error| failed(folder, error))?;
    let (to, from): (Vec<Component<'_>>, Vec<Component<'_>>) = (file.components().collect(), folder.components().collect());
    let shared = to.iter().zip(&from).take_while(|(to, from)| to == from).count();
    let up = from.iter().skip(shared).map(|_| "..".to_owned());
    let down = to.iter().skip(shared).map(|part| part.as_os_str().to_string_lossy().into_owned());
    Ok(up.chain(down).collect::<Vec<_>>().join("/"))
}

//! With the feature `runtime`: packs the built page into the program, so that `tarn build` and `tarn serve` need nothing else.
//!
//! The page is what `trunk build --release` wrote to `dist/`, or to the folder that TARN_DIST names.

fn main() {
    println!("cargo::rerun-if-changed=build.rs");
    #[cfg(feature = "runtime")]
    pack::run();
}

#[cfg(feature = "runtime")]
mod pack {
    use std::fmt::Write as _;
    use std::path::{Path, PathBuf};
    use std::{env, fs, io};

    pub fn run() {
        println!("cargo::rerun-if-env-changed=TARN_DIST");
        let manifest = PathBuf::from(env::var_os("CARGO_MANIFEST_DIR").unwrap_or_default());
        let dist = env::var_os("TARN_DIST").map_or_else(|| manifest.join("../../dist"), PathBuf::from);
        println!("cargo::rerun-if-changed={}", dist.display());
        let out = PathBuf::from(env::var_os("OUT_DIR").unwrap_or_default());
        if let Err(error) = pack(&dist, &out) {
            println!("cargo::error=the page cannot be packed into tarn: {}: {error}", dist.display());
            println!("cargo::error=build it with `trunk build --release`, or name its folder with TARN_DIST");
        }
    }

    /// Writes `runtime.rs`: the files of the page by name, each compressed.
    fn pack(dist: &Path, out: &Path) -> io::Result<()> {
        // Quality 11 takes seconds per megabyte: for what is given away.
        let quality = if env::var("PROFILE").is_ok_and(|profile| profile == "release") { 11 } else { 5 };
        let mut list = String::from("[\n");
        for name in files(dist)? {
            let content = fs::read(dist.join(&name))?;
            let packed = out.join(format!("{}.br", name.replace('/', "-")));
            let parameters = brotli::enc::BrotliEncoderParams { quality, lgwin: 24, ..Default::default() };
            brotli::BrotliCompress(&mut content.as_slice(), &mut fs::File::create(&packed)?, &parameters)?;
            let _ = writeln!(list, "Embedded {{ name: {name:?}, length: {}, brotli: include_bytes!({packed:?}) }},", content.len());
        }
        fs::write(out.join("runtime.rs"), list + "]\n")
    }

    /// The page without the demo: neither its dashboard nor its data. The page /explore lies in a folder of its own.
    fn files(dist: &Path) -> io::Result<Vec<String>> {
        let mut names = vec![];
        for (folder, below) in [(dist.to_owned(), ""), (dist.join("explore"), "explore/")] {
            for entry in fs::read_dir(folder)? {
                let entry = entry?;
                let name = entry.file_name().to_string_lossy().into_owned();
                if entry.file_type()?.is_file() && !name.starts_with("dashboard-") {
                    names.push(format!("{below}{name}"));
                }
            }
        }
        names.sort();
        if names.iter().any(|name| name == "index.html") { Ok(names) } else { Err(io::Error::other("there is no index.html")) }
    }
}

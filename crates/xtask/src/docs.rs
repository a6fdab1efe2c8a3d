//! `cargo xtask docs`: the pages of docs/ as a static site.
use crate::{Result, command, setup};

/// Where the site lies, as docs/book.toml says.
const SITE: &str = "target/docs-site/index.html";

pub fn run(arguments: &[String]) -> Result<()> {
    setup::mdbook()?;
    let serves = arguments.iter().any(|argument| argument == "--serve");
    if serves {
        return command::run(command::command("mdbook").args(["serve", "docs", "--open"]));
    }
    command::run(command::command("mdbook").args(["build", "docs"]))?;
    println!("{}", command::root().join(SITE).display());
    Ok(())
}

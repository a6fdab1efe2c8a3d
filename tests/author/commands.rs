//! `docs/commands.md` is what the program says of itself. `UPDATE_EXPECT=1 cargo test -p tarn-tests --test author commands`
//! writes it anew.
use crate::folder::{Folder, succeeded};
use expect_test::expect_file;
use std::fmt::Write as _;

const HEAD: &str = "# Commands

What `tarn --help` and the `--help` of each command say. Exit codes: 0 done; 1 the input has errors, or a file cannot be read or
written; 2 the command was not understood. `publish` adds 3 a promise is broken, 4 overtaken by another publication, 5 a store, a
database or a disk failed.
";

/// The names under `Commands:` of a help text.
fn subcommands(help: &str) -> Vec<&str> {
    let lines = help.lines().skip_while(|line| *line != "Commands:").skip(1).take_while(|line| !line.is_empty());
    lines.filter_map(|line| line.split_whitespace().next()).filter(|name| *name != "help").collect()
}

fn write(folder: &Folder, path: &[&str], page: &mut String) {
    let help = succeeded(&folder.tarn(&[path, &["--help"]].concat()));
    let lines: String = help.trim().lines().map(|line| format!("{}\n", line.trim_end())).collect();
    let level = "#".repeat((path.len() + 1).max(2));
    let name = [&["tarn"], path].concat().join(" ");
    writeln!(page, "\n{level} {name}\n\n```text\n{lines}```").unwrap();
    for subcommand in subcommands(&help) {
        write(folder, &[path, &[subcommand]].concat(), page);
    }
}

#[test]
fn page_of_commands_is_what_the_program_says() {
    let folder = Folder::new("commands");
    let mut page = HEAD.to_owned();
    write(&folder, &[], &mut page);
    for name in ["init", "explore", "serve", "check", "query", "test", "build", "fmt", "schema", "explain", "completions", "publish"] {
        assert!(page.contains(&format!("\n## tarn {name}\n")), "there is no `tarn {name}`");
    }
    expect_file!["../../docs/commands.md"].assert_eq(&page);
}

/// So that no example in a help text is one that the program does not understand.
#[test]
fn examples_of_the_help_are_understood() {
    let folder = Folder::new("examples");
    let help = succeeded(&folder.tarn(&["--help"]));
    let mut without = vec![];
    for name in subcommands(&help) {
        let help = succeeded(&folder.tarn(&[name, "--help"]));
        let examples: Vec<&str> = help.lines().filter_map(|line| Some(line.trim().split_at(line.trim().find("tarn ")?).1)).collect();
        if !help.contains("Example") && !help.contains("\nCommands:\n") {
            without.push(name);
        }
        for example in examples.into_iter().filter(|example| help.contains(&format!("\n  {example}\n"))) {
            crate::blocks::is_understood(&folder, example);
        }
    }
    assert!(without.is_empty(), "without an example: {without:?}");
}

//! Names and hashed passwords of a small team, from a file.
use std::fs;
use std::path::Path;

#[derive(Debug, PartialEq, Eq)]
pub struct User {
    pub name: String,
    /// As `htpasswd` and `mkpasswd` write it.
    pub hash: String,
    pub groups: Vec<String>,
}

/// How hashes begin that servers check and that are slow to guess.
const HASHES: [&str; 6] = ["$2y$", "$2b$", "$6$", "$5$", "$y$", "$apr1$"];

pub fn read(path: &Path) -> Result<Vec<User>, String> {
    let text = fs::read_to_string(path).map_err(|error| format!("{}: {error}", path.display()))?;
    let mut users: Vec<User> = vec![];
    for (at, line) in text.lines().enumerate().filter(|(_, line)| !line.trim().is_empty() && !line.starts_with('#')) {
        let user = parse(line).map_err(|problem| format!("{}:{}: {problem}", path.display(), at + 1))?;
        // nginx looks names up without regard to case.
        if users.iter().any(|known| known.name.eq_ignore_ascii_case(&user.name)) {
            return Err(format!("{}:{}: `{}` stands here twice", path.display(), at + 1, user.name));
        }
        users.push(user);
    }
    if users.is_empty() { Err(format!("{} names nobody", path.display())) } else { Ok(users) }
}

/// The line itself is never repeated: it holds a secret.
fn parse(line: &str) -> Result<User, String> {
    let mut parts = line.trim().splitn(3, ':');
    let (Some(name), Some(hash), Some(groups)) = (parts.next(), parts.next(), parts.next()) else {
        return Err("expected `name:hash:group,group`".into());
    };
    if name.is_empty() || name.len() > 64 || name.starts_with('.') || !name.chars().all(|c| c.is_ascii_alphanumeric() || "._@-".contains(c))
    {
        return Err("a name is made of letters, digits and . _ @ -, and begins with none of the points".into());
    }
    let plain = |c: char| c.is_ascii_alphanumeric() || "$./=,-".contains(c);
    if !HASHES.iter().any(|start| hash.starts_with(start)) || !hash.chars().all(plain) {
        return Err(format!(
            "the password of `{name}` is not hashed in a way that is known\nhint: `htpasswd -nB {name}` or `mkpasswd` make a hash"
        ));
    }
    let groups: Vec<String> = groups.split(',').map(|group| group.trim().to_owned()).filter(|group| !group.is_empty()).collect();
    if groups.iter().any(|group| group.chars().any(char::is_control)) {
        return Err(format!("a group of `{name}` holds a control character"));
    }
    Ok(User { name: name.to_owned(), hash: hash.to_owned(), groups })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn passwords_are_hashed_and_never_repeated() {
        let user = User { name: "ada".into(), hash: "$apr1$x$y".into(), groups: vec!["staff".into(), "board".into()] };
        assert_eq!(parse("ada:$apr1$x$y:staff, board"), Ok(user));
        for line in ["ada:secret:staff", "ada:{PLAIN}secret:staff", "../ada:$6$a$secret:x", "ada:$6$a\";secret:x", "ada:$6$secret"] {
            let told = parse(line).err().unwrap_or_default();
            assert!(!told.is_empty() && !told.contains("secret"), "{line}: {told}");
        }
    }
}

//! Names of files with wildcards, as `#include` takes them: `*`, `?`, `[…]` and `{a,b}`.

use std::path::{Path, PathBuf};

use super::Files;

/// The files that a name stands for, each pattern's in order. Without a wildcard that is the name
/// itself, whether it exists or not.
pub(super) fn expand(files: &dyn Files, path: &str) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for name in alternatives(path) {
        if name.contains(['*', '?', '[']) {
            found.extend(matching(files, &name));
        } else {
            found.push(PathBuf::from(name));
        }
    }
    found
}

/// `a{b,c}d` as `abd` and `acd`.
fn alternatives(pattern: &str) -> Vec<String> {
    let mut open = vec![pattern.to_owned()];
    let mut done = Vec::new();
    while let Some(pattern) = open.pop() {
        let braces = pattern.find('{').and_then(|start| {
            let end = start + pattern[start..].find('}')?;
            Some((start, end))
        });
        match braces {
            Some((start, end)) if open.len() + done.len() < MAX_ALTERNATIVES => {
                let choices: Vec<_> = pattern[start + 1..end].split(',').collect();
                for choice in choices.iter().rev() {
                    open.push(format!(
                        "{}{choice}{}",
                        &pattern[..start],
                        &pattern[end + 1..]
                    ));
                }
            }
            _ => done.push(pattern),
        }
    }
    done
}

fn matching(files: &dyn Files, pattern: &str) -> Vec<PathBuf> {
    let root = if pattern.starts_with('/') { "/" } else { "" };
    let mut found = vec![PathBuf::from(root)];
    let mut listed = false;
    for part in pattern.split('/').filter(|part| !part.is_empty()) {
        listed = part.contains(['*', '?', '[']);
        if listed {
            let wanted: Vec<char> = part.chars().collect();
            let inside = |folder: &PathBuf| -> Vec<PathBuf> {
                let names = files.list(folder).into_iter();
                let fit = names.filter(|name| fits(&wanted, name));
                fit.map(|name| folder.join(name)).collect()
            };
            found = found.iter().flat_map(inside).take(MAX_FILES).collect();
        } else {
            found = found.iter().map(|folder| folder.join(part)).collect();
        }
    }
    // What stands behind a wildcard has been put together by name only.
    if !listed {
        found.retain(|path| exists(files, path));
    }
    found
}

fn exists(files: &dyn Files, path: &Path) -> bool {
    let (Some(folder), Some(name)) = (path.parent(), path.file_name()) else {
        return true;
    };
    let names = files.list(folder);
    names.iter().any(|known| name == known.as_str())
}

/// Whether a name fits a pattern without `/`. A leading dot is fitted by a dot only.
fn fits(pattern: &[char], name: &str) -> bool {
    if name.starts_with('.') && pattern.first() != Some(&'.') {
        return false;
    }
    let name: Vec<char> = name.chars().collect();
    let (mut p, mut n) = (0, 0);
    // The last `*` and what it has taken so far: the only choice ever to be reconsidered.
    let mut star = None;
    while n < name.len() {
        if pattern.get(p) == Some(&'*') {
            star = Some((p, n));
            p += 1;
        } else if let Some(length) = one(&pattern[p..], name[n]) {
            p += length;
            n += 1;
        } else if let Some((star_p, star_n)) = star {
            p = star_p + 1;
            n = star_n + 1;
            star = Some((star_p, n));
        } else {
            return false;
        }
    }
    pattern[p..].iter().all(|&c| c == '*')
}

/// How long the pattern's first element is, if the character fits it.
fn one(pattern: &[char], c: char) -> Option<usize> {
    match *pattern.first()? {
        '?' => Some(1),
        '[' => {
            let negated = matches!(pattern.get(1), Some('!' | '^'));
            let first = 1 + usize::from(negated);
            // A `]` at once is one of the characters.
            let end = (first + 1..pattern.len()).find(|&at| pattern[at] == ']');
            let Some(end) = end else {
                return (c == '[').then_some(1);
            };
            let set = &pattern[first..end];
            let mut within = false;
            let mut at = 0;
            while at < set.len() {
                if set.get(at + 1) == Some(&'-') && at + 2 < set.len() {
                    within |= (set[at]..=set[at + 2]).contains(&c);
                    at += 3;
                } else {
                    within |= set[at] == c;
                    at += 1;
                }
            }
            (within != negated).then_some(end + 1)
        }
        literal => (literal == c).then_some(1),
    }
}

/// More braces than anybody writes.
const MAX_ALTERNATIVES: usize = 256;
/// More files than anybody has.
const MAX_FILES: usize = 10_000;

#[cfg(test)]
mod tests {
    use super::{super::files::tests::Table, *};

    #[test]
    fn wildcards_fit_as_in_a_shell() {
        for (pattern, name, fit) in [
            ("*.conf", "a.conf", true),
            ("*.conf", ".a.conf", false),
            ("*.conf", "a.conf.bak", false),
            ("*a*b*", "xxaxxbxaxb", true),
            ("?.c", "é.c", true),
            ("[a-c]x", "bx", true),
            ("[!a-c]x", "bx", false),
            ("[]]", "]", true),
            ("[a", "[a", true),
            ("", "a", false),
        ] {
            let pattern: Vec<_> = pattern.chars().collect();
            assert_eq!(fits(&pattern, name), fit, "{pattern:?} {name}");
        }
    }

    #[test]
    fn a_pattern_stands_for_the_files_there_are_and_a_name_for_itself() {
        let files = Table::new(&[
            ("/e/d/2.conf", ""),
            ("/e/d/1.conf", ""),
            ("/e/d/x", ""),
            ("/e/f/1.conf", ""),
            ("here/d/1.conf", ""),
        ]);
        let paths = |pattern| -> Vec<String> {
            let found = expand(&files, pattern);
            found.iter().map(|p| p.display().to_string()).collect()
        };
        assert_eq!(paths("/e/d/*.conf"), ["/e/d/1.conf", "/e/d/2.conf"]);
        assert_eq!(paths("/e/*/1.conf"), ["/e/d/1.conf", "/e/f/1.conf"]);
        assert_eq!(paths("/e/{d,f}/1.conf"), ["/e/d/1.conf", "/e/f/1.conf"]);
        assert_eq!(paths("here/*/*.conf"), ["here/d/1.conf"]);
        assert_eq!(paths("/e/none"), ["/e/none"]);
        assert!(paths("/e/none*").is_empty());
        assert!(paths(&"{a,b}".repeat(40)).len() <= 2 * MAX_ALTERNATIVES);
    }
}

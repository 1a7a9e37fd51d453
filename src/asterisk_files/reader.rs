//! From lines to sections: templates, additions, includes.

use std::{collections::HashMap, mem, path::Path, sync::Arc};

use super::{
    Entry, Fault, FaultKind, Files, Place, Section, Unreadable,
    comment::Comments,
    fault::{LONGEST_LINE, MAX_DEPTH},
    glob,
};

/// Reads a file and what it includes into one list of sections.
pub(super) struct Reader<'a> {
    files: &'a dyn Files,
    folder: &'a Path,
    sections: Vec<Section>,
    /// Which of them have a name, in small letters.
    by_name: HashMap<String, Vec<usize>>,
    faults: Vec<Fault>,
    /// The section that an included file adds to before its own first one.
    current: Option<usize>,
    depth: usize,
    budget: Budget,
    /// Whether there is no sense in reading on: what follows would be the same for ever.
    has_given_up: bool,
}

impl<'a> Reader<'a> {
    pub(super) fn new(files: &'a dyn Files, folder: &'a Path) -> Self {
        Self {
            files,
            folder,
            sections: Vec::new(),
            by_name: HashMap::new(),
            faults: Vec::new(),
            current: None,
            depth: 0,
            budget: Budget::default(),
            has_given_up: false,
        }
    }

    pub(super) fn into_parts(self) -> (Vec<Section>, Vec<Fault>) {
        (self.sections, self.faults)
    }

    pub(super) fn file(&mut self, path: &Path, bytes: &[u8]) {
        let file: Arc<Path> = path.into();
        let mut comments = Comments::default();
        // After an include the file goes on in the section in which it was.
        let mut section = self.current;
        let bytes = bytes.strip_prefix(BYTE_ORDER_MARK).unwrap_or(bytes);
        for (index, line) in bytes.split(|&byte| byte == b'\n').enumerate() {
            let place = Place {
                file: file.clone(),
                line: index + 1,
            };
            if self.has_given_up {
                return;
            }
            if self.budget.is_spent() {
                self.has_given_up = true;
                return self.fault(place, FaultKind::TooMuch);
            }
            if line.len() > LONGEST_LINE {
                self.fault(place, FaultKind::LongLine);
                continue;
            }
            let line = line.split(|&byte| byte == 0).next().unwrap_or_default();
            let stripped = comments.strip(line, place.line);
            let text = String::from_utf8_lossy(&stripped);
            if let Err(kind) = self.line(strip(&text), &place, &mut section) {
                self.fault(place, kind);
            }
        }
        if let Some(line) = comments.open_since() {
            self.fault(Place { file, line }, FaultKind::OpenComment);
        }
    }

    fn line(
        &mut self,
        text: &str,
        place: &Place,
        section: &mut Option<usize>,
    ) -> Result<(), FaultKind> {
        match text.as_bytes().first() {
            None => Ok(()),
            Some(b'[') => {
                *section = Some(self.header(text, place)?);
                self.current = *section;
                Ok(())
            }
            Some(b'#') => self.directive(&text[1..], place),
            Some(_) => {
                let section = section.ok_or(FaultKind::NoSection)?;
                self.value(text, place, section)
            }
        }
    }

    /// `[name]`, `[name](!)`, `[name](template,…)`, `[name](+)`.
    fn header(&mut self, text: &str, place: &Place) -> Result<usize, FaultKind> {
        let (name, rest) = text[1..].split_once(']').ok_or(FaultKind::NoBracket)?;
        let mut new = Section {
            name: name.to_owned(),
            place: place.clone(),
            template: false,
            entries: Vec::new(),
        };
        let mut added_to = None;
        if let Some(options) = rest.strip_prefix('(') {
            let (options, _) = options.split_once(')').ok_or(FaultKind::NoParenthesis)?;
            for option in options.split(',') {
                let target = added_to.map_or(&mut new, |at: usize| &mut self.sections[at]);
                if option == "!" {
                    target.template = true;
                } else if let Some(filter) = option.strip_prefix('+') {
                    let mut passed = 0;
                    let mut named = self.named(name).iter().copied();
                    let at = named.find(|&at| {
                        passed += 1;
                        is_added_to(&self.sections[at], filter)
                    });
                    self.budget.spend(passed, 0);
                    let at = at.ok_or_else(|| FaultKind::NothingToAddTo(name.to_owned()))?;
                    let inherited = mem::take(&mut new.entries);
                    self.sections[at].template |= new.template;
                    self.sections[at].entries.extend(inherited);
                    added_to = Some(at);
                } else {
                    let template = self.named(option).first();
                    let template = &self.sections
                        [*template.ok_or_else(|| FaultKind::NoTemplate(option.to_owned()))?];
                    // Templates of templates can double with every line.
                    self.budget.spend(0, template.entries.len());
                    if self.budget.is_spent() {
                        break;
                    }
                    let inherited = template.entries.clone();
                    let target = added_to.map_or(&mut new, |at: usize| &mut self.sections[at]);
                    target.entries.extend(inherited);
                }
            }
        }
        Ok(added_to.unwrap_or_else(|| {
            self.budget.spend(0, 1);
            let at = self.sections.len();
            let known = self.by_name.entry(new.name.to_ascii_lowercase());
            known.or_default().push(at);
            self.sections.push(new);
            at
        }))
    }

    /// The sections of this name so far.
    fn named(&self, name: &str) -> &[usize] {
        let named = self.by_name.get(&name.to_ascii_lowercase());
        named.map_or(&[], Vec::as_slice)
    }

    fn directive(&mut self, text: &str, place: &Place) -> Result<(), FaultKind> {
        let end = text.find(|c| c <= ' ').unwrap_or(text.len());
        let (name, argument) = (&text[..end], strip(&text[end..]));
        let directive = name.to_ascii_lowercase();
        if !["include", "tryinclude", "exec"].contains(&directive.as_str()) {
            return Err(FaultKind::UnknownDirective(name.to_owned()));
        }
        if argument.is_empty() {
            return Err(FaultKind::NoArgument(directive));
        }
        let argument = unquoted(argument);
        if directive == "exec" {
            return Err(FaultKind::NotRun(argument.to_owned()));
        }
        self.include(argument, place, directive == "tryinclude")
    }

    fn include(
        &mut self,
        name: &str,
        place: &Place,
        may_be_missing: bool,
    ) -> Result<(), FaultKind> {
        if self.depth == MAX_DEPTH {
            self.has_given_up = true;
            return Err(FaultKind::TooDeep(name.to_owned()));
        }
        let mut missing = FaultKind::MissingInclude(name.to_owned());
        let mut found = false;
        let full = self.folder.join(name);
        for path in glob::expand(self.files, &full.to_string_lossy()) {
            if self.has_given_up || self.budget.is_spent() {
                return Ok(());
            }
            match self.files.read(&path) {
                Ok(bytes) => {
                    found = true;
                    self.budget.spend(bytes.len(), 0);
                    self.depth += 1;
                    self.file(&path, &bytes);
                    self.depth -= 1;
                }
                Err(Unreadable::Outside) => {
                    found = true;
                    self.fault(place.clone(), FaultKind::Outside(name.to_owned()));
                }
                Err(Unreadable::Missing) => {}
                Err(why) => missing = FaultKind::UnreadableInclude(name.to_owned(), why),
            }
        }
        if found || may_be_missing {
            Ok(())
        } else {
            Err(missing)
        }
    }

    /// `key = value`, `key => value`, `key += value`.
    fn value(&mut self, text: &str, place: &Place, section: usize) -> Result<(), FaultKind> {
        let text = match text.strip_prefix('\\') {
            Some(escaped) if escaped.starts_with(|c| c > ' ') => escaped,
            Some(_) => return Err(FaultKind::BadEscape),
            None => text,
        };
        let (key, value) = text.split_once('=').ok_or(FaultKind::NoEquals)?;
        let (key, appends) = match key.strip_suffix('+') {
            Some(key) => (strip(key), true),
            None => (strip(key), false),
        };
        if key.is_empty() {
            return Err(FaultKind::NoKey);
        }
        let entries = &mut self.sections[section].entries;
        if appends {
            let before = entries.iter_mut().rev().enumerate();
            let last = before.into_iter().find(|(_, entry)| entry.key == key);
            self.budget
                .spend(last.as_ref().map_or(0, |(passed, _)| *passed), 1);
            if let Some((_, last)) = last {
                append(&mut last.value, value);
                return Ok(());
            }
        }
        let value = value.strip_prefix('>').unwrap_or(value);
        entries.push(Entry {
            key: key.to_owned(),
            value: strip(value).to_owned(),
            place: place.clone(),
        });
        self.budget.spend(0, 1);
        Ok(())
    }

    fn fault(&mut self, place: Place, kind: FaultKind) {
        // One binary file has thousands, all for the same reason.
        if self.faults.len() < MAX_FAULTS {
            self.faults.push(Fault { place, kind });
        }
    }
}

/// Appends to a value that has been stripped, so that all of it is.
fn append(value: &mut String, more: &str) {
    let more = if value.is_empty() { strip(more) } else { more };
    value.push_str(more.trim_end_matches(|c| c <= ' '));
}

/// What may still be read, so that files which include each other end.
struct Budget {
    bytes: usize,
    entries: usize,
}

impl Budget {
    fn spend(&mut self, bytes: usize, entries: usize) {
        self.bytes = self.bytes.saturating_sub(bytes + PER_INCLUDE);
        self.entries = self.entries.saturating_sub(entries);
    }

    const fn is_spent(&self) -> bool {
        self.bytes == 0 || self.entries == 0
    }
}

impl Default for Budget {
    fn default() -> Self {
        Self {
            bytes: MAX_BYTES,
            entries: MAX_ENTRIES,
        }
    }
}

/// Whether `[name](+filter)` means this section of that name: no template unless the filter says
/// so, and with the values that the filter names.
fn is_added_to(section: &Section, filter: &str) -> bool {
    let mut template_fits = !section.template;
    for term in filter.split('&').map(strip).filter(|term| !term.is_empty()) {
        match term.split_once('=') {
            Some(("TEMPLATES", "include")) => template_fits = true,
            Some(("TEMPLATES", "restrict")) => template_fits = section.template,
            Some((key, value)) => {
                let has = |entry: &Entry| entry.key == key && entry.value == value;
                if !section.entries.iter().any(has) {
                    return false;
                }
            }
            None => return false,
        }
    }
    template_fits
}

/// Without `"…"` or `<…>`.
fn unquoted(text: &str) -> &str {
    let inner = |open, close| text.strip_prefix(open)?.strip_suffix(close);
    inner('"', '"').or_else(|| inner('<', '>')).unwrap_or(text)
}

/// Without blanks and control characters around it, as Asterisk strips.
fn strip(text: &str) -> &str {
    text.trim_matches(|c| c <= ' ')
}

const BYTE_ORDER_MARK: &[u8] = b"\xEF\xBB\xBF";
/// Bytes in all files of one reading: a large provider's dialplan several times over.
const MAX_BYTES: usize = 64 << 20;
/// Bytes that an include costs at least, so that a thousand empty ones end as well.
const PER_INCLUDE: usize = 64;
/// Values in all sections, those inherited counted again.
const MAX_ENTRIES: usize = 1_000_000;
/// Faults that are kept: more tell an administrator nothing.
const MAX_FAULTS: usize = 50;

#[cfg(test)]
mod tests {
    use super::{
        super::{Conf, files::tests::Table},
        *,
    };

    fn conf(files: &[(&str, &str)]) -> Conf {
        let table = Table::new(files);
        Conf::read(&table, Path::new("/e"), "a.conf").expect("a.conf is there")
    }

    fn one(text: &str) -> Conf {
        conf(&[("/e/a.conf", text)])
    }

    /// `name: key=value@line …` for every section.
    fn shown(conf: &Conf) -> Vec<String> {
        let entry = |e: &Entry| format!(" {}={}@{}", e.key, e.value, e.place.line);
        let sections = conf.sections.iter();
        sections
            .map(|s| {
                let mark = if s.template { "!" } else { "" };
                let entries: String = s.entries.iter().map(entry).collect();
                format!("{}{mark}:{entries}", s.name)
            })
            .collect()
    }

    fn faults(conf: &Conf) -> Vec<(usize, FaultKind)> {
        let faults = conf.faults.iter();
        faults.map(|f| (f.place.line, f.kind.clone())).collect()
    }

    #[test]
    fn values_are_read_with_their_lines() {
        let conf = one("\u{feff}[a]\r\n k = v ; c\r\n\r\nx=>y=z\nx += w\n\\#n = 1\n");
        assert_eq!(shown(&conf), ["a: k=v@2 x=y=z w@4 #n=1@6"]);
        assert_eq!(faults(&conf), []);
    }

    #[test]
    fn templates_are_inherited_and_additions_added() {
        let conf = one("[t](!)\nk=1\n[u](!,t)\nl=2\n[a](u)\nm=3\n[b]\n[A](+)\nn=4\n[b](+,t)\n");
        assert_eq!(
            shown(&conf),
            [
                "t!: k=1@2",
                "u!: k=1@2 l=2@4",
                "a: k=1@2 l=2@4 m=3@6 n=4@9",
                "b: k=1@2"
            ]
        );
    }

    #[test]
    fn an_addition_finds_templates_only_when_told_to() {
        let text = "[a](!)\n[a](+)\n";
        let missing = FaultKind::NothingToAddTo("a".into());
        assert_eq!(faults(&one(text)), [(2, missing)]);
        let conf = one("[a](!)\n[a](+TEMPLATES=restrict)\nk=1\n");
        assert_eq!(shown(&conf), ["a!: k=1@3"]);
        let conf = one("[a]\ntype=auth\n[a]\ntype=aor\n[a](+type=aor)\nk=1\n");
        assert_eq!(shown(&conf), ["a: type=auth@2", "a: type=aor@4 k=1@6"]);
    }

    #[test]
    fn includes_go_where_they_stand_and_the_file_goes_on_in_its_section() {
        let conf = conf(&[
            (
                "/e/a.conf",
                "[a]\n#include \"d/*.conf\"\nz=1\n#include <b.conf>\n",
            ),
            ("/e/b.conf", "y=2\n"),
            ("/e/d/1.conf", "k=1\n[b]\nl=2\n"),
            ("/e/d/2.conf", "m=3\n"),
        ]);
        assert_eq!(shown(&conf), ["a: k=1@1 z=1@3", "b: l=2@3 m=3@1 y=2@1"]);
        assert_eq!(
            &*conf.sections[0].entries[0].place.file,
            Path::new("/e/d/1.conf")
        );
        assert_eq!(faults(&conf), []);
    }

    #[test]
    fn every_fault_has_its_line() {
        let conf = one(
            "k=1\n[a\n[a](b\n[a](b)\n[a](+)\n#include no\n#include no*\n#tryinclude no\n#exec /bin/x\n[c]\n\
             word\n=1\n#wrong x\n#include\n;--\n",
        );
        use FaultKind::{
            MissingInclude, NoArgument, NoBracket, NoEquals, NoKey, NoParenthesis, NoSection,
            NoTemplate, NotRun, NothingToAddTo, OpenComment, UnknownDirective,
        };
        assert_eq!(
            faults(&conf),
            [
                (1, NoSection),
                (2, NoBracket),
                (3, NoParenthesis),
                (4, NoTemplate("b".into())),
                (5, NothingToAddTo("a".into())),
                (6, MissingInclude("no".into())),
                (7, MissingInclude("no*".into())),
                (9, NotRun("/bin/x".into())),
                (11, NoEquals),
                (12, NoKey),
                (13, UnknownDirective("wrong".into())),
                (14, NoArgument("include".into())),
                (15, OpenComment),
            ]
        );
    }

    #[test]
    fn files_that_include_each_other_end() {
        let loops = conf(&[("/e/a.conf", "[a]\n#include a.conf\n#include a.conf\n")]);
        let deep = FaultKind::TooDeep("a.conf".into());
        assert!(faults(&loops).contains(&(2, deep)));
        let many = "#include a.conf\n".repeat(1_000);
        assert!(!conf(&[("/e/a.conf", &many)]).faults.is_empty());
    }

    #[test]
    fn templates_that_double_end() {
        let mut text = "[t0](!)\nk=1\n".to_owned();
        for n in 0..60 {
            text += &format!("[t{}](!,t{n},t{n})\n", n + 1);
        }
        let kinds: Vec<_> = faults(&one(&text)).into_iter().map(|f| f.1).collect();
        assert_eq!(kinds, [FaultKind::TooMuch]);
    }

    #[test]
    fn a_value_that_is_appended_to_is_stripped_as_a_whole() {
        let conf = one("[a]\nk =\nk +=  b \nk +=\nk += c\n");
        assert_eq!(shown(&conf), ["a: k=b c@2"]);
    }

    #[test]
    fn appending_far_back_ends() {
        let others: String = (0..10_000).map(|n| format!("k{n}=\n")).collect();
        let appended = "k0+=x\n".repeat(10_000);
        let conf = one(&format!("[a]\n{others}{appended}"));
        let kinds: Vec<_> = faults(&conf).into_iter().map(|f| f.1).collect();
        assert_eq!(kinds, [FaultKind::TooMuch]);
    }

    #[test]
    fn no_bytes_are_a_panic() {
        let long = format!("[a]\nk={}\nl=1\n", "x".repeat(LONGEST_LINE));
        assert_eq!(faults(&one(&long)), [(2, FaultKind::LongLine)]);
        let table = Table::new(&[]);
        let noise: Vec<u8> = (0..200_000u32)
            .map(|n| (n.wrapping_mul(2_654_435_761) >> 13) as u8)
            .collect();
        for cut in [0, 1, 7, 1_000] {
            let mut reader = Reader::new(&table, Path::new("/e"));
            reader.file(Path::new("/e/a.conf"), &noise[cut..]);
            let (_, faults) = reader.into_parts();
            assert!(faults.len() <= MAX_FAULTS);
        }
    }
}

//! extensions.conf as a dialplan: contexts, the extensions in them, and their lines.

use std::{
    borrow::Cow,
    collections::{BTreeMap, BTreeSet},
};

use super::{Conf, Entry, Pattern, Place};

/// All contexts.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Dialplan {
    /// By name; what several sections of a name say is together.
    pub contexts: BTreeMap<String, Context>,
    /// Whether there may be more than was read.
    pub partial: bool,
    /// What [globals] sets.
    globals: BTreeMap<String, String>,
}

/// A context.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Context {
    /// What can be dialled in it, in the order of the file.
    pub extensions: Vec<Extension>,
    /// Contexts that are searched when nothing here fits.
    pub includes: Vec<(String, Place)>,
    /// Dialplans elsewhere (a database, another Asterisk) that are searched last.
    pub switches: Vec<(String, Place)>,
    /// Where in `extensions` each is.
    known: BTreeMap<String, usize>,
    /// Which of them are not simply what is dialled.
    patterns: Vec<usize>,
}

/// An extension of a context.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Extension {
    /// What it fits.
    pub pattern: Pattern,
    /// What is done, by priority.
    pub lines: BTreeMap<i64, Line>,
}

/// A line that calls an application.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Line {
    /// The application with its arguments, as it is written.
    pub application: String,
    /// Where it is written.
    pub place: Place,
}

impl Dialplan {
    /// What extensions.conf says. Lines that Asterisk passes over are passed over.
    #[must_use]
    pub fn new(conf: &Conf) -> Self {
        let globals: BTreeMap<&str, &str> = conf
            .named("globals")
            .flat_map(|section| &section.entries)
            .map(|entry| (entry.key.as_str(), entry.value.as_str()))
            .collect();
        let mut contexts = BTreeMap::<String, Context>::new();
        for section in conf.used() {
            let name = section.name.as_str();
            if ["general", "globals"]
                .iter()
                .any(|known| name.eq_ignore_ascii_case(known))
            {
                continue;
            }
            let context = contexts.entry(name.to_owned()).or_default();
            let mut last = None;
            for entry in &section.entries {
                context.take(entry, &globals, &mut last);
            }
        }
        Self {
            contexts,
            partial: conf.partial,
            globals: globals
                .into_iter()
                .map(|(name, value)| (name.to_owned(), value.to_owned()))
                .collect(),
        }
    }

    /// A text of an application with the global variables in it; none where another variable is in
    /// it, or one that is no plain text: then it is known on a call only.
    #[must_use]
    pub fn resolved<'a>(&self, text: &'a str) -> Option<Cow<'a, str>> {
        let mut done = Cow::Borrowed("");
        let mut rest = text;
        while let Some((before, behind)) = rest.split_once('$') {
            let (name, after) = behind.strip_prefix('{')?.split_once('}')?;
            let named = name.strip_prefix("GLOBAL(");
            let name = named
                .and_then(|name| name.strip_suffix(')'))
                .unwrap_or(name);
            let value = self
                .globals
                .get(name)
                .filter(|value| !value.contains('$'))?;
            done += before;
            done.to_mut().push_str(value);
            rest = after;
        }
        done += rest;
        Some(done)
    }

    /// What a caller in `context` reaches with `extension`: the best that fits there, else in the
    /// contexts it includes.
    #[must_use]
    pub fn find(&self, context: &str, extension: &str) -> Option<&Extension> {
        let reached = self.reached_from(context);
        reached
            .into_iter()
            .find_map(|(_, context)| context.find(extension))
    }

    /// Everything that can be dialled in `context`.
    pub fn extensions_of(&self, context: &str) -> impl Iterator<Item = &Extension> + use<'_> {
        let reached = self.reached_from(context);
        let extensions = reached.into_iter().map(|(_, context)| &context.extensions);
        extensions.flatten()
    }

    /// What `context` includes that nobody reaches there, as far as a short number that each fits
    /// tells: the extension of `context` itself that goes before it, that number, and the name of
    /// the context that is included.
    pub fn hidden_in<'a>(
        &'a self,
        context: &str,
    ) -> impl Iterator<Item = (&'a Extension, String, &'a str)> {
        let own = self.contexts.get(context);
        let included = own.map(|_| self.reached_from(context)).into_iter();
        let included = included.flat_map(|reached| reached.into_iter().skip(1));
        let extensions = included.flat_map(|(name, context)| {
            let extensions = context.extensions.iter();
            let begun = extensions.filter(|extension| extension.lines.contains_key(&1));
            begun.map(move |extension| (name, extension))
        });
        extensions.filter_map(move |(name, extension)| {
            let sample = extension.pattern.sample()?;
            Some((own?.find(&sample)?, sample, name))
        })
    }

    /// The context and those it includes, in the order in which they are searched.
    fn reached_from(&self, name: &str) -> Vec<(&str, &Context)> {
        let mut reached = Vec::new();
        let mut seen = BTreeSet::new();
        let mut open = vec![name];
        while let Some(name) = open.pop() {
            let Some((name, context)) = self.contexts.get_key_value(name) else {
                continue;
            };
            if seen.insert(name) {
                reached.push((name.as_str(), context));
                open.extend(context.includes.iter().rev().map(|(name, _)| name.as_str()));
            }
        }
        reached
    }
}

impl Context {
    fn find(&self, extension: &str) -> Option<&Extension> {
        let begins = |known: &&Extension| known.lines.contains_key(&1);
        let same = self.known.get(extension).map(|&at| &self.extensions[at]);
        let same = same.filter(|known| known.pattern.fits(extension));
        same.filter(begins).or_else(|| {
            let patterns = self.patterns.iter().map(|&at| &self.extensions[at]);
            patterns
                .filter(|known| begins(known) && known.pattern.fits(extension))
                .min_by_key(|known| known.pattern.rank())
        })
    }

    fn take(&mut self, entry: &Entry, globals: &BTreeMap<&str, &str>, last: &mut Option<Last>) {
        let key = entry.key.to_ascii_lowercase();
        match key.as_str() {
            "exten" => {
                let (extension, rest) = split_extension(&entry.value);
                // Before its first line an extension has no priority to count on from.
                let pattern = Pattern::new(&substituted(extension, globals));
                let priority = last.as_ref().map(|last| last.priority);
                let taken = self.line(pattern.clone(), rest, entry, priority);
                // What follows with `same` is of this extension, whether the line was taken or not.
                *last = taken.or(priority.map(|priority| Last { pattern, priority }));
            }
            "include" => {
                let text = substituted(&entry.value, globals);
                let name = text.split([',', '|']).next().unwrap_or_default().trim();
                self.includes.push((name.to_owned(), entry.place.clone()));
            }
            "switch" | "lswitch" | "eswitch" => {
                self.switches
                    .push((entry.value.clone(), entry.place.clone()));
            }
            key if key.starts_with("same") => {
                if let Some(before) = last.take() {
                    let (pattern, priority) = (before.pattern.clone(), before.priority);
                    *last = Some(
                        self.line(pattern, &entry.value, entry, Some(priority))
                            .unwrap_or(before),
                    );
                }
            }
            _ => {}
        }
    }

    /// `PRIORITY(label),APPLICATION(…)` of an extension; what was taken, if anything.
    fn line(
        &mut self,
        pattern: Pattern,
        text: &str,
        entry: &Entry,
        last: Option<i64>,
    ) -> Option<Last> {
        let (priority, application) = text.split_once(',').unwrap_or((text, ""));
        let (priority, _label) = priority.split_once('(').unwrap_or((priority, ""));
        let (priority, plus) = priority.split_once('+').unwrap_or((priority, "0"));
        let priority = match priority.trim() {
            "n" | "next" => last? + 1,
            "s" | "same" => last?,
            number => number.parse().ok().filter(|&number: &i64| number > 0)?,
        };
        let priority = priority.checked_add(plus.trim().parse().unwrap_or(0))?;
        if priority >= HIGHEST_PRIORITY {
            return None;
        }
        let line = Line {
            application: application.trim().to_owned(),
            place: entry.place.clone(),
        };
        let lines = &mut self.extension(&pattern).lines;
        lines.entry(priority).or_insert(line);
        Some(Last { pattern, priority })
    }

    /// The extension, which is there from now on.
    fn extension(&mut self, pattern: &Pattern) -> &mut Extension {
        let end = self.extensions.len();
        let at = *self.known.entry(pattern.to_string()).or_insert(end);
        if at == end {
            // Dashes are passed over, so such a number fits several.
            if pattern.to_string().starts_with('_') || pattern.to_string().contains('-') {
                self.patterns.push(at);
            }
            self.extensions.push(Extension {
                pattern: pattern.clone(),
                lines: BTreeMap::new(),
            });
        }
        &mut self.extensions[at]
    }
}

/// What `same` and `n` go on from.
struct Last {
    pattern: Pattern,
    priority: i64,
}

/// At the first comma that stands in no `[…]`.
fn split_extension(text: &str) -> (&str, &str) {
    let mut depth = 0_usize;
    for (at, c) in text.char_indices() {
        match c {
            '[' => depth += 1,
            ']' => depth = depth.saturating_sub(1),
            ',' if depth == 0 => return (text[..at].trim(), &text[at + 1..]),
            _ => {}
        }
    }
    (text, "")
}

/// With `${NAME}` of [globals] in their places, as Asterisk does when it loads the dialplan.
fn substituted(text: &str, globals: &BTreeMap<&str, &str>) -> String {
    let mut done = String::new();
    let mut rest = text;
    while let Some((before, behind)) = rest.split_once("${") {
        let Some((name, after)) = behind.split_once('}') else {
            break;
        };
        done.push_str(before);
        done.push_str(globals.get(name).copied().unwrap_or_default());
        rest = after;
    }
    done + rest
}

/// Asterisk's priorities are 32 bits wide.
const HIGHEST_PRIORITY: i64 = 1 << 31;

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::{super::files::tests::Table, *};

    fn dialplan(text: &str) -> Dialplan {
        let table = Table::new(&[("/e/extensions.conf", text)]);
        let conf = Conf::read(&table, Path::new("/e"), "extensions.conf").expect("it is there");
        Dialplan::new(&conf)
    }

    fn found(dialplan: &Dialplan, context: &str, extension: &str) -> Option<String> {
        let found = dialplan.find(context, extension)?;
        let lines = found.lines.iter();
        let lines: String = lines
            .map(|(n, l)| format!(" {n}:{}@{}", l.application, l.place.line))
            .collect();
        Some(format!("{}{lines}", found.pattern))
    }

    #[test]
    fn lines_are_counted_as_asterisk_counts_them() {
        let dialplan = dialplan(
            "[a]\nexten => 1,1,A\n same => n(label),B(x,y)\n same => n+2,C\nexten => 1,10,D\n\
             exten => _[2,3]X,1,E\nexten => 4,n,F\nexten => 5,hint,SIP/a\nexten => 6,0,G\n same => n,H\n",
        );
        assert_eq!(
            found(&dialplan, "a", "1").as_deref(),
            Some("1 1:A@2 2:B(x,y)@3 5:C@4 10:D@5")
        );
        assert_eq!(
            found(&dialplan, "a", "21").as_deref(),
            Some("_[2,3]X 1:E@6")
        );
        assert_eq!(found(&dialplan, "a", "4"), None, "it has no priority 1");
        assert_eq!(found(&dialplan, "a", "5"), None);
        assert_eq!(found(&dialplan, "a", "6"), None);
    }

    #[test]
    fn the_best_fit_wins_and_includes_come_after() {
        let dialplan = dialplan(
            "[globals]\nN=7\n[a]\ninclude => b,09:00-17:00,*,*,*\nexten => _X.,1,A\nexten => _1X,1,B\n\
             [b]\ninclude => a\nexten => 12,1,C\nexten => *${N},1,D\n",
        );
        assert_eq!(found(&dialplan, "a", "12").as_deref(), Some("_1X 1:B@6"));
        assert_eq!(found(&dialplan, "a", "*7").as_deref(), Some("*7 1:D@10"));
        assert_eq!(found(&dialplan, "b", "99").as_deref(), Some("_X. 1:A@5"));
        assert_eq!(found(&dialplan, "c", "99"), None);
    }

    #[test]
    fn what_is_included_is_hidden_by_what_fits_before() {
        let dialplan = dialplan(
            "[a]\ninclude => b\nexten => _X.,1,A\nexten => h,1,A\n\
             [b]\ninclude => c\nexten => *97,1,B\nexten => 112,1,B\n[c]\nexten => _0X.,1,C\nexten => h,1,C\n",
        );
        let hidden = dialplan.hidden_in("a");
        let hidden: Vec<_> = hidden
            .map(|(by, sample, context)| format!("{} hides {sample} of {context}", by.pattern))
            .collect();
        assert_eq!(
            hidden,
            ["_X. hides 112 of b", "_X. hides 001 of c", "h hides h of c"]
        );
        assert_eq!(dialplan.hidden_in("d").count(), 0);
    }

    #[test]
    fn globals_of_plain_text_are_known_and_nothing_else_is() {
        let dialplan = dialplan("[globals]\nA=x\nB=${A}\nC=\n");
        for (text, known) in [
            ("plain", Some("plain")),
            ("a/${A}-${GLOBAL(A)}${C}", Some("a/x-x")),
            ("${B}", None),
            ("${EXTEN}", None),
            ("${A", None),
            ("${${A}}", None),
            ("$[1+1]", None),
        ] {
            assert_eq!(dialplan.resolved(text).as_deref(), known, "{text}");
        }
    }
}

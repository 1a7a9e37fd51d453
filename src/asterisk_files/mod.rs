//! Asterisk's own configuration files, read as Asterisk reads them.
//!
//! A file is text in sections, but what it says depends on templates, on additions to sections and
//! on other files it includes. [`Conf::read`] puts all of that together, keeps for every value the
//! file and line it stands in, and tells what Asterisk would refuse or pass over. Files come from
//! [`Files`], so that tests need no disk; nothing is ever executed.
//!
//! [`Dialplan`] is what extensions.conf says beyond sections and values: contexts, the extensions
//! in them, and the applications they call.

mod call;
mod comment;
mod conf;
mod dialplan;
mod fault;
mod files;
mod glob;
mod pattern;
mod reader;

pub use call::{Call, calls};
pub(crate) use conf::is_true;
pub use conf::{Conf, Entry, Place, Section};
pub use dialplan::{Context, Dialplan, Extension, Line};
pub use fault::{Fault, FaultKind};
pub use files::{Disk, Files, Unreadable};
pub use pattern::Pattern;

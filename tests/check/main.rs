//! `voiceagent check` over whole installations: every fault it knows, made on purpose.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

mod clean;
mod dialplan;
mod hostile;
mod installed;
mod logs;
mod mailboxes;
mod own;
mod peers;
mod show;
mod support;

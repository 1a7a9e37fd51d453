//! `analyze`: what it hears, of which files, and how it tells that.

mod files;
mod heard;
mod plot;
mod table;
mod usage;
mod why;

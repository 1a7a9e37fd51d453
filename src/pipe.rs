//! What a pipe is on Linux.

/// The bytes that a pipe holds: as many as are ever read of it at once, or wait for who reads.
pub(crate) const CAPACITY: usize = 64 * 1024;

//! Who may do what with a file, by its owner and mode.

use std::{fs::Metadata, os::unix::fs::MetadataExt};

/// A user by number.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct User {
    pub(super) uid: u32,
    pub(super) gid: u32,
}

/// A file's owner and mode.
#[derive(Clone, Copy, Debug)]
pub(super) struct Owned {
    pub(super) uid: u32,
    pub(super) gid: u32,
    pub(super) mode: u32,
}

/// What is wanted of a file.
#[derive(Clone, Copy, Debug)]
pub(super) enum Wish {
    Read,
    Write,
    /// Of a folder: reach what is in it.
    Execute,
}

/// Whether it is granted; what is worse is greater.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Answer {
    Yes,
    /// If the user is a member of the file's group, which only the system's user database tells.
    IfMember,
    No,
}

impl Owned {
    pub(super) fn grants(self, wish: Wish, user: User) -> Answer {
        let bit = match wish {
            Wish::Read => 0o4,
            Wish::Write => 0o2,
            Wish::Execute => 0o1,
        };
        let granted = |class: u32| self.mode & (bit << class) != 0;
        let yes = match wish {
            Wish::Read | Wish::Write if user.uid == 0 => true,
            Wish::Execute if user.uid == 0 => self.mode & 0o111 != 0,
            _ if user.uid == self.uid => granted(OWNER),
            _ if user.gid == self.gid => granted(GROUP),
            _ if granted(GROUP) && !granted(OTHERS) && self.gid != 0 => return Answer::IfMember,
            _ => granted(OTHERS),
        };
        if yes { Answer::Yes } else { Answer::No }
    }

    /// Whether everybody can do anything with it.
    pub(super) const fn is_open_to_others(self) -> bool {
        self.mode & (0o7 << OTHERS) != 0
    }

    /// Whether everybody can change it.
    pub(super) const fn is_writable_by_others(self) -> bool {
        self.mode & (0o2 << OTHERS) != 0
    }

    /// Whether everybody can put another file in the place of one in this folder.
    pub(super) const fn lets_others_replace(self) -> bool {
        self.is_writable_by_others() && self.mode & STICKY == 0
    }
}

impl From<&Metadata> for Owned {
    fn from(metadata: &Metadata) -> Self {
        Self {
            uid: metadata.uid(),
            gid: metadata.gid(),
            mode: metadata.mode(),
        }
    }
}

/// In a folder with this bit nobody can replace what is another's (inode(7)).
const STICKY: u32 = 0o1000;
/// How far left of the lowest bits each class's bits are.
const OWNER: u32 = 6;
const GROUP: u32 = 3;
const OTHERS: u32 = 0;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_class_a_user_is_in_decides() {
        let asterisk = User { uid: 106, gid: 113 };
        for (uid, gid, mode, read, execute) in [
            (0, 0, 0o755, Answer::Yes, Answer::Yes),
            (0, 0, 0o754, Answer::Yes, Answer::No),
            (0, 113, 0o640, Answer::Yes, Answer::No),
            (0, 0, 0o640, Answer::No, Answer::No),
            (106, 113, 0o077, Answer::No, Answer::No),
            (0, 113, 0o705, Answer::No, Answer::No),
            (0, 50, 0o750, Answer::IfMember, Answer::IfMember),
        ] {
            let file = Owned { uid, gid, mode };
            assert_eq!(file.grants(Wish::Read, asterisk), read, "{file:?}");
            assert_eq!(file.grants(Wish::Execute, asterisk), execute, "{file:?}");
        }
    }

    #[test]
    fn root_reads_all_and_executes_what_anybody_can() {
        let root = User { uid: 0, gid: 0 };
        let file = |mode| Owned {
            uid: 1,
            gid: 1,
            mode,
        };
        assert_eq!(file(0).grants(Wish::Read, root), Answer::Yes);
        assert_eq!(file(0o644).grants(Wish::Execute, root), Answer::No);
        assert_eq!(file(0o100).grants(Wish::Execute, root), Answer::Yes);
    }
}

//! Who may do what with a file, by its owner and mode and those of the folders above it.

use std::{
    cmp::Reverse,
    fs::{self, Metadata},
    os::unix::fs::MetadataExt,
    path::{self, Path, PathBuf},
};

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
    Execute,
    /// Of a folder: reach what is in it.
    Search,
}

/// Whether it is granted; what is worse is greater.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Answer {
    Yes,
    /// If the user is a member of the file's group, which only the system's user database tells.
    IfMember,
    No,
}

/// What keeps a user from a file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Obstacle {
    /// A folder above it that the user may not search, or may as a member of its group.
    Folder(PathBuf, Answer),
    /// The file itself.
    File(Answer),
}

/// What keeps a user from doing all this with a file: the first thing on the way that refuses, else
/// the first that depends on a group. None where nothing does, as far as whoever asks can see.
pub(super) fn obstacle(file: &Path, wishes: &[Wish], user: User) -> Option<Obstacle> {
    let granted = |path: &Path, wishes: &[Wish]| {
        let owned = Owned::from(&fs::metadata(path).ok()?);
        let answers = wishes.iter().map(|&wish| owned.grants(wish, user));
        answers.max().filter(|&answer| answer != Answer::Yes)
    };
    let folders = folders_above(file);
    let folders = folders.iter().filter_map(|folder| {
        let answer = granted(folder, &[Wish::Search])?;
        Some(Obstacle::Folder(folder.clone(), answer))
    });
    let itself = granted(file, wishes).map(Obstacle::File);
    // Of those that are as bad, the first.
    folders.chain(itself).min_by_key(|obstacle| match obstacle {
        Obstacle::Folder(_, answer) | Obstacle::File(answer) => Reverse(*answer),
    })
}

/// Every folder that has to be searched on the way to a file, from the root on: those of its name
/// and, where links lead elsewhere, those of where it is.
fn folders_above(file: &Path) -> Vec<PathBuf> {
    let named = path::absolute(file).ok();
    let real = fs::canonicalize(file)
        .ok()
        .filter(|real| Some(real) != named.as_ref());
    let mut above = Vec::new();
    for path in [named, real].into_iter().flatten() {
        let folders: Vec<_> = path.ancestors().skip(1).map(Path::to_owned).collect();
        above.extend(folders.into_iter().rev());
    }
    above
}

impl Owned {
    pub(super) fn grants(self, wish: Wish, user: User) -> Answer {
        let bit = match wish {
            Wish::Read => 0o4,
            Wish::Write => 0o2,
            Wish::Execute | Wish::Search => 0o1,
        };
        let granted = |class: u32| self.mode & (bit << class) != 0;
        let yes = match wish {
            Wish::Read | Wish::Write | Wish::Search if user.uid == 0 => true,
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
    use std::{
        fs::Permissions,
        os::unix::fs::{PermissionsExt, symlink},
    };

    use super::*;
    use crate::scratch::Scratch;

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
        assert_eq!(file(0).grants(Wish::Search, root), Answer::Yes);
    }

    #[test]
    fn the_first_folder_that_refuses_is_in_the_way_also_behind_a_link() {
        let root = Scratch::new("access");
        let [outer, inner] = ["outer", "outer/inner"].map(|name| root.join(name));
        fs::create_dir_all(&inner).expect("a scratch folder");
        let (file, link) = (inner.join("file"), root.join("link"));
        fs::write(&file, "").expect("it is written");
        symlink(&file, &link).expect("a link");
        let mode = |path: &Path, mode| {
            fs::set_permissions(path, Permissions::from_mode(mode)).expect("it is ours");
        };
        // Whoever runs this is somebody else.
        let user = User {
            uid: 4_321,
            gid: 4_321,
        };
        mode(&root, 0o755);
        mode(&outer, 0o755);
        mode(&inner, 0o711);
        mode(&file, 0o644);
        let read = |path: &Path| obstacle(path, &[Wish::Read], user);
        assert_eq!(read(&file), None);
        mode(&file, 0o600);
        assert_eq!(read(&file), Some(Obstacle::File(Answer::No)));
        mode(&inner, 0o744);
        assert_eq!(
            read(&file),
            Some(Obstacle::Folder(inner.clone(), Answer::No))
        );
        mode(&outer, 0o700);
        for path in [&file, &link] {
            assert_eq!(
                read(path),
                Some(Obstacle::Folder(outer.clone(), Answer::No))
            );
        }
        // Else it could not be removed.
        mode(&outer, 0o755);
    }
}

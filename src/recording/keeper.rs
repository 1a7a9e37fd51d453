//! The process that writes a recording to disk.
//!
//! A disk can be full, slow or gone, and a file system can hold whoever writes to it for ever. A
//! call must feel none of that, so the call's own process only fills a pipe, and this one empties
//! it.

use std::{
    io::{self, BufRead, Write},
    path::Path,
};

use super::folder::{create, is_there, make_room};
use crate::pipe;

/// Keeps what is read `from` the call in a new file, whose name is the first line of it. The call
/// knows nothing of the file but what is answered here: for each [`ASK`] a [`DONE`], once all
/// before it is in the file. The oldest recordings give way, until all have `limit` bytes at most;
/// those of calls under way stay.
///
/// # Errors
/// What is wrong with the folder or the disk, or that the file was removed meanwhile; what was
/// written until then stays.
pub fn keep(
    folder: &Path,
    limit: u64,
    mut from: impl BufRead,
    mut answer: impl Write,
) -> io::Result<()> {
    let mut name = String::new();
    from.read_line(&mut name)?;
    let Some(name) = name.strip_suffix('\n') else {
        // There was no call.
        return Ok(());
    };
    let stride = STRIDE.min(limit / 2);
    let room = limit - stride;
    let mut file = create(folder, name)?;
    make_room(folder, room, name)?;
    let mut chunk = vec![0; pipe::CAPACITY];
    let mut since_room = 0;
    loop {
        let length = match from.read(&mut chunk) {
            Ok(0) => {
                make_room(folder, limit, name)?;
                return is_there(&file);
            }
            Ok(length) => length,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
            Err(error) => return Err(error),
        };
        for (n, piece) in chunk[..length].split(|&byte| byte == ASK).enumerate() {
            if n > 0 {
                is_there(&file)?;
                answer.write_all(&[DONE])?;
            }
            file.write_all(piece)?;
            since_room += piece.len() as u64;
        }
        if since_room >= stride {
            since_room = 0;
            make_room(folder, room, name)?;
            is_there(&file)?;
        }
    }
}

/// Asks whether all before it is written; no recording has it.
pub const ASK: u8 = 0;
/// The answer to [`ASK`].
pub const DONE: u8 = b'\n';
/// So many bytes at most are written before there is a look whether the folder has room for as
/// many more: fewer where the limit is small, of which the others keep half.
const STRIDE: u64 = 1 << 20;

#[cfg(test)]
mod tests {
    use std::{fs, path::PathBuf};

    use super::*;
    use crate::scratch::Scratch;

    const NAME: &str = "20260302T091407Z_101_x.recording";

    #[test]
    fn all_is_written_before_the_answer() {
        /// Looks into the file whenever it is answered.
        struct Look(PathBuf, Vec<String>);

        impl Write for &mut Look {
            fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
                assert_eq!(bytes, [DONE]);
                self.1.push(fs::read_to_string(&self.0)?);
                Ok(bytes.len())
            }

            fn flush(&mut self) -> io::Result<()> {
                Ok(())
            }
        }

        let folder = Scratch::new("keeper-answers");
        let mut look = Look(folder.join(NAME), Vec::new());
        let input = format!("{NAME}\none\n\0two\n\0\0three\n");
        keep(&folder, u64::MAX, input.as_bytes(), &mut look).expect("it is kept");
        assert_eq!(look.1, ["one\n", "one\ntwo\n", "one\ntwo\n"]);
        let kept = fs::read_to_string(folder.join(NAME)).expect("it is there");
        assert_eq!(kept, "one\ntwo\nthree\n");
    }

    /// What a call says first, and what it says once its recording was removed.
    struct Removed<'a>(&'a [u8], PathBuf, &'a [u8]);

    impl io::Read for Removed<'_> {
        fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
            if self.0.is_empty() && self.1.exists() {
                fs::remove_file(&self.1)?;
                self.0 = self.2;
            }
            self.0.read(buffer)
        }
    }

    #[test]
    fn a_recording_that_was_removed_is_told_whenever_that_is_looked_for() {
        let folder = Scratch::new("keeper-removed");
        let long = vec![b' '; 2 * STRIDE as usize];
        for rest in [&b"two\n\0"[..], &long, b""] {
            let first = format!("{NAME}\none\n\0");
            let call = Removed(first.as_bytes(), folder.join(NAME), rest);
            let mut answers = Vec::new();
            let told = keep(&folder, u64::MAX, io::BufReader::new(call), &mut answers);
            let told = told.map_err(|error| error.to_string());
            assert_eq!(told, Err("its file was removed during the call".to_owned()));
            assert_eq!(answers, [DONE]);
        }
    }

    #[test]
    fn recordings_stay_while_they_fit_however_small_the_limit_is() {
        let folder = Scratch::new("keeper-small");
        let keep_one = |second: u32| {
            let name = format!("20260302T0914{second:02}Z_101_x.recording");
            let call = format!("{name}\n{}", " ".repeat(200 << 10));
            keep(&folder, 1 << 20, call.as_bytes(), io::sink()).expect("it is kept");
            fs::read_dir(&*folder).expect("it is there").count()
        };
        let kept: Vec<_> = (0..6).map(keep_one).collect();
        assert_eq!(kept, [1, 2, 3, 3, 3, 3]);
    }

    #[test]
    fn a_folder_that_is_none_is_told() {
        let folder = Scratch::new("keeper-missing");
        let kept = |folder: &Path, input: &str| {
            keep(folder, 1, input.as_bytes(), io::sink()).map_err(|error| error.kind())
        };
        let missing = folder.join("x");
        let named = format!("{NAME}\none\n");
        assert_eq!(kept(&missing, &named), Err(io::ErrorKind::NotFound));
        assert_eq!(
            kept(&folder, "../x\none\n"),
            Err(io::ErrorKind::InvalidInput)
        );
        assert_eq!(kept(&missing, ""), Ok(()));
    }
}

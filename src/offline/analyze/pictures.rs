//! Where the pictures of recordings go, and what they are called.

use std::{
    collections::{BTreeMap, BTreeSet},
    fs, io,
    path::{Component, Path, PathBuf},
};

use super::plot::Plot;
use crate::picture::PictureFormat;

/// Where pictures of recordings go.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Pictures {
    /// That of the only recording into this file.
    File(PathBuf, PictureFormat),
    /// Each into a PNG file in this folder, called as the recording.
    Folder(PathBuf),
}

/// The pictures of certain recordings, no two of one name.
pub(super) struct Album<'a> {
    pictures: &'a Pictures,
    names: BTreeMap<&'a Path, String>,
}

impl<'a> Album<'a> {
    pub(super) fn new(pictures: &'a Pictures, recordings: impl Iterator<Item = &'a Path>) -> Self {
        let names = match pictures {
            Pictures::File(..) => BTreeMap::new(),
            Pictures::Folder(_) => names(recordings),
        };
        Self { pictures, names }
    }

    pub(super) fn save(&self, recording: &Path, plot: &Plot) -> io::Result<()> {
        let (file, format) = match self.pictures {
            Pictures::File(file, format) => (file.clone(), *format),
            Pictures::Folder(folder) => {
                fs::create_dir_all(folder).map_err(|error| named(folder, "made", &error))?;
                (folder.join(&self.names[recording]), PictureFormat::Png)
            }
        };
        plot.save(&file, format)
            .map_err(|error| named(&file, "written", &error))
    }
}

/// What each recording's picture is called: by its folders too, as recordings of one name in many
/// folders are common, and by a number where that is another's name already.
fn names<'a>(recordings: impl Iterator<Item = &'a Path>) -> BTreeMap<&'a Path, String> {
    let mut names = BTreeMap::new();
    let mut taken = BTreeSet::new();
    for recording in recordings {
        if names.contains_key(recording) {
            continue;
        }
        let parts = recording.components().filter_map(|part| match part {
            Component::Normal(name) => Some(name.to_string_lossy()),
            _ => None,
        });
        let stem = parts.collect::<Vec<_>>().join("-");
        let mut name = format!("{stem}.png");
        for number in 2.. {
            if taken.insert(name.clone()) {
                break;
            }
            name = format!("{stem}-{number}.png");
        }
        names.insert(recording, name);
    }
    names
}

fn named(file: &Path, what: &str, error: &io::Error) -> io::Error {
    let text = format!("{}: cannot be {what}: {error}", file.display());
    io::Error::new(error.kind(), text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_two_recordings_have_pictures_of_one_name() {
        let recordings = [
            "col/a/b.wav",
            "col/a-b.wav",
            "../col/a/b.wav",
            "col-a-b.wav-2",
            "col/a/b.wav",
        ];
        let names = names(recordings.iter().map(Path::new));
        let told = recordings.map(|recording| names[Path::new(recording)].as_str());
        assert_eq!(
            told,
            [
                "col-a-b.wav.png",
                "col-a-b.wav-2.png",
                "col-a-b.wav-3.png",
                "col-a-b.wav-2-2.png",
                "col-a-b.wav.png",
            ]
        );
    }
}

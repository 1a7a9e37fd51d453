//! Pictures: a list of shapes, written as SVG or as PNG.
//!
//! Whoever draws knows shapes and whole pixels only; what they become is decided at the end.

mod axis;
mod colour;
mod labels;
mod png;
mod svg;

use std::{
    fs::File,
    io::{self, BufWriter, Write},
    path::Path,
};

pub(crate) use self::{
    axis::Axis,
    colour::{Colour, FAINT, INK, PAPER, WAVEFORM},
    labels::{Label, labels},
};

/// A picture being drawn, from the background up.
pub(crate) struct Picture {
    width: u32,
    height: u32,
    shapes: Vec<Shape>,
}

/// One thing in it. Places are in pixels from the top left corner.
enum Shape {
    Box {
        area: Area,
        fill: Colour,
    },
    Line {
        from: (i32, i32),
        to: (i32, i32),
        colour: Colour,
        dashed: bool,
    },
    Text {
        at: (i32, i32),
        anchor: Anchor,
        text: String,
        size: Size,
        colour: Colour,
    },
    Raster {
        area: Area,
        /// As many as the area has, by lines.
        pixels: Vec<Colour>,
    },
}

/// A rectangle.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Area {
    pub(crate) x: i32,
    pub(crate) y: i32,
    pub(crate) width: u32,
    pub(crate) height: u32,
}

/// Which end of a text is at its place; vertically its middle is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Anchor {
    Start,
    Middle,
    End,
}

/// How large a text is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Size {
    Small,
    Large,
}

/// What a picture is written as.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PictureFormat {
    /// For browsers, of any size.
    Svg,
    /// Pixels.
    Png,
}

impl PictureFormat {
    /// The format that a file's ending names.
    #[must_use]
    pub fn of(file: &Path) -> Option<Self> {
        let ending = file.extension()?;
        if ending.eq_ignore_ascii_case("svg") {
            Some(Self::Svg)
        } else if ending.eq_ignore_ascii_case("png") {
            Some(Self::Png)
        } else {
            None
        }
    }
}

impl Area {
    pub(crate) fn right(self) -> i32 {
        self.x + self.width as i32
    }

    pub(crate) fn bottom(self) -> i32 {
        self.y + self.height as i32
    }
}

impl Size {
    /// Of a character, in pixels.
    const fn character(self) -> (u32, u32) {
        match self {
            Self::Small => (7, 13),
            Self::Large => (9, 18),
        }
    }

    /// As much of a text as fits so many pixels, from its beginning.
    pub(crate) fn shortened(self, text: &str, width: u32) -> String {
        let room = (width / self.character().0) as usize;
        if text.chars().count() <= room {
            return text.to_owned();
        }
        let kept = text.chars().take(room.saturating_sub(ELLIPSIS.len()));
        kept.chain(ELLIPSIS.chars()).collect()
    }

    /// As much of a path as fits so many pixels, from its end, where the file's name is.
    pub(crate) fn shortened_path(self, path: &str, width: u32) -> String {
        let room = (width / self.character().0) as usize;
        let all = path.chars().count();
        if all <= room {
            return path.to_owned();
        }
        let kept = path.chars().skip(all + ELLIPSIS.len() - room);
        ELLIPSIS.chars().chain(kept).collect()
    }

    /// Of a text, in pixels.
    pub(crate) fn width(self, text: &str) -> i32 {
        (text.chars().count() as u32 * self.character().0) as i32
    }
}

impl Picture {
    pub(crate) fn new(width: u32, height: u32, background: Colour) -> Self {
        let mut picture = Self {
            width,
            height,
            shapes: Vec::new(),
        };
        let all = Area {
            x: 0,
            y: 0,
            width,
            height,
        };
        picture.fill(all, background);
        picture
    }

    pub(crate) fn fill(&mut self, area: Area, fill: Colour) {
        self.shapes.push(Shape::Box { area, fill });
    }

    pub(crate) fn line(&mut self, from: (i32, i32), to: (i32, i32), colour: Colour) {
        self.shapes.push(Shape::Line {
            from,
            to,
            colour,
            dashed: false,
        });
    }

    pub(crate) fn dashed(&mut self, from: (i32, i32), to: (i32, i32), colour: Colour) {
        self.shapes.push(Shape::Line {
            from,
            to,
            colour,
            dashed: true,
        });
    }

    pub(crate) fn text(
        &mut self,
        at: (i32, i32),
        anchor: Anchor,
        size: Size,
        colour: Colour,
        text: impl Into<String>,
    ) {
        self.shapes.push(Shape::Text {
            at,
            anchor,
            text: text.into(),
            size,
            colour,
        });
    }

    /// What the colours mean, in a row that begins at `at`.
    pub(crate) fn legend(&mut self, at: (i32, i32), entries: &[(Colour, &str)]) {
        let (mut x, y) = at;
        for &(colour, text) in entries {
            let swatch = Area {
                x,
                y: y - 5,
                width: 14,
                height: 10,
            };
            self.fill(swatch, colour);
            self.text((x + 19, y), Anchor::Start, Size::Small, INK, text);
            x += 19 + Size::Small.width(text) + 18;
        }
    }

    /// Pixels by lines, as many as `area` has.
    pub(crate) fn raster(&mut self, area: Area, pixels: Vec<Colour>) {
        debug_assert_eq!(pixels.len(), area.width as usize * area.height as usize);
        self.shapes.push(Shape::Raster { area, pixels });
    }

    /// Writes it to `file`, as its ending says.
    pub(crate) fn save(&self, file: &Path, format: PictureFormat) -> io::Result<()> {
        let mut out = BufWriter::new(File::create(file)?);
        match format {
            PictureFormat::Svg => svg::write(self, &mut out)?,
            PictureFormat::Png => png::write(self, &mut out)?,
        }
        out.flush()
    }
}

/// Says that there is more; fonts of pixels have no single character for it.
const ELLIPSIS: &str = "...";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn of_a_long_path_the_end_is_kept_and_of_a_text_the_beginning() {
        let path = "/var/spool/asterisk/monitor/today.wav";
        assert_eq!(Size::Small.shortened_path(path, 7 * 12), "...today.wav");
        assert_eq!(Size::Small.shortened(path, 7 * 12), "/var/spoo...");
        assert_eq!(Size::Small.shortened_path("today.wav", 7 * 9), "today.wav");
    }
}

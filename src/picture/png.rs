//! A picture as PNG: drawn into memory, and packed.

use std::{
    convert::Infallible,
    io::{self, Write},
};

use embedded_graphics::{
    Drawable,
    draw_target::DrawTarget,
    geometry::{OriginDimensions, Point, Size as Dimensions},
    mono_font::{
        MonoTextStyle,
        iso_8859_1::{FONT_7X13, FONT_9X18},
    },
    pixelcolor::{Rgb888, RgbColor},
    prelude::{Pixel, PointsIter, Primitive},
    primitives::{Line, PrimitiveStyle, Rectangle},
    text::{Alignment, Baseline, Text, TextStyleBuilder},
};

use super::{Anchor, Area, Colour, Picture, Shape, Size};

pub(super) fn write(picture: &Picture, out: &mut impl Write) -> io::Result<()> {
    let mut canvas = Canvas::new(picture.width, picture.height);
    for shape in &picture.shapes {
        let Ok(()) = canvas.draw(shape);
    }
    canvas.pack(out)
}

/// Pixels as a PNG file.
pub(super) fn pack_pixels(width: u32, height: u32, pixels: &[Colour]) -> io::Result<Vec<u8>> {
    let mut canvas = Canvas::new(width, height);
    let all = Area {
        x: 0,
        y: 0,
        width,
        height,
    };
    let Ok(()) = canvas.copy(all, pixels);
    let mut packed = Vec::new();
    canvas.pack(&mut packed)?;
    Ok(packed)
}

/// Three bytes a pixel, by lines.
struct Canvas {
    width: u32,
    height: u32,
    bytes: Vec<u8>,
}

impl Canvas {
    fn new(width: u32, height: u32) -> Self {
        Self {
            width,
            height,
            bytes: vec![0; 3 * width as usize * height as usize],
        }
    }

    fn draw(&mut self, shape: &Shape) -> Result<(), Infallible> {
        match shape {
            Shape::Box { area, fill } => {
                let rectangle = rectangle(*area);
                self.fill_solid(&rectangle, rgb(*fill))
            }
            Shape::Line {
                from,
                to,
                colour,
                dashed: false,
            } => Line::new(point(*from), point(*to))
                .into_styled(PrimitiveStyle::with_stroke(rgb(*colour), 1))
                .draw(self),
            Shape::Line {
                from, to, colour, ..
            } => {
                let points = Line::new(point(*from), point(*to)).points();
                let dashes = points.enumerate().filter(|(n, _)| n % DASH < DASH / 2);
                self.draw_iter(dashes.map(|(_, point)| Pixel(point, rgb(*colour))))
            }
            Shape::Text {
                at,
                anchor,
                text,
                size,
                colour,
            } => {
                let font = match size {
                    Size::Small => &FONT_7X13,
                    Size::Large => &FONT_9X18,
                };
                let alignment = match anchor {
                    Anchor::Start => Alignment::Left,
                    Anchor::Middle => Alignment::Center,
                    Anchor::End => Alignment::Right,
                };
                let placed = TextStyleBuilder::new()
                    .alignment(alignment)
                    .baseline(Baseline::Middle)
                    .build();
                let style = MonoTextStyle::new(font, rgb(*colour));
                Text::with_text_style(text, point(*at), style, placed)
                    .draw(self)
                    .map(|_| ())
            }
            Shape::Raster { area, pixels } => self.copy(*area, pixels),
        }
    }

    fn copy(&mut self, area: Area, pixels: &[Colour]) -> Result<(), Infallible> {
        let colours = pixels.iter().map(|&colour| rgb(colour));
        self.fill_contiguous(&rectangle(area), colours)
    }

    fn pack(&self, out: &mut impl Write) -> io::Result<()> {
        let mut encoder = png::Encoder::new(out, self.width, self.height);
        encoder.set_color(png::ColorType::Rgb);
        encoder.set_depth(png::BitDepth::Eight);
        let mut writer = encoder.write_header()?;
        writer.write_image_data(&self.bytes)?;
        writer.finish()?;
        Ok(())
    }
}

impl OriginDimensions for Canvas {
    fn size(&self) -> Dimensions {
        Dimensions::new(self.width, self.height)
    }
}

impl DrawTarget for Canvas {
    type Color = Rgb888;
    type Error = Infallible;

    fn draw_iter<I: IntoIterator<Item = Pixel<Rgb888>>>(
        &mut self,
        pixels: I,
    ) -> Result<(), Infallible> {
        for Pixel(Point { x, y }, colour) in pixels {
            let (Ok(x), Ok(y)) = (u32::try_from(x), u32::try_from(y)) else {
                continue;
            };
            if x < self.width && y < self.height {
                let at = 3 * (y as usize * self.width as usize + x as usize);
                self.bytes[at..at + 3].copy_from_slice(&[colour.r(), colour.g(), colour.b()]);
            }
        }
        Ok(())
    }
}

fn rgb(Colour(red, green, blue): Colour) -> Rgb888 {
    Rgb888::new(red, green, blue)
}

fn point((x, y): (i32, i32)) -> Point {
    Point::new(x, y)
}

fn rectangle(area: Area) -> Rectangle {
    Rectangle::new(
        Point::new(area.x, area.y),
        Dimensions::new(area.width, area.height),
    )
}

/// Pixels of a dash and the space after it.
const DASH: usize = 6;

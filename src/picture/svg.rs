//! A picture as SVG 1.1.

use std::io::{self, Write};

use base64::{Engine as _, engine::general_purpose::STANDARD};

use super::{Anchor, Area, Colour, Picture, Shape, png};

pub(super) fn write(picture: &Picture, out: &mut impl Write) -> io::Result<()> {
    let Picture { width, height, .. } = picture;
    // Edges are smooth: with crisp ones, who shows it smaller loses what is then thinner than a pixel.
    writeln!(
        out,
        r#"<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink" width="{width}" height="{height}" viewBox="0 0 {width} {height}" font-family="monospace">"#
    )?;
    for shape in &picture.shapes {
        draw(shape, out)?;
    }
    writeln!(out, "</svg>")
}

fn draw(shape: &Shape, out: &mut impl Write) -> io::Result<()> {
    match shape {
        Shape::Box { area, fill } => rectangle(*area, *fill, out),
        Shape::Line {
            from,
            to,
            colour,
            dashed,
        } => line(*from, *to, *colour, *dashed, out),
        Shape::Text {
            at,
            anchor,
            text,
            size,
            colour,
        } => {
            let anchor = match anchor {
                Anchor::Start => "start",
                Anchor::Middle => "middle",
                Anchor::End => "end",
            };
            let em = f64::from(size.character().0) / ADVANCE;
            writeln!(
                out,
                r#"<text x="{}" y="{:.1}" text-anchor="{anchor}" font-size="{em:.1}" fill="{}" xml:space="preserve">{}</text>"#,
                at.0,
                // Not every program knows another baseline than the letters' own.
                f64::from(at.1) + CAPITAL / 2.0 * em,
                hex(*colour),
                escaped(text)
            )
        }
        Shape::Raster { area, pixels } => {
            let packed = png::pack_pixels(area.width, area.height, pixels)?;
            writeln!(
                out,
                r#"<image x="{}" y="{}" width="{}" height="{}" xlink:href="data:image/png;base64,{}"/>"#,
                area.x,
                area.y,
                area.width,
                area.height,
                STANDARD.encode(&packed)
            )
        }
    }
}

fn rectangle(area: Area, fill: Colour, out: &mut impl Write) -> io::Result<()> {
    writeln!(
        out,
        r#"<rect x="{}" y="{}" width="{}" height="{}" fill="{}"/>"#,
        area.x,
        area.y,
        area.width,
        area.height,
        hex(fill)
    )
}

fn line(
    from: (i32, i32),
    to: (i32, i32),
    colour: Colour,
    dashed: bool,
    out: &mut impl Write,
) -> io::Result<()> {
    // Of a line without length not every program draws the ends.
    if !dashed && (from.0 == to.0 || from.1 == to.1) {
        let area = Area {
            x: from.0.min(to.0),
            y: from.1.min(to.1),
            width: from.0.abs_diff(to.0) + 1,
            height: from.1.abs_diff(to.1) + 1,
        };
        return rectangle(area, colour, out);
    }
    // A pixel's middle.
    let middle = |at: i32| f64::from(at) + 0.5;
    let dash = if dashed {
        r#" stroke-dasharray="3 3""#
    } else {
        ""
    };
    writeln!(
        out,
        r#"<line x1="{}" y1="{}" x2="{}" y2="{}" stroke="{}"{dash}/>"#,
        middle(from.0),
        middle(from.1),
        middle(to.0),
        middle(to.1),
        hex(colour)
    )
}

fn hex(Colour(red, green, blue): Colour) -> String {
    format!("#{red:02x}{green:02x}{blue:02x}")
}

/// XML 1.0 has no way to write other control characters.
fn escaped(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '&' => escaped.push_str("&amp;"),
            '"' => escaped.push_str("&quot;"),
            c if c.is_control() => escaped.push('\u{fffd}'),
            c => escaped.push(c),
        }
    }
    escaped
}

/// Of a character in the monospaced fonts that browsers take, in heights of the font.
const ADVANCE: f64 = 0.6;
/// How high capital letters and digits are, in heights of the font.
const CAPITAL: f64 = 0.72;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_without_length_is_a_pixel() {
        let mut picture = Picture::new(9, 9, Colour(0, 0, 0));
        picture.line((3, 4), (3, 4), Colour(1, 2, 3));
        let mut written = Vec::new();
        write(&picture, &mut written).expect("a vector takes it");
        let written = String::from_utf8(written).expect("text");
        let pixel = r##"<rect x="3" y="4" width="1" height="1" fill="#010203"/>"##;
        assert!(written.contains(pixel), "{written}");
    }

    #[test]
    fn nothing_is_lost_when_it_is_shown_smaller() {
        let mut written = Vec::new();
        write(&Picture::new(9, 9, Colour(0, 0, 0)), &mut written).expect("a vector takes it");
        let written = String::from_utf8(written).expect("text");
        assert!(written.contains("viewBox=\"0 0 9 9\""), "{written}");
        assert!(!written.contains("shape-rendering"), "{written}");
    }

    #[test]
    fn whatever_a_text_holds_it_is_xml() {
        assert_eq!(
            escaped("<a & \"b\"\u{1}>"),
            "&lt;a &amp; &quot;b&quot;\u{fffd}&gt;"
        );
    }
}

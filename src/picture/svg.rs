//! A picture as SVG 1.1.

use std::io::{self, Write};

use super::{Anchor, Colour, Picture, Shape, Size, png};

pub(super) fn write(picture: &Picture, out: &mut impl Write) -> io::Result<()> {
    let Picture { width, height, .. } = picture;
    writeln!(
        out,
        r#"<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink" width="{width}" height="{height}" viewBox="0 0 {width} {height}" font-family="monospace" shape-rendering="crispEdges">"#
    )?;
    for shape in &picture.shapes {
        draw(shape, out)?;
    }
    writeln!(out, "</svg>")
}

fn draw(shape: &Shape, out: &mut impl Write) -> io::Result<()> {
    match shape {
        Shape::Box { area, fill } => writeln!(
            out,
            r#"<rect x="{}" y="{}" width="{}" height="{}" fill="{}"/>"#,
            area.x,
            area.y,
            area.width,
            area.height,
            hex(*fill)
        ),
        Shape::Line {
            from,
            to,
            colour,
            dashed,
        } => {
            // A pixel's middle, and both ends drawn as in PNG.
            let middle = |at: i32| f64::from(at) + 0.5;
            let dash = if *dashed {
                r#" stroke-dasharray="3 3""#
            } else {
                ""
            };
            writeln!(
                out,
                r#"<line x1="{}" y1="{}" x2="{}" y2="{}" stroke="{}" stroke-linecap="square"{dash}/>"#,
                middle(from.0),
                middle(from.1),
                middle(to.0),
                middle(to.1),
                hex(*colour)
            )
        }
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
            let size = match size {
                Size::Small => 12,
                Size::Large => 15,
            };
            writeln!(
                out,
                r#"<text x="{}" y="{}" text-anchor="{anchor}" dominant-baseline="central" font-size="{size}" fill="{}" xml:space="preserve">{}</text>"#,
                at.0,
                at.1,
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
                base64(&packed)
            )
        }
    }
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

/// RFC 4648, clause 4.
fn base64(bytes: &[u8]) -> String {
    let mut text = String::with_capacity(bytes.len().div_ceil(3) * 4);
    for group in bytes.chunks(3) {
        let byte = |n: usize| u32::from(group.get(n).copied().unwrap_or(0));
        let bits = byte(0) << 16 | byte(1) << 8 | byte(2);
        for digit in 0..4 {
            text.push(if digit <= group.len() {
                char::from(DIGITS[(bits >> (18 - 6 * digit)) as usize % 64])
            } else {
                '='
            });
        }
    }
    text
}

const DIGITS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn base64_is_as_in_the_rfc() {
        for (bytes, text) in [
            ("", ""),
            ("f", "Zg=="),
            ("fo", "Zm8="),
            ("foo", "Zm9v"),
            ("foob", "Zm9vYg=="),
            ("fooba", "Zm9vYmE="),
            ("foobar", "Zm9vYmFy"),
        ] {
            assert_eq!(base64(bytes.as_bytes()), text);
        }
    }

    #[test]
    fn whatever_a_text_holds_it_is_xml() {
        assert_eq!(
            escaped("<a & \"b\"\u{1}>"),
            "&lt;a &amp; &quot;b&quot;\u{fffd}&gt;"
        );
    }
}

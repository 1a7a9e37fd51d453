//! ITU-T G.711: one byte a sample, logarithmic, as nearly every telephone line carries it.
//!
//! A code is a sign, a three-bit segment and a four-bit step within it. A-law samples have 13
//! bits and µ-law samples 14; both are widened to 16 by shifting left, which is the scale of
//! every 16-bit file and of Asterisk's signed linear.

/// The 16-bit sample of a µ-law code.
#[must_use]
pub const fn ulaw_to_linear(code: u8) -> i16 {
    ULAW[code as usize]
}

/// The 16-bit sample of an A-law code.
#[must_use]
pub const fn alaw_to_linear(code: u8) -> i16 {
    ALAW[code as usize]
}

/// The µ-law code of the interval that `sample` lies in.
#[must_use]
pub fn linear_to_ulaw(sample: i16) -> u8 {
    let sign = if sample < 0 { 0x80 } else { 0 };
    let biased = (i32::from(sample).abs() + ULAW_BIAS).min(ULAW_BIASED_MAX);
    // The highest set bit is 7 (of the bias itself) to 14.
    let segment = biased.ilog2() - 7;
    let step = (biased >> (segment + 3)) & 0x0F;
    !(sign | (segment << 4) as u8 | step as u8)
}

/// The A-law code of the interval that `sample` lies in.
#[must_use]
pub fn linear_to_alaw(sample: i16) -> u8 {
    let (sign, magnitude) = if sample < 0 {
        // The intervals below zero mirror those above: −1 lies in the first.
        (0, i32::from(!sample))
    } else {
        (0x80, i32::from(sample))
    };
    let segment = if magnitude < 256 {
        0
    } else {
        magnitude.ilog2() - 7
    };
    let step = (magnitude >> (segment.max(1) + 3)) & 0x0F;
    (sign | (segment << 4) as u8 | step as u8) ^ ALAW_INVERTED_BITS
}

const fn decode_ulaw(code: u8) -> i16 {
    let bits = !code;
    let segment = (bits >> 4) & 0x07;
    let step = (bits & 0x0F) as i32;
    let magnitude = (((step << 3) + ULAW_BIAS) << segment) - ULAW_BIAS;
    if bits & 0x80 == 0 {
        magnitude as i16
    } else {
        -magnitude as i16
    }
}

const fn decode_alaw(code: u8) -> i16 {
    let bits = code ^ ALAW_INVERTED_BITS;
    let segment = (bits >> 4) & 0x07;
    // The middle of a step of 16; above the first segment the leading one is implied.
    let middle = (((bits & 0x0F) as i32) << 4) + 8;
    let magnitude = if segment == 0 {
        middle
    } else {
        (middle + 256) << (segment - 1)
    };
    if bits & 0x80 == 0 {
        -magnitude as i16
    } else {
        magnitude as i16
    }
}

const fn table(decode_is_ulaw: bool) -> [i16; 256] {
    let mut samples = [0; 256];
    let mut code = 0;
    while code < 256 {
        samples[code] = if decode_is_ulaw {
            decode_ulaw(code as u8)
        } else {
            decode_alaw(code as u8)
        };
        code += 1;
    }
    samples
}

const ULAW: [i16; 256] = table(true);
const ALAW: [i16; 256] = table(false);

/// 33 of µ-law's 14-bit units: makes every segment start at a power of two (G.711, table 2).
const ULAW_BIAS: i32 = 33 << 2;
/// The largest biased magnitude that has a code.
const ULAW_BIASED_MAX: i32 = 0x7FFF;
/// A-law inverts every second bit for transmission (G.711, 3.2 and the note to table 1a).
const ALAW_INVERTED_BITS: u8 = 0x55;

#[cfg(test)]
mod tests {
    use super::*;

    /// Decision and output values of G.711 table 1a (13 bits, widened by 8): the ends of every
    /// segment, first and last code.
    #[test]
    fn alaw_codes_give_the_standards_values() {
        // Character signals as transmitted, even bits inverted.
        let anchors = [
            (0xD5, 1),
            (0xDA, 31),
            (0xC5, 33),
            (0xCA, 63),
            (0xF5, 66),
            (0xFA, 126),
            (0xE5, 132),
            (0xEA, 252),
            (0x95, 264),
            (0x9A, 504),
            (0x85, 528),
            (0x8A, 1008),
            (0xB5, 1056),
            (0xBA, 2016),
            (0xA5, 2112),
            (0xAA, 4032),
        ];
        for (code, value) in anchors {
            // Table 1a counts in units of 1/4096 of full scale.
            assert_eq!(alaw_to_linear(code), value * 8, "code {code:#04x}");
            assert_eq!(alaw_to_linear(code & 0x7F), -value * 8, "code {code:#04x}");
        }
    }

    /// Output values of G.711 table 2a (14 bits, widened by 4).
    #[test]
    fn ulaw_codes_give_the_standards_values() {
        let anchors = [
            (0xFF, 0),
            (0xFE, 2),
            (0xF0, 30),
            (0xEF, 33),
            (0xE0, 93),
            (0xDF, 99),
            (0xD0, 219),
            (0xCF, 231),
            (0xC0, 471),
            (0xBF, 495),
            (0xB0, 975),
            (0xAF, 1023),
            (0xA0, 1983),
            (0x9F, 2079),
            (0x90, 3999),
            (0x8F, 4191),
            (0x80, 8031),
        ];
        for (code, value) in anchors {
            assert_eq!(ulaw_to_linear(code), value * 4, "code {code:#04x}");
            assert_eq!(ulaw_to_linear(code & 0x7F), -value * 4, "code {code:#04x}");
        }
    }

    #[test]
    fn every_code_survives_decoding_and_encoding() {
        for code in 0..=255 {
            assert_eq!(linear_to_alaw(alaw_to_linear(code)), code);
            // µ-law has a zero of each sign; both sound alike.
            if code != 0x7F {
                assert_eq!(linear_to_ulaw(ulaw_to_linear(code)), code);
            }
        }
        assert_eq!(linear_to_ulaw(0), 0xFF);
    }

    /// Decision values at the segments' ends, where a code's interval is not symmetric.
    #[test]
    fn samples_go_to_the_side_of_a_decision_value_that_the_standard_says() {
        let ulaw = [
            (31, 0xF0, 0xEF),
            (95, 0xE0, 0xDF),
            (223, 0xD0, 0xCF),
            (479, 0xC0, 0xBF),
            (991, 0xB0, 0xAF),
            (2015, 0xA0, 0x9F),
            (4063, 0x90, 0x8F),
        ];
        for (decision, below, above) in ulaw {
            assert_eq!(linear_to_ulaw(decision * 4 - 1), below, "{decision}");
            assert_eq!(linear_to_ulaw(decision * 4), above, "{decision}");
        }
        let alaw = [
            (32, 0xDA, 0xC5),
            (64, 0xCA, 0xF5),
            (128, 0xFA, 0xE5),
            (256, 0xEA, 0x95),
            (512, 0x9A, 0x85),
            (1024, 0x8A, 0xB5),
            (2048, 0xBA, 0xA5),
        ];
        for (decision, below, above) in alaw {
            assert_eq!(linear_to_alaw(decision * 8 - 1), below, "{decision}");
            assert_eq!(linear_to_alaw(decision * 8), above, "{decision}");
        }
    }

    #[test]
    fn the_extremes_go_to_the_outermost_codes() {
        assert_eq!(linear_to_ulaw(i16::MAX), 0x80);
        assert_eq!(linear_to_ulaw(i16::MIN), 0x00);
        assert_eq!(linear_to_alaw(i16::MAX), 0xAA);
        assert_eq!(linear_to_alaw(i16::MIN), 0x2A);
    }

    #[test]
    fn greater_samples_never_get_lesser_values() {
        for encode_and_decode in [
            |sample| ulaw_to_linear(linear_to_ulaw(sample)),
            |sample| alaw_to_linear(linear_to_alaw(sample)),
        ] {
            let mut last = i16::MIN;
            for sample in i16::MIN..=i16::MAX {
                let value = encode_and_decode(sample);
                assert!(value >= last, "{sample}");
                last = value;
            }
        }
    }
}

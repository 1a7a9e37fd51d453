//! Numbers on the command line, checked as they are read.

use std::{fmt::Display, ops::RangeInclusive, str::FromStr};

/// Reads a number within `range`; the message of an error names the range in `unit`.
pub(super) fn within(
    range: RangeInclusive<f64>,
    unit: &'static str,
) -> impl Fn(&str) -> Result<f64, String> + Clone + Send + Sync {
    move |text| match text.parse::<f64>() {
        Ok(number) if range.contains(&number) => Ok(number),
        _ => Err(format!(
            "expected a number of {unit} from {} to {}",
            range.start(),
            range.end()
        )),
    }
}

/// The same of a whole number; `what` says of what it is, as in " of Hz".
pub(super) fn whole<T>(
    range: RangeInclusive<T>,
    what: &'static str,
) -> impl Fn(&str) -> Result<T, String> + Clone + Send + Sync
where
    T: FromStr + PartialOrd + Display + Clone + Send + Sync,
{
    move |text| match text.parse::<T>() {
        Ok(number) if range.contains(&number) => Ok(number),
        _ => Err(format!(
            "expected a whole number{what} from {} to {}",
            range.start(),
            range.end()
        )),
    }
}

/// Samples a second of any file.
pub(super) const RATES: RangeInclusive<u32> = 4_000..=384_000;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_numbers_within_the_range_are_taken() {
        let parse = within(-60.0..=3.0, "dBm0");
        assert_eq!(parse("-10.5"), Ok(-10.5));
        assert_eq!(parse("3"), Ok(3.0));
        for text in ["", "3.1", "-inf", "nan", "loud", "-10 dB"] {
            assert_eq!(
                parse(text),
                Err("expected a number of dBm0 from -60 to 3".to_owned())
            );
        }
    }

    #[test]
    fn only_whole_numbers_within_the_range_are_taken() {
        let parse = whole(RATES, " of Hz");
        assert_eq!(parse("8000"), Ok(8_000));
        for text in ["", "-1", "abc", "8000.5", "3999", "99999999999999999999"] {
            let expected = "expected a whole number of Hz from 4000 to 384000";
            assert_eq!(parse(text), Err(expected.to_owned()));
        }
    }
}

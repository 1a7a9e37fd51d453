//! Numbers on the command line, checked as they are read.

use std::ops::RangeInclusive;

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
}

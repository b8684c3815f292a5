//! The names of consumers.

use crate::error::Error;

/// As many characters as the table of the consumers takes.
const LONGEST: usize = 200;

/// The name, if it can be a consumer's.
pub(super) fn checked_name(consumer: &str) -> Result<String, Error> {
    let is_good = !consumer.trim().is_empty()
        && consumer.chars().count() <= LONGEST
        && !consumer.chars().any(char::is_control);
    match is_good {
        true => Ok(consumer.into()),
        false => Err(Error::ConsumerName {
            name: consumer.into(),
        }),
    }
}

#[cfg(test)]
mod tests {
    use super::checked_name;

    #[test]
    fn a_consumer_has_a_name_that_a_person_can_read() {
        for good in ["consensus", "search index", &"é".repeat(200)] {
            assert!(checked_name(good).is_ok(), "{good}");
        }
        for bad in ["", "  ", "a\0b", "a\nb", &"é".repeat(201)] {
            assert!(checked_name(bad).is_err(), "{bad:?}");
        }
    }
}

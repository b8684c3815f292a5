//! The verifier: links in their order, held against each other. No database, no clock.

use sha2::{Digest, Sha256};

/// A row as it is read for its chain.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ChainLink {
    /// Its number.
    pub position: i64,
    /// What it says is the hash of the row before.
    pub previous: Vec<u8>,
    /// What it says is its own.
    pub hash: Vec<u8>,
    /// The texts of the hashed columns.
    pub texts: Vec<Option<String>>,
}

/// What does not fit in a chain.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum ChainFault {
    /// The row's content is not what its hash was made of.
    #[error("the row {position} was changed")]
    Changed {
        /// The row.
        position: i64,
    },
    /// There are rows behind it, or the head is, and it is not there.
    #[error("the row {position} is missing")]
    Missing {
        /// The row.
        position: i64,
    },
    /// Two rows have the number.
    #[error("there is more than one row {position}")]
    Repeated {
        /// The rows.
        position: i64,
    },
    /// The row is whole, and made to follow another one than the row before it.
    #[error("the row {position} does not follow the row before it: one of the two was replaced")]
    Unlinked {
        /// The row.
        position: i64,
    },
    /// The head is missing.
    #[error("the head is missing, and the last row is {position}")]
    HeadMissing {
        /// The last row.
        position: i64,
    },
    /// The head names another number or hash than the last row.
    #[error("the head does not fit the last row {position}")]
    HeadDiffers {
        /// The last row.
        position: i64,
    },
}

impl ChainFault {
    /// The row where it was found.
    pub fn position(&self) -> i64 {
        match self {
            ChainFault::Changed { position }
            | ChainFault::Missing { position }
            | ChainFault::Repeated { position }
            | ChainFault::Unlinked { position }
            | ChainFault::HeadMissing { position }
            | ChainFault::HeadDiffers { position } => *position,
        }
    }
}

/// The hash of a row: of the names and texts of its columns, in their order, and of the hash of the row before.
pub fn link_hash<'a>(
    values: impl IntoIterator<Item = (&'a str, Option<&'a str>)>,
    previous: &[u8],
) -> [u8; 32] {
    let mut digest = Sha256::new();
    for (name, text) in values {
        if let Some(text) = text {
            digest.update(format!("{}:{name}{}:{text}", name.len(), text.len()));
        }
    }
    digest.update(previous);
    digest.finalize().into()
}

/// Takes the links of one tenant in their order, and remembers the last one only.
#[derive(Debug, Clone)]
pub struct ChainVerifier {
    columns: Vec<String>,
    last: Option<i64>,
    last_hash: Option<Vec<u8>>,
    rows: u64,
}

impl ChainVerifier {
    /// For links whose texts are those of these columns.
    pub fn new(columns: impl IntoIterator<Item = impl Into<String>>) -> Self {
        ChainVerifier {
            columns: columns.into_iter().map(Into::into).collect(),
            last: None,
            last_hash: None,
            rows: 0,
        }
    }

    /// How many links it has taken.
    pub fn rows(&self) -> u64 {
        self.rows
    }

    /// Takes the next link. The first one may have any number; is it 1, nothing is before it.
    ///
    /// # Errors
    /// What does not fit; then the chain is broken, and nothing behind it proves anything.
    pub fn take(&mut self, link: &ChainLink) -> Result<(), ChainFault> {
        let position = link.position;
        self.rows += 1;
        if let Some(last) = self.last {
            // Nothing is greater than the last number that there is, so that it has no next one.
            match last.checked_add(1) {
                _ if position <= last => return Err(ChainFault::Repeated { position }),
                Some(next) if position > next => return Err(ChainFault::Missing { position: next }),
                _ => {}
            }
        }
        let names = self.columns.iter().map(String::as_str);
        let texts = link.texts.iter().map(Option::as_deref);
        let is_own = link.texts.len() == self.columns.len()
            && link_hash(names.zip(texts), &link.previous)[..] == link.hash;
        if !is_own {
            return Err(ChainFault::Changed { position });
        }
        let before = match (&self.last_hash, position) {
            (Some(hash), _) => Some(hash.as_slice()),
            (None, 1) => Some(&[0; 32][..]),
            (None, _) => None,
        };
        if before.is_some_and(|before| before != link.previous) {
            return Err(ChainFault::Unlinked { position });
        }
        self.last = Some(position);
        self.last_hash = Some(link.hash.clone());
        Ok(())
    }

    /// Holds the last link against the head.
    ///
    /// # Errors
    /// What does not fit.
    pub fn finish(self, head: Option<(i64, &[u8])>) -> Result<(), ChainFault> {
        let (Some(position), Some(hash)) = (self.last, self.last_hash) else {
            return Ok(());
        };
        match head {
            None => Err(ChainFault::HeadMissing { position }),
            Some((last, _)) if last > position => Err(ChainFault::Missing {
                position: position + 1,
            }),
            Some((last, end)) if last < position || end != hash => Err(ChainFault::HeadDiffers { position }),
            Some(_) => Ok(()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const COLUMNS: [&str; 3] = ["position", "what", "note"];

    fn link(position: i64, what: &str, note: Option<&str>, previous: &[u8]) -> ChainLink {
        let texts = vec![
            Some(position.to_string()),
            Some(what.into()),
            note.map(Into::into),
        ];
        let values = COLUMNS.into_iter().zip(texts.iter().map(Option::as_deref));
        ChainLink {
            position,
            previous: previous.into(),
            hash: link_hash(values, previous).into(),
            texts,
        }
    }

    fn chain(first: i64, number: i64) -> Vec<ChainLink> {
        let mut links: Vec<ChainLink> = Vec::new();
        for position in (0..number).map(|behind| first + behind) {
            let previous = links.last().map_or([0; 32].to_vec(), |last| last.hash.clone());
            links.push(link(position, "w", None, &previous));
        }
        links
    }

    fn verified(links: &[ChainLink]) -> Result<(), ChainFault> {
        let head = links.last().map(|last| (last.position, last.hash.clone()));
        verified_with(links, head)
    }

    fn verified_with(links: &[ChainLink], head: Option<(i64, Vec<u8>)>) -> Result<(), ChainFault> {
        let mut verifier = ChainVerifier::new(COLUMNS);
        links.iter().try_for_each(|link| verifier.take(link))?;
        verifier.finish(head.as_ref().map(|(position, hash)| (*position, hash.as_slice())))
    }

    #[test]
    fn a_whole_chain_fits_from_its_first_row_and_from_a_later_one() {
        assert_eq!(verified(&chain(1, 5)), Ok(()));
        assert_eq!(verified(&chain(1, 5)[2..]), Ok(()));
        assert_eq!(verified(&[]), Ok(()));
    }

    #[test]
    fn every_change_is_found_where_it_was_made() {
        let links = chain(1, 5);
        for position in 1..=5_i64 {
            let index = usize::try_from(position - 1).expect("small");
            let mut changed = links.clone();
            changed[index].texts[1] = Some("x".into());
            assert_eq!(verified(&changed), Err(ChainFault::Changed { position }));
            let mut emptied = links.clone();
            emptied[index].texts[2] = Some(String::new());
            assert_eq!(verified(&emptied), Err(ChainFault::Changed { position }));
            let mut doubled = links.clone();
            doubled.insert(index, links[index].clone());
            assert_eq!(verified(&doubled), Err(ChainFault::Repeated { position }));
            let mut again = links.clone();
            again[index] = link(position, "x", None, &links[index].previous.clone());
            let found = if position == 5 {
                Ok(())
            } else {
                Err(ChainFault::Unlinked {
                    position: position + 1,
                })
            };
            assert_eq!(verified(&again), found, "the head is what tells of the last row");
            let head = links.last().map(|last| (5, last.hash.clone()));
            assert!(verified_with(&again, head).is_err());
        }
    }

    #[test]
    fn missing_rows_are_found_in_the_middle_and_at_the_end() {
        let links = chain(1, 5);
        let mut holed = links.clone();
        holed.remove(2);
        assert_eq!(verified(&holed), Err(ChainFault::Missing { position: 3 }));
        let head = links.last().map(|last| (5, last.hash.clone()));
        assert_eq!(
            verified_with(&links[..4], head),
            Err(ChainFault::Missing { position: 5 })
        );
        assert_eq!(
            verified_with(&links, None),
            Err(ChainFault::HeadMissing { position: 5 })
        );
        let behind = Some((4, links[3].hash.clone()));
        assert_eq!(
            verified_with(&links, behind),
            Err(ChainFault::HeadDiffers { position: 5 })
        );
        let other = Some((5, links[3].hash.clone()));
        assert_eq!(
            verified_with(&links, other),
            Err(ChainFault::HeadDiffers { position: 5 })
        );
    }

    #[test]
    fn the_last_number_that_there_is_has_nothing_behind_it() {
        let links = chain(i64::MAX - 1, 2);
        assert_eq!(verified(&links), Ok(()));
        let again = [links[1].clone(), links[1].clone()];
        assert_eq!(verified(&again), Err(ChainFault::Repeated { position: i64::MAX }));
    }

    #[test]
    fn a_first_row_follows_nothing() {
        let first = [link(1, "w", None, &[7; 32])];
        assert_eq!(verified(&first), Err(ChainFault::Unlinked { position: 1 }));
    }

    #[test]
    fn texts_cannot_be_shifted_from_one_column_to_the_next() {
        let left = link_hash([("a", Some("1")), ("b", Some("23"))], &[0; 32]);
        assert_ne!(left, link_hash([("a", Some("12")), ("b", Some("3"))], &[0; 32]));
        assert_ne!(left, link_hash([("a", Some("11:b2:23"))], &[0; 32]));
    }
}

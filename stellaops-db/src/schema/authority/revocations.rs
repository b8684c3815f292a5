use serde::{Deserialize, Serialize};

use crate::schema::authority::Token;
use crate::{Error, Id, Jsonb, Table, TenantId, Timestamp};

/// A signed bundle of everything that is revoked in a tenant, as it was published at one moment.
#[derive(Debug, Clone, PartialEq, Eq, Table)]
#[table("authority.revocations")]
pub struct Revocation {
    /// The id; UUIDv7, made by the client.
    pub id: Id<Revocation>,
    /// Whose bundle it is.
    pub tenant_id: TenantId,
    /// The number of the bundle among the tenant's, from 1; the greatest one is in force.
    pub sequence: i64,
    /// What was signed, in canonical form.
    pub bundle: RevocationBundle,
    /// SHA-256 of the bundle's canonical JSON.
    pub bundle_digest: String,
    /// The signature over it, a JWS with detached content in compact form.
    pub signature: String,
    /// When it was signed, by the authority's clock; the bundle says the same.
    pub issued_at: Timestamp,
    /// When services must have a newer one; the bundle says the same.
    pub expires_at: Timestamp,
    /// The subject that published it: the service, or a person who revoked something at once.
    pub published_by: String,
    /// When the row was written.
    pub created_at: Timestamp,
}

/// Everything that is revoked in a tenant, as services check it offline.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Jsonb)]
#[jsonb("authority.revocation_bundle")]
#[serde(rename_all = "camelCase")]
pub struct RevocationBundle {
    /// The issuer of the tenant's tokens.
    pub issuer: String,
    /// The id of the bundle, 16 to 64 hex digits.
    pub bundle_id: String,
    /// When it was signed, UTC.
    pub issued_at: Timestamp,
    /// From when on services judge by it, UTC.
    pub valid_from: Timestamp,
    /// Until when they may, UTC.
    pub expires_at: Timestamp,
    /// The number of the bundle; never less than one seen before.
    pub sequence: i64,
    /// The key that signed it.
    pub signing_key_id: String,
    /// What is revoked, sorted by kind, then id; each once.
    pub entries: Vec<RevocationEntry>,
}

/// One thing that is revoked.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Jsonb)]
#[jsonb("authority.revocation_entry")]
#[serde(rename_all = "camelCase")]
pub struct RevocationEntry {
    /// What the id names: a client, with all its tokens; a subject, with all of theirs; or one token.
    pub kind: RevokedKind,
    /// The client id, the subject, or the token's claim `jti`.
    pub id: String,
    /// When it was revoked, UTC; of a client or a subject, tokens that were issued later are good.
    pub revoked_at: Timestamp,
    /// Why it is refused.
    pub reason: RevokedReason,
    /// When what it revokes has expired anyway, UTC; none: the entry stays.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub expires_at: Option<Timestamp>,
}

/// What an entry of a bundle names.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, Jsonb)]
#[jsonb(part)]
#[serde(rename_all = "snake_case")]
pub enum RevokedKind {
    /// A client, with all tokens that it was given before.
    Client,
    /// A person or a service account, with all of their tokens issued before.
    Subject,
    /// One token.
    Token,
}

/// Why something is revoked.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, Jsonb)]
#[jsonb(part)]
#[serde(rename_all = "snake_case")]
pub enum RevokedReason {
    /// It fell into other hands, or may have.
    Compromised,
    /// It was switched off.
    Disabled,
    /// Whom it belonged to has left.
    Expelled,
    /// It was shown a second time.
    Replayed,
    /// Its owner ended it.
    SignedOut,
    /// A newer one took its place.
    Superseded,
}

impl RevocationBundle {
    /// Puts the entries in the order of the format, kind, then id, each thing once: the later
    /// revocation of a thing revokes more, so it stays.
    ///
    /// ```
    /// # use stellaops_db::schema::authority::{RevocationBundle, RevocationEntry, RevokedKind, RevokedReason};
    /// # let now: stellaops_db::Timestamp = "2026-01-31T12:00:00Z".parse()?;
    /// let entry = |kind, id: &str| RevocationEntry {
    ///     kind,
    ///     id: id.into(),
    ///     revoked_at: now,
    ///     reason: RevokedReason::Compromised,
    ///     expires_at: None,
    /// };
    /// let bundle = RevocationBundle {
    ///     issuer: "https://authority.example/t/acme".into(),
    ///     bundle_id: "00112233445566778899aabbccddeeff".into(),
    ///     issued_at: now,
    ///     valid_from: now,
    ///     expires_at: "2026-01-31T13:00:00Z".parse()?,
    ///     sequence: 1,
    ///     signing_key_id: "rev-1".into(),
    ///     entries: vec![entry(RevokedKind::Token, "b"), entry(RevokedKind::Client, "console")],
    /// };
    /// let sorted = bundle.sorted();
    /// assert_eq!(sorted.entries[0].id, "console");
    /// assert!(sorted.refuses(RevokedKind::Client, "console", now));
    /// assert!(!sorted.refuses(RevokedKind::Token, "c", now));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    #[must_use]
    pub fn sorted(mut self) -> Self {
        self.entries.sort_by(|left, right| {
            let order = (left.kind, &left.id).cmp(&(right.kind, &right.id));
            order.then_with(|| right.revoked_at.cmp(&left.revoked_at))
        });
        self.entries
            .dedup_by(|later, kept| (later.kind, &later.id) == (kept.kind, &kept.id));
        self
    }

    /// Whether a token that was issued then is refused for this id: its own, that of its client or that
    /// of its subject. The entries are sorted.
    pub fn refuses(&self, kind: RevokedKind, id: &str, issued_at: Timestamp) -> bool {
        let found = self
            .entries
            .binary_search_by(|entry| (entry.kind, entry.id.as_str()).cmp(&(kind, id)));
        // A token is refused whenever it was issued; of a client or a subject, later ones are good.
        found.is_ok_and(|position| {
            kind == RevokedKind::Token || issued_at <= self.entries[position].revoked_at
        })
    }

    /// Whether a token is refused for its own id, its client's or its subject's.
    pub fn refuses_token(&self, token: &Token, client_id: &str) -> bool {
        let subject = token.claims.as_ref().map(|claims| claims.subject.as_str());
        let refuses = |kind, id: &str| self.refuses(kind, id, token.issued_at);
        refuses(RevokedKind::Token, &token.id.to_string())
            || refuses(RevokedKind::Client, client_id)
            || subject.is_some_and(|subject| refuses(RevokedKind::Subject, subject))
    }
}

impl RevocationRepository {
    /// The bundle that is in force; none was published yet otherwise.
    ///
    /// # Errors
    /// As [`crate::Repository::list`].
    pub async fn get_latest(&self) -> Result<Option<Revocation>, Error> {
        let newest = self.list_by_sequence_newest().limit(1).await?;
        Ok(newest.rows.into_iter().next())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(day: u32) -> Timestamp {
        format!("2026-01-{day:02}T00:00:00Z").parse().expect("a time")
    }

    fn entry(kind: RevokedKind, id: &str, day: u32) -> RevocationEntry {
        RevocationEntry {
            kind,
            id: id.into(),
            revoked_at: at(day),
            reason: RevokedReason::Compromised,
            expires_at: None,
        }
    }

    fn bundle(entries: Vec<RevocationEntry>) -> RevocationBundle {
        RevocationBundle {
            issuer: "https://authority.example/t/acme".into(),
            bundle_id: "00112233445566778899aabbccddeeff".into(),
            issued_at: at(20),
            valid_from: at(20),
            expires_at: at(21),
            sequence: 1,
            signing_key_id: "rev-1".into(),
            entries,
        }
        .sorted()
    }

    #[test]
    fn a_thing_that_was_revoked_twice_keeps_the_later_revocation() {
        let subject = |day| entry(RevokedKind::Subject, "ada", day);
        let bundle = bundle(vec![subject(5), subject(9), subject(7)]);
        assert_eq!(bundle.entries, [subject(9)]);
    }

    #[test]
    fn tokens_of_a_subject_are_refused_when_they_were_issued_before() {
        let bundle = bundle(vec![entry(RevokedKind::Subject, "ada", 9)]);
        assert!(bundle.refuses(RevokedKind::Subject, "ada", at(9)));
        assert!(!bundle.refuses(RevokedKind::Subject, "ada", at(10)));
        assert!(!bundle.refuses(RevokedKind::Client, "ada", at(9)));
    }

    #[test]
    fn a_revoked_token_is_refused_whenever_it_was_issued() {
        let bundle = bundle(vec![
            entry(RevokedKind::Token, "t", 9),
            entry(RevokedKind::Client, "c", 9),
        ]);
        assert!(bundle.refuses(RevokedKind::Token, "t", at(19)));
    }
}

//! The record of what was decided: append-only, without gaps, each entry sealed with the hash of the one before it.
//!
//! A seal is SHA-256 over the JSON array `[previous_hash, sequence, at, actor, event, subject, detail]`, so that anybody can recompute it. An edited,
//! removed or reordered entry breaks the chain where it happened. What the chain cannot show by itself is a cut-off end, or a history rewritten from
//! some entry on with new seals: for that, note the head now and then outside the database and give it to [`verify`].

use serde_json::{Value, json};
use sha2::{Digest, Sha256};
use sqlx::Executor;
use sqlx::any::AnyRow;

use super::{Table, people};
use crate::rows::{Columns, binds};
use crate::{Backend, Store, StoreError, WriteTx};

const HEAD: &str = "SELECT sequence, hash FROM audit_log ORDER BY sequence DESC LIMIT 1";

const APPEND: &str = "INSERT INTO audit_log (sequence, at, actor, event, subject, detail, previous_hash, hash)
     VALUES ($1, $2, $3, $4, $5, $6, $7, $8)";

const WALK: &str = "SELECT sequence, at, actor, event, subject, detail, previous_hash, hash FROM audit_log
     WHERE sequence > $1 ORDER BY sequence LIMIT $2";

const TAIL: &str =
    "SELECT a.sequence, a.at, a.actor, a.event, a.subject, a.detail, a.previous_hash, a.hash, COALESCE(p.name, '') AS actor_name
     FROM audit_log a LEFT JOIN people p ON p.id = a.actor ORDER BY a.sequence DESC LIMIT $1";

const NEXT_SEQUENCE: &str = "SELECT CAST(COALESCE(MAX(sequence), 0) + 1 AS BIGINT) AS next FROM audit_log";

pub(super) const TABLE: Table = Table::new("audit_log", &[HEAD, APPEND, WALK, TAIL, NEXT_SEQUENCE]);

/// PostgreSQL only: one appender at a time, readers go on. On SQLite the write lock does the same.
const LOCK_POSTGRES: &str = "LOCK TABLE audit_log IN SHARE ROW EXCLUSIVE MODE";

/// The seal before the first entry.
const GENESIS: &str = "0000000000000000000000000000000000000000000000000000000000000000";

/// Entries read at a time while walking.
const BATCH: i64 = 500;

/// Something to be recorded.
#[derive(Debug, Clone)]
pub struct AuditEvent {
    pub at: String,
    /// A person's id, or the name of a process: `operator`, `rollup`.
    pub actor: String,
    /// `claim.added`, `decision.made` …
    pub event: &'static str,
    /// The id of what it is about.
    pub subject: String,
    pub detail: Value,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AuditEntry {
    pub sequence: i64,
    pub at: String,
    pub actor: String,
    pub event: String,
    pub subject: String,
    /// JSON.
    pub detail: String,
    pub previous_hash: String,
    pub hash: String,
}

impl AuditEntry {
    fn seal(&self) -> String {
        let sealed = json!([self.previous_hash, self.sequence, self.at, self.actor, self.event, self.subject, self.detail]).to_string();
        hex::encode(Sha256::digest(sealed.as_bytes()))
    }

    fn read(row: &AnyRow) -> Result<Self, StoreError> {
        Ok(Self {
            sequence: row.int("sequence")?,
            at: row.text("at")?,
            actor: row.text("actor")?,
            event: row.text("event")?,
            subject: row.text("subject")?,
            detail: row.text("detail")?,
            previous_hash: row.text("previous_hash")?,
            hash: row.text("hash")?,
        })
    }
}

/// A place in the chain that was noted earlier.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AuditHead {
    pub sequence: i64,
    pub hash: String,
}

/// The first entry at which the chain does not hold.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum AuditFault {
    #[error("entry {0} is missing")]
    Missing(i64),
    #[error("entry {0} was altered: its fields do not match its seal")]
    Altered(i64),
    #[error("entry {0} does not follow the entry before it")]
    Unlinked(i64),
    #[error("entry {0} stands before the beginning of the log")]
    Misplaced(i64),
    #[error("entry {0} is not the one that was noted: the log was rewritten")]
    Rewritten(i64),
    #[error("the log ends before entry {0}, which was noted: its end was cut off")]
    CutOff(i64),
    #[error("the log is empty, yet people are on record, and whoever imported them left an entry: it was emptied")]
    Emptied,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AuditWalk {
    /// Entries that hold, counted from the first.
    pub entries: i64,
    /// The last entry that holds; `None` for an empty log.
    pub head: Option<AuditHead>,
    pub fault: Option<AuditFault>,
}

impl WriteTx {
    /// Seals `event` behind the last entry; it stands when the transaction commits. Appenders queue here until the one before them is done.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn append_audit(&mut self, event: &AuditEvent) -> Result<AuditHead, StoreError> {
        if self.backend() == Backend::Postgres {
            self.connection().execute(LOCK_POSTGRES).await?;
        }
        let last = self.find_row(HEAD, binds![], |row| Ok((row.int("sequence")?, row.text("hash")?))).await?;
        let (sequence, previous_hash) = last.unwrap_or_else(|| (0, GENESIS.to_owned()));
        let mut entry = AuditEntry {
            sequence: sequence + 1,
            at: event.at.clone(),
            actor: event.actor.clone(),
            event: event.event.to_owned(),
            subject: event.subject.clone(),
            detail: event.detail.to_string(),
            previous_hash,
            hash: String::new(),
        };
        entry.hash = entry.seal();
        let head = AuditHead { sequence: entry.sequence, hash: entry.hash.clone() };
        let place = binds![entry.sequence, entry.at, entry.actor, entry.event, entry.subject];
        self.execute(APPEND, place.and(entry.detail).and(entry.previous_hash).and(entry.hash)).await?;
        Ok(head)
    }

    /// The id of the record that the next audit event is about: `claim-00000042`. Ids follow the log, so later records have greater ones.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn next_record_id(&mut self, kind: &str) -> Result<String, StoreError> {
        let next = self.row(NEXT_SEQUENCE, binds![], |row| row.int("next")).await?;
        Ok(format!("{kind}-{next:08}"))
    }
}

/// Walks the whole log and stops at the first entry that does not hold. With `noted`, that entry must still be in the log as it was.
///
/// # Errors
/// When the database fails.
pub async fn verify(store: &Store, noted: Option<&AuditHead>) -> Result<AuditWalk, StoreError> {
    let mut walk = AuditWalk { entries: 0, head: None, fault: None };
    let mut after = i64::MIN;
    loop {
        let entries = store.rows(WALK, binds![after, BATCH], AuditEntry::read).await?;
        let is_end = entries.is_empty();
        for entry in entries {
            after = entry.sequence;
            if let Err(fault) = follows(&entry, walk.head.as_ref(), noted) {
                walk.fault = Some(fault);
                return Ok(walk);
            }
            walk.entries += 1;
            walk.head = Some(AuditHead { sequence: entry.sequence, hash: entry.hash });
        }
        if is_end {
            break;
        }
    }
    walk.fault = noted.filter(|noted| noted.sequence > walk.entries).map(|noted| AuditFault::CutOff(noted.sequence));
    if walk.entries == 0 && walk.fault.is_none() && people::is_anybody(store).await? {
        walk.fault = Some(AuditFault::Emptied);
    }
    Ok(walk)
}

fn follows(entry: &AuditEntry, last: Option<&AuditHead>, noted: Option<&AuditHead>) -> Result<(), AuditFault> {
    let (expected, previous_hash) = last.map_or((1, GENESIS), |head| (head.sequence + 1, head.hash.as_str()));
    if entry.sequence < expected {
        return Err(AuditFault::Misplaced(entry.sequence));
    }
    if entry.sequence > expected {
        return Err(AuditFault::Missing(expected));
    }
    if entry.seal() != entry.hash {
        return Err(AuditFault::Altered(entry.sequence));
    }
    if entry.previous_hash != previous_hash {
        return Err(AuditFault::Unlinked(entry.sequence));
    }
    if noted.is_some_and(|noted| noted.sequence == entry.sequence && noted.hash != entry.hash) {
        return Err(AuditFault::Rewritten(entry.sequence));
    }
    Ok(())
}

/// The last entries, oldest first, each with the actor's name where the actor is a person.
///
/// # Errors
/// When the database fails.
pub async fn tail(store: &Store, count: i64) -> Result<Vec<(AuditEntry, String)>, StoreError> {
    let mut entries = store.rows(TAIL, binds![count], |row| Ok((AuditEntry::read(row)?, row.text("actor_name")?))).await?;
    entries.reverse();
    Ok(entries)
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;
    use crate::testing::for_each_database;
    use proptest::prelude::*;

    fn event(subject: &str) -> AuditEvent {
        AuditEvent {
            at: "2026-11-23T09:00:00Z".into(),
            actor: "operator".into(),
            event: "test.happened",
            subject: subject.into(),
            detail: json!({ "text": subject, "amount": 1 }),
        }
    }

    async fn record(store: &Store, subjects: &[&str]) -> Vec<AuditHead> {
        let mut heads = Vec::new();
        for subject in subjects {
            let mut tx = store.begin_serialised().await.unwrap();
            heads.push(tx.append_audit(&event(subject)).await.unwrap());
            tx.commit().await.unwrap();
        }
        heads
    }

    #[tokio::test]
    async fn an_untouched_log_holds_and_an_empty_one_too() {
        for_each_database(|store| async move {
            assert_eq!(verify(&store, None).await.unwrap(), AuditWalk { entries: 0, head: None, fault: None });
            let heads = record(&store, &["a", "b\"é", "c"]).await;
            let walk = verify(&store, Some(&heads[0])).await.unwrap();
            assert_eq!((walk.entries, walk.fault), (3, None));
            assert_eq!(walk.head.as_ref(), heads.last());
        })
        .await;
    }

    #[tokio::test]
    async fn a_log_emptied_beside_the_records_it_speaks_of_does_not_hold() {
        for_each_database(|store| async move {
            record(&store, &["a"]).await;
            store.pool().execute("INSERT INTO people VALUES ('ann', 'Ann', 'ann@x.io', NULL)").await.unwrap();
            assert_eq!(verify(&store, None).await.unwrap().fault, None);
            store.pool().execute("DELETE FROM audit_log").await.unwrap();
            assert_eq!(verify(&store, None).await.unwrap().fault, Some(AuditFault::Emptied));
        })
        .await;
    }

    #[tokio::test]
    async fn each_way_of_tampering_is_found_at_the_first_broken_entry() {
        for (tampering, fault) in [
            ("UPDATE audit_log SET detail = '{}' WHERE sequence = 3", AuditFault::Altered(3)),
            ("UPDATE audit_log SET actor = 'somebody' WHERE sequence = 1", AuditFault::Altered(1)),
            ("UPDATE audit_log SET at = '2020-01-01T00:00:00Z' WHERE sequence = 5", AuditFault::Altered(5)),
            ("DELETE FROM audit_log WHERE sequence = 2", AuditFault::Missing(2)),
            ("DELETE FROM audit_log WHERE sequence = 1", AuditFault::Missing(1)),
            ("UPDATE audit_log SET sequence = CASE sequence WHEN 2 THEN -4 ELSE sequence END", AuditFault::Misplaced(-4)),
            ("UPDATE audit_log SET previous_hash = hash WHERE sequence = 4", AuditFault::Altered(4)),
        ] {
            for_each_database(|store| {
                let fault = fault.clone();
                async move {
                    record(&store, &["a", "b", "c", "d", "e"]).await;
                    store.pool().execute(tampering).await.unwrap();
                    assert_eq!(verify(&store, None).await.unwrap().fault, Some(fault), "{tampering}");
                }
            })
            .await;
        }
    }

    #[tokio::test]
    async fn two_entries_that_changed_places_are_found() {
        for_each_database(|store| async move {
            record(&store, &["a", "b", "c", "d"]).await;
            for statement in [
                "UPDATE audit_log SET sequence = 99 WHERE sequence = 2",
                "UPDATE audit_log SET sequence = 2 WHERE sequence = 3",
                "UPDATE audit_log SET sequence = 3 WHERE sequence = 99",
            ] {
                store.pool().execute(statement).await.unwrap();
            }
            assert_eq!(verify(&store, None).await.unwrap().fault, Some(AuditFault::Altered(2)));
        })
        .await;
    }

    #[tokio::test]
    async fn an_entry_resealed_after_an_edit_breaks_the_link_to_the_next() {
        for_each_database(|store| async move {
            record(&store, &["a", "b", "c"]).await;
            let (mut entry, _) = tail(&store, 2).await.unwrap().remove(0);
            entry.subject = "forged".into();
            let forged = entry.seal();
            sqlx::query("UPDATE audit_log SET subject = 'forged', hash = $1 WHERE sequence = 2")
                .bind(forged)
                .execute(store.pool())
                .await
                .unwrap();
            assert_eq!(verify(&store, None).await.unwrap().fault, Some(AuditFault::Unlinked(3)));
        })
        .await;
    }

    #[tokio::test]
    async fn a_cut_off_or_rewritten_end_is_found_only_with_a_noted_head() {
        for_each_database(|store| async move {
            let heads = record(&store, &["a", "b", "c"]).await;
            store.pool().execute("DELETE FROM audit_log WHERE sequence = 3").await.unwrap();
            assert_eq!(verify(&store, None).await.unwrap().fault, None);
            assert_eq!(verify(&store, heads.last()).await.unwrap().fault, Some(AuditFault::CutOff(3)));
            record(&store, &["another c"]).await;
            assert_eq!(verify(&store, heads.last()).await.unwrap().fault, Some(AuditFault::Rewritten(3)));
            assert_eq!(verify(&store, heads.get(1)).await.unwrap().fault, None);
        })
        .await;
    }

    #[tokio::test]
    async fn concurrent_writers_leave_one_chain_without_gaps() {
        for_each_database(|store| async move {
            let mut writers = tokio::task::JoinSet::new();
            for writer in 0..6 {
                let store = store.clone();
                writers.spawn(async move {
                    for turn in 0..5 {
                        // Not serialised from the start: appending alone must queue. Every third one is given up.
                        let mut tx = store.begin_write().await.unwrap();
                        tx.append_audit(&event(&format!("{writer}-{turn}"))).await.unwrap();
                        if turn % 3 == 2 { tx.rollback().await.unwrap() } else { tx.commit().await.unwrap() }
                    }
                });
            }
            while let Some(done) = writers.join_next().await {
                done.unwrap();
            }
            let walk = verify(&store, None).await.unwrap();
            assert_eq!((walk.entries, walk.fault), (24, None));
            let subjects: BTreeSet<_> = tail(&store, 100).await.unwrap().into_iter().map(|(entry, _)| entry.subject).collect();
            assert_eq!(subjects.len(), 24);
        })
        .await;
    }

    #[tokio::test]
    async fn a_long_log_is_walked_in_batches() {
        for_each_database(|store| async move {
            let mut tx = store.begin_serialised().await.unwrap();
            for entry in 0..(BATCH + 2) {
                tx.append_audit(&event(&entry.to_string())).await.unwrap();
            }
            tx.commit().await.unwrap();
            assert_eq!(verify(&store, None).await.unwrap().entries, BATCH + 2);
        })
        .await;
    }

    proptest! {
        #[test]
        fn moving_text_between_fields_changes_the_seal(a in "[ab\",]{0,4}", b in "[ab\",]{0,4}", c in "[ab\",]{0,4}", d in "[ab\",]{0,4}") {
            let entry = |actor: &str, subject: &str| AuditEntry {
                sequence: 1, at: String::new(), actor: actor.into(), event: String::new(), subject: subject.into(),
                detail: String::new(), previous_hash: GENESIS.into(), hash: String::new(),
            };
            prop_assert_eq!(entry(&a, &b).seal() == entry(&c, &d).seal(), (&a, &b) == (&c, &d));
        }
    }
}

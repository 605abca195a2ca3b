//! The rows that the thread that writes has seen lately.

use std::collections::HashMap;

use crate::{InstanceId, model::Row};

/// Rows of one generation; at most twice as many are held. A row takes about half a kilobyte.
const GENERATION: usize = 4 * 1024;

/// A bounded cache in two generations: what is used moves to the young one; when that is full, the old one is dropped.
#[derive(Debug, Default)]
pub(super) struct Rows {
    young: HashMap<InstanceId, Row>,
    old: HashMap<InstanceId, Row>,
}

impl Rows {
    pub(super) fn get(&self, id: &InstanceId) -> Option<&Row> {
        self.young.get(id).or_else(|| self.old.get(id))
    }

    pub(super) fn remove(&mut self, id: &InstanceId) {
        self.young.remove(id);
        self.old.remove(id);
    }

    pub(super) fn insert(&mut self, row: Row) {
        if self.young.len() >= GENERATION {
            self.old = std::mem::take(&mut self.young);
        }
        self.young.insert(row.head.id.clone(), row);
    }
}

#[cfg(test)]
mod tests {
    use cairn_replay::{Instant, Seq};

    use super::*;
    use crate::{Digest, Head, Status, format::Chain};

    fn row(number: usize, next: u64) -> Row {
        let head = Head {
            id: InstanceId { tenant: "t".into(), instance: number.to_string() },
            workflow: "w".into(),
            digest: Digest("sha256:0".into()),
            status: Status::Ready,
            next: Seq(next),
            started: Instant(0),
            changed: Instant(0),
        };
        Row { head, chain: Chain([0; Chain::LEN]), timer: None }
    }

    #[test]
    fn it_keeps_the_newest_of_a_bounded_number() {
        let mut rows = Rows::default();
        for number in 0..3 * GENERATION {
            rows.insert(row(number, 1));
            rows.insert(row(0, number as u64));
        }
        let last = 3 * GENERATION - 1;
        assert_eq!(
            rows.get(&row(0, 0).head.id),
            Some(&row(0, last as u64)),
            "one in use stays, as it was last"
        );
        assert_eq!(rows.get(&row(last, 0).head.id), Some(&row(last, 1)));
        assert_eq!(rows.get(&row(1, 0).head.id), None, "one that nobody used goes");
        assert!(rows.young.len() + rows.old.len() <= 2 * GENERATION);
    }
}

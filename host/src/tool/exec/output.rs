//! What a command writes: all of it is read, so that the command never waits for us, and both ends of it are kept.

use std::collections::VecDeque;

use tokio::io::{AsyncRead, AsyncReadExt};

/// How much of an output is kept: 1 MiB, half of it from its end.
pub(super) const CAP: usize = 1 << 20;
const HALF: usize = CAP / 2;

/// The first and the last half mebibyte.
#[derive(Default)]
pub(super) struct Output {
    head: Vec<u8>,
    tail: VecDeque<u8>,
    left_out: u64,
}

impl Output {
    /// Reads until the end. What was read stays here, also if this is given up half-way.
    pub(super) async fn fill(&mut self, mut pipe: impl AsyncRead + Unpin) {
        let mut buffer = vec![0; 64 << 10];
        // A pipe that cannot be read has nothing more to give: that is an end too.
        while let Ok(read @ 1..) = pipe.read(&mut buffer).await {
            self.take(buffer.get(..read).unwrap_or_default());
        }
    }

    fn take(&mut self, bytes: &[u8]) {
        let (first, rest) = bytes.split_at(bytes.len().min(HALF - self.head.len()));
        self.head.extend_from_slice(first);
        self.tail.extend(rest);
        let over = self.tail.len().saturating_sub(HALF);
        self.tail.drain(..over);
        self.left_out += over as u64;
    }

    /// As text: what is no UTF-8 becomes U+FFFD, and what was left out is told in a line of its own.
    pub(super) fn into_text(mut self) -> String {
        if self.left_out == 0 {
            self.head.extend(self.tail);
            return String::from_utf8_lossy(&self.head).into_owned();
        }
        let tail: Vec<u8> = self.tail.into();
        let (head, cut_head) = without_torn_end(&self.head);
        let (tail, cut_tail) = without_torn_start(&tail);
        let bytes = self.left_out + (cut_head + cut_tail) as u64;
        format!(
            "{}\n[… {bytes} bytes left out here: the output is over {} KiB …]\n{}",
            String::from_utf8_lossy(head),
            CAP >> 10,
            String::from_utf8_lossy(tail)
        )
    }
}

/// Without the beginning of a character whose rest is cut off; how much that is, in bytes.
fn without_torn_end(bytes: &[u8]) -> (&[u8], usize) {
    let torn = (1..=3.min(bytes.len())).find(|&back| {
        let wanted = match bytes.get(bytes.len() - back) {
            Some(0xC0..0xE0) => 2,
            Some(0xE0..0xF0) => 3,
            Some(0xF0..0xF8) => 4,
            _ => 0,
        };
        wanted > back
    });
    let torn = torn.unwrap_or(0);
    (bytes.get(..bytes.len() - torn).unwrap_or_default(), torn)
}

/// Without the end of a character whose beginning is cut off; how much that is, in bytes.
fn without_torn_start(bytes: &[u8]) -> (&[u8], usize) {
    let torn = bytes.iter().take(3).take_while(|byte| matches!(byte, 0x80..0xC0)).count();
    (bytes.get(torn..).unwrap_or_default(), torn)
}

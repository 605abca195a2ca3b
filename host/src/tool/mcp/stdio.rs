//! A program that is talked to in lines: one JSON message each, over its input and output.

use std::sync::atomic::{AtomicBool, Ordering};

use serde_json::Value;
use tokio::io::{AsyncBufReadExt, AsyncWriteExt, BufReader};

use super::{
    super::{Attempt, Failed, exec::Program, failure::failure},
    CALL, INITIALIZE, answers, failed, initialize, initialized, taken, tools_call,
};

/// A line that is longer is no answer, in bytes.
const LONGEST: usize = 8 << 20;

/// One session with one call; the program ends with it.
pub(super) async fn call(
    program: &Program,
    attempt: &Attempt,
    what: &str,
    left: &AtomicBool,
) -> Result<Value, Failed> {
    let lost =
        |why: String| failed(left, failure("tool_failed", format!("the MCP server of `{what}` {why}")));
    let mut running = program.start(what, &attempt.idempotency_key)?;
    let (Some(mut input), Some(output)) = (running.child.stdin.take(), running.child.stdout.take()) else {
        return Err(lost("cannot be talked to".to_owned()));
    };
    let mut lines = BufReader::new(output);
    for (message, awaited) in
        [(initialize(), Some(INITIALIZE)), (initialized(), None), (tools_call(attempt), Some(CALL))]
    {
        let line = format!("{message}\n");
        left.store(awaited == Some(CALL), Ordering::SeqCst);
        input.write_all(line.as_bytes()).await.map_err(|e| lost(format!("ended before it answered: {e}")))?;
        let Some(id) = awaited else { continue };
        let answer = taken(what, answer(&mut lines, id).await.map_err(&lost)?)?;
        if id == CALL {
            return Ok(answer);
        }
    }
    Err(lost("gave no answer".to_owned()))
}

/// The next answer to this request; what else it says (its log, its own requests) is passed over.
async fn answer(lines: &mut (impl AsyncBufReadExt + Unpin), id: u64) -> Result<Value, String> {
    let mut read = 0;
    loop {
        let mut line = String::new();
        match lines.read_line(&mut line).await {
            Ok(0) => return Err("ended before it answered".to_owned()),
            Ok(bytes) => read += bytes,
            Err(error) => return Err(format!("cannot be read: {error}")),
        }
        if read > LONGEST {
            return Err(format!("said more than {} MiB", LONGEST >> 20));
        }
        if let Some(answer) = serde_json::from_str(&line).ok().filter(|message| answers(message, id)) {
            return Ok(answer);
        }
    }
}

//! Starts a job and looks after it, with growing pauses.

use std::time::Duration;

use cairn::Failure;
use serde::Deserialize;
use serde_json::json;

#[derive(Deserialize)]
struct Input {
    scene: String,
}

#[derive(Deserialize)]
struct Job {
    id: String,
}

#[derive(Deserialize)]
struct State {
    state: String,
    url: Option<String>,
}

fn run(input: Input) -> Result<String, Failure> {
    let job: Job = cairn::call("start", "render.start", json!({ "scene": input.scene }))?.wait()?;
    for round in 0..20_u32 {
        let seen: State =
            cairn::call(&cairn::key!("look[{}]/seen", round), "render.look", json!({ "id": job.id }))?.wait()?;
        match seen.state.as_str() {
            "done" => return seen.url.ok_or_else(|| Failure::new("bad_data", "it is done and nowhere")),
            "failed" => return Err(Failure::new("job_failed", format!("the job {} failed", job.id))),
            _ => {
                let pause = Duration::from_millis(100 * 2_u64.pow(round.min(6)));
                cairn::sleep(&cairn::key!("look[{}]/sleep", round), pause).wait()?;
            }
        }
    }
    Err(Failure::new("timeout", "the job did not come to its end"))
}

cairn::workflow!(run);

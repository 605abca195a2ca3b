//! Sleeping, clocks and chance.

use std::{
    collections::HashSet,
    hash::{BuildHasher, RandomState},
    hint, thread,
    time::{Duration, Instant, SystemTime, UNIX_EPOCH},
};

use cairn::Failure;
use serde_json::json;

use crate::{Given, go};

fn millis(at: SystemTime) -> Result<u64, Failure> {
    Ok(u64::try_from(at.duration_since(UNIX_EPOCH)?.as_millis())?)
}

pub fn sleep(ms: u64) -> Given {
    let before = millis(SystemTime::now())?;
    cairn::sleep("nap", Duration::from_millis(ms)).wait()?;
    Ok(json!(millis(SystemTime::now())? - before))
}

pub fn sleep_native(ms: u64) -> Given {
    let before = millis(SystemTime::now())?;
    thread::sleep(Duration::from_millis(ms));
    Ok(json!(millis(SystemTime::now())? - before))
}

pub fn sleep_until(at: u64) -> Given {
    cairn::sleep_until("until", UNIX_EPOCH + Duration::from_millis(at)).wait()?;
    Ok(json!(millis(SystemTime::now())?))
}

pub fn time() -> Given {
    let (wall, steady) = (SystemTime::now(), Instant::now());
    (0..100_000).for_each(|n| {
        hint::black_box(n);
    });
    let frozen = SystemTime::now() == wall && Instant::now() == steady;
    let wall = millis(wall)?;
    println!("wall {wall}");
    go()?;
    Ok(json!({ "frozen": frozen, "wall": wall }))
}

pub fn random() -> Given {
    let draw = || RandomState::new().hash_one("a");
    let drawn = format!("{} {}", draw(), draw());
    println!("{drawn}");
    go()?;
    Ok(json!(drawn))
}

pub fn order() -> Given {
    let walked: String = ('a'..='j').collect::<HashSet<_>>().into_iter().collect();
    println!("{walked}");
    go()?;
    Ok(json!(walked))
}

pub fn now() -> Given {
    let now = millis(cairn::now("moment"))?;
    println!("now {now}");
    go()?;
    Ok(json!(now))
}

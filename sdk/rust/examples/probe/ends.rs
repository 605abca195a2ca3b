//! What it says, how it ends, and what is closed to it.

use std::{env, fs, net::TcpStream};

use cairn::Level;
use serde_json::{Value, json};

use crate::{Given, go};

pub fn cancel_seen() -> Given {
    go().inspect_err(|failure| {
        if failure.is("cancelled") {
            println!("cleaning up");
        }
    })
}

pub fn endless() -> Given {
    loop {
        std::hint::black_box(0);
    }
}

pub fn memory() -> Given {
    let mut kept = Vec::new();
    loop {
        kept.push(vec![1_u8; 1 << 20]);
        std::hint::black_box(&kept);
    }
}

pub fn restart(n: u32) -> Given {
    match n.checked_sub(1) {
        Some(less) => cairn::restart(&json!({ "case": "restart", "n": less })),
        None => Ok(json!("done")),
    }
}

pub fn expose() -> Given {
    cairn::expose(&json!({ "at": "door" }))?;
    go()?;
    Ok(Value::Null)
}

pub fn log() -> Given {
    cairn::log(Level::Info, "noted", &json!({ "n": 1 }));
    cairn::log(Level::Warn, "careful", &Value::Null);
    go()?;
    Ok(Value::Null)
}

pub fn print() -> Given {
    println!("one");
    eprintln!("two");
    go()?;
    print!("three");
    Ok(Value::Null)
}

pub fn closed() -> Value {
    json!({ "file": fs::read("/etc/passwd").is_ok(), "vars": env::vars().count(), "args": env::args().skip(1).count() })
}

/// What connecting to somewhere says.
pub fn network() -> Value {
    let said = |to: &str| TcpStream::connect(to).map_or_else(|e| e.to_string(), |_| "open".to_owned());
    json!({ "address": said("127.0.0.1:80"), "name": said("localhost:80") })
}

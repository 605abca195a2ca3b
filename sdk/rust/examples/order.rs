//! An order: what was done is undone, newest first, when a later step fails.

use std::time::Duration;

use cairn::{Failure, Options, Retry};
use serde::{Deserialize, Serialize};
use serde_json::json;

#[derive(Deserialize)]
struct Order {
    id: String,
    items: Vec<String>,
    cents: u64,
}

#[derive(Deserialize)]
struct Hold {
    hold: String,
}

#[derive(Deserialize)]
struct Charge {
    charge: String,
}

#[derive(Serialize)]
struct Receipt {
    order: String,
    charge: String,
}

fn run(order: Order) -> Result<Receipt, Failure> {
    let patient = Options::default().timeout(Duration::from_secs(10)).retry(Retry::times(4));
    for item in &order.items {
        let key = cairn::key!("item[{}]", item);
        let held: Hold =
            cairn::call_with(&format!("{key}/hold"), "inventory.reserve", json!({ "item": item }), &patient)?
                .wait()?;
        cairn::undo(&format!("{key}/hold.undo"), "inventory.release", json!({ "hold": held.hold }), &patient)?;
    }
    let paid: Charge = cairn::call_with(
        "charge",
        "payments.charge",
        json!({ "order": order.id, "cents": order.cents }),
        &patient,
    )?
    .wait()?;
    cairn::undo("charge.undo", "payments.refund", json!({ "charge": paid.charge }), &patient)?;
    cairn::call_with::<serde_json::Value>("ship", "dispatch.book", json!({ "order": order.id }), &patient)?
        .wait()?;
    Ok(Receipt { order: order.id, charge: paid.charge })
}

cairn::workflow!(run);

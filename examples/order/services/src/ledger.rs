//! What the three services did and know: the work itself, without network and time.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use crate::http::Answer;

/// No shop has it.
const OUT_OF_STOCK: &str = "unobtainium";

/// The number that payment providers give for testing a declined card.
const DECLINED: &str = "4000000000000002";

/// What is held, charged and booked.
#[derive(Default)]
pub(crate) struct Ledger {
    made: u64,
    open: BTreeMap<String, Value>,
}

impl Ledger {
    /// Does the work, once more each time it is asked.
    pub(crate) fn work(&mut self, operation: &str, arguments: &Value) -> Answer {
        let text = |name: &str| arguments.get(name).and_then(Value::as_str).unwrap_or_default();
        match operation {
            "inventory.reserve" if text("sku") == OUT_OF_STOCK => {
                let message = format!("there is no {} left", text("sku"));
                (409, json!({ "error": "out_of_stock", "message": message, "sku": text("sku") }))
            }
            "payments.charge" if text("card").replace([' ', '-'], "") == DECLINED => (
                402,
                json!({ "error": "card_declined", "message": "the bank declined the card", "code": "do_not_honour" }),
            ),
            "inventory.reserve" => self.open("hold", arguments),
            "payments.charge" => self.open("charge", arguments),
            "dispatch.book" => self.open("parcel", arguments),
            "inventory.release" | "payments.refund" | "dispatch.cancel" => self.close(text("id")),
            "dispatch.send" => (200, Value::Null),
            _ => {
                let message = format!("there is no operation {operation}");
                (404, json!({ "error": "unknown_operation", "message": message }))
            }
        }
    }

    /// What is open: id and the arguments that it was made with.
    pub(crate) fn all_open(&self) -> Value {
        json!(self.open)
    }

    fn open(&mut self, kind: &str, arguments: &Value) -> Answer {
        self.made += 1;
        let id = format!("{kind}-{}", self.made);
        self.open.insert(id.clone(), arguments.clone());
        (200, json!({ "id": id }))
    }

    fn close(&mut self, id: &str) -> Answer {
        match self.open.remove(id) {
            Some(_) => (200, Value::Null),
            None => (404, json!({ "error": "not_open", "message": format!("nothing called {id} is open") })),
        }
    }
}

//! Keys with data in them.

use std::fmt::{Display, Write as _};

/// A key with data in it, as of one item: `key!("item[{}]/hold", item.sku)` is `item[a%2Fb]/hold` for the item `a/b`. Text from data cannot be taken for a
/// part of the key so.
#[macro_export]
macro_rules! key {
    ($format:literal $(, $data:expr)* $(,)?) => {
        ::std::format!($format $(, $crate::__encoded(&$data))*)
    };
}

/// What [`key!`](crate::key) makes of data: the key's own signs are percent-encoded.
#[doc(hidden)]
pub fn __encoded(data: &impl Display) -> String {
    let mut key = String::new();
    for sign in data.to_string().chars() {
        match sign {
            '%' | '/' | '[' | ']' => {
                // Writing to a text cannot fail.
                let _ = write!(key, "%{:02X}", u32::from(sign));
            }
            sign => key.push(sign),
        }
    }
    key
}

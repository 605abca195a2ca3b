//! Records, maps and json looked into.

use crate::list::{self, Part};
use crate::number::Number;
use crate::table::Table;
use crate::value::{NULL, V, Value, count};

/// The field, or null: also of what has no fields.
#[unsafe(no_mangle)]
extern "C" fn rt_field(of: V, name: V) -> V {
    of.as_record().map_or(&NULL, |table| table.get_or_null(name.as_text()))
}

/// `of[at]` by whatever they are.
#[unsafe(no_mangle)]
extern "C" fn rt_index(of: V, at: V) -> V {
    match (of, at) {
        (Value::Record(table), Value::Text(name)) => table.get_or_null(name.get()),
        (Value::List(items), _) => {
            Number::of(at).and_then(|n| n.to_int()).map_or(&NULL, |at| list::item(items.items(), at))
        }
        _ => &NULL,
    }
}

#[unsafe(no_mangle)]
extern "C" fn rt_has(map: V, name: V) -> u32 {
    u32::from(map.as_record().is_some_and(|table| table.get(name.as_text()).is_some()))
}

#[unsafe(no_mangle)]
extern "C" fn rt_map_len(map: V) -> i64 {
    count(map.as_record().map_or(&[][..], Table::entries).len())
}

#[unsafe(no_mangle)]
extern "C" fn rt_keys(map: V) -> V {
    list::entries(map, Part::Names)
}

#[unsafe(no_mangle)]
extern "C" fn rt_values(map: V) -> V {
    list::entries(map, Part::Values)
}

#[unsafe(no_mangle)]
extern "C" fn rt_entries(map: V) -> V {
    list::entries(map, Part::Both)
}

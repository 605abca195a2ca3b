//! Values being built, and boxes for machine numbers.

use alloc::{boxed::Box, vec::Vec};

use super::or;
use crate::draft::{Draft, Last};
use crate::json::parse;
use crate::table::Table;
use crate::text::push_shown;
use crate::value::{self, List, V, Value, keep};
use crate::{key, time};

/// A list being built: of its own items, or of those of another and more.
enum Items {
    New(Vec<V>),
    Grown(List),
}

static LAST: Last = Last::none();

/// Raw room for an environment.
#[unsafe(no_mangle)]
extern "C" fn rt_room(bytes: usize) -> *mut u64 {
    let room: Vec<u64> = alloc::vec![0; bytes.div_ceil(8)];
    room.leak().as_mut_ptr()
}

#[unsafe(no_mangle)]
extern "C" fn rt_int(n: i64) -> V {
    value::int(n)
}

#[unsafe(no_mangle)]
extern "C" fn rt_float(x: f64) -> V {
    value::float(x)
}

#[unsafe(no_mangle)]
extern "C" fn rt_bool(b: u32) -> V {
    value::truth(b != 0)
}

#[unsafe(no_mangle)]
extern "C" fn rt_duration(n: i64) -> V {
    keep(Value::Duration(n))
}

#[unsafe(no_mangle)]
extern "C" fn rt_time(n: i64) -> V {
    keep(Value::Time(n))
}

#[unsafe(no_mangle)]
extern "C" fn rt_list_new(room: usize) -> Box<Items> {
    Box::new(Items::New(Vec::with_capacity(room)))
}

#[unsafe(no_mangle)]
extern "C" fn rt_list_add(mut list: Box<Items>, item: V) -> Box<Items> {
    match &mut *list {
        Items::New(items) => items.push(item),
        Items::Grown(grown) => *grown = grown.grown(item),
    }
    list
}

#[unsafe(no_mangle)]
extern "C" fn rt_list_spread(mut list: Box<Items>, items: V) -> Box<Items> {
    match (&mut *list, items) {
        (Items::New(new), Value::List(of)) if new.is_empty() => *list = Items::Grown(*of),
        (Items::New(new), _) => new.extend_from_slice(items.items()),
        (Items::Grown(grown), _) => *grown = grown.grown_by(items.items()),
    }
    list
}

#[unsafe(no_mangle)]
extern "C" fn rt_list_end(list: Box<Items>) -> V {
    match *list {
        Items::New(items) => value::list(items),
        Items::Grown(list) => keep(Value::List(list)),
    }
}

/// The list with one more item.
#[unsafe(no_mangle)]
extern "C" fn rt_append(list: V, item: V) -> V {
    match list {
        Value::List(list) => keep(Value::List(list.grown(item))),
        _ => keep(Value::List(List::new(alloc::vec![item]))),
    }
}

#[unsafe(no_mangle)]
extern "C" fn rt_record_new(room: usize) -> Box<Table> {
    Box::new(Table::new(room))
}

#[unsafe(no_mangle)]
extern "C" fn rt_record_put(mut table: Box<Table>, name: V, value: V) -> Box<Table> {
    table.put(name.as_text(), value);
    table
}

#[unsafe(no_mangle)]
extern "C" fn rt_record_spread(mut table: Box<Table>, of: V) -> Box<Table> {
    for entry in of.as_record().map_or(&[][..], Table::entries) {
        table.put(entry.name, entry.value);
    }
    table
}

#[unsafe(no_mangle)]
extern "C" fn rt_record_end(table: Box<Table>) -> V {
    keep(Value::Record(Box::leak(table)))
}

#[unsafe(no_mangle)]
extern "C" fn rt_text_new() -> Box<Draft> {
    Box::new(Draft::new())
}

/// A text as it stands.
#[unsafe(no_mangle)]
extern "C" fn rt_text_chunk(mut text: Box<Draft>, chunk: V) -> Box<Draft> {
    text.push(&LAST, chunk.as_text());
    text
}

/// Any value, as it stands in a text.
#[unsafe(no_mangle)]
extern "C" fn rt_text_add(mut text: Box<Draft>, value: V) -> Box<Draft> {
    match value {
        Value::Text(part) => text.push(&LAST, part.get()),
        _ => or(text.write(|out| push_shown(out, value)), ()),
    }
    text
}

#[unsafe(no_mangle)]
extern "C" fn rt_text_int(mut text: Box<Draft>, n: i64) -> Box<Draft> {
    text.write(|out| crate::number::push_int(out, n));
    text
}

#[unsafe(no_mangle)]
extern "C" fn rt_text_time(mut text: Box<Draft>, n: i64) -> Box<Draft> {
    text.write(|out| time::push(out, n));
    text
}

#[unsafe(no_mangle)]
extern "C" fn rt_text_duration(mut text: Box<Draft>, n: i64) -> Box<Draft> {
    text.write(|out| time::push_duration(out, n));
    text
}

/// A part of a key.
#[unsafe(no_mangle)]
extern "C" fn rt_text_key(mut text: Box<Draft>, part: V) -> Box<Draft> {
    text.write(|out| key::push_part(out, part));
    text
}

#[unsafe(no_mangle)]
extern "C" fn rt_text_end(text: Box<Draft>) -> V {
    text.end(&LAST)
}

/// Two texts, one behind the other.
pub(super) fn concat(a: &str, b: &str) -> V {
    let mut text = Draft::new();
    text.push(&LAST, a);
    text.push(&LAST, b);
    text.end(&LAST)
}

/// A constant that is written as JSON.
#[unsafe(no_mangle)]
extern "C" fn rt_parse_json(text: V) -> V {
    super::or_null(parse(text.as_text()))
}

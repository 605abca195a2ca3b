//! Values being built, and boxes for machine numbers.

use alloc::{boxed::Box, string::String, vec::Vec};

use super::or;
use crate::json::parse;
use crate::table::Table;
use crate::text::push_shown;
use crate::value::{self, List, V, Value, keep};
use crate::{key, time};

/// A list being built.
struct Items(Vec<V>);

/// A text being built.
struct Draft(String);

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
    Box::new(Items(Vec::with_capacity(room)))
}

#[unsafe(no_mangle)]
extern "C" fn rt_list_add(mut list: Box<Items>, item: V) -> Box<Items> {
    list.0.push(item);
    list
}

#[unsafe(no_mangle)]
extern "C" fn rt_list_spread(mut list: Box<Items>, items: V) -> Box<Items> {
    list.0.extend_from_slice(items.items());
    list
}

#[unsafe(no_mangle)]
extern "C" fn rt_list_end(list: Box<Items>) -> V {
    value::list(core::mem::take(&mut Box::leak(list).0))
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
    Box::new(Draft(String::with_capacity(32)))
}

/// A text as it stands.
#[unsafe(no_mangle)]
extern "C" fn rt_text_chunk(mut text: Box<Draft>, chunk: V) -> Box<Draft> {
    text.0.push_str(chunk.as_text());
    text
}

/// Any value, as it stands in a text.
#[unsafe(no_mangle)]
extern "C" fn rt_text_add(mut text: Box<Draft>, value: V) -> Box<Draft> {
    or(push_shown(&mut text.0, value), ());
    text
}

#[unsafe(no_mangle)]
extern "C" fn rt_text_int(mut text: Box<Draft>, n: i64) -> Box<Draft> {
    crate::number::push_int(&mut text.0, n);
    text
}

#[unsafe(no_mangle)]
extern "C" fn rt_text_time(mut text: Box<Draft>, n: i64) -> Box<Draft> {
    time::push(&mut text.0, n);
    text
}

#[unsafe(no_mangle)]
extern "C" fn rt_text_duration(mut text: Box<Draft>, n: i64) -> Box<Draft> {
    time::push_duration(&mut text.0, n);
    text
}

/// A part of a key.
#[unsafe(no_mangle)]
extern "C" fn rt_text_key(mut text: Box<Draft>, part: V) -> Box<Draft> {
    key::push_part(&mut text.0, part);
    text
}

#[unsafe(no_mangle)]
extern "C" fn rt_text_end(text: Box<Draft>) -> V {
    value::text(core::mem::take(&mut Box::leak(text).0))
}

/// A constant that is written as JSON.
#[unsafe(no_mangle)]
extern "C" fn rt_parse_json(text: V) -> V {
    super::or_null(parse(text.as_text()))
}

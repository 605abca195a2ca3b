//! Types at run time, equality and order.

use super::{or, or_null};
use crate::decode::{Desc, Path, convert, decode};
use crate::json::{plain, print};
use crate::number::Number;
use crate::order::{compare, equal};
use crate::value::{self, V};
use crate::{list, text};

/// Fails `bad_data` with a path that begins with the text of `root`.
#[unsafe(no_mangle)]
extern "C" fn rt_decode(value: V, desc: &'static Desc, root: V) -> V {
    or_null(decode(desc, value, &Path::Root(root.as_text())))
}

#[unsafe(no_mangle)]
extern "C" fn rt_convert(value: V, desc: &'static Desc) -> V {
    convert(desc, value)
}

#[unsafe(no_mangle)]
extern "C" fn rt_plain(value: V) -> V {
    or_null(plain(value))
}

/// The int of a number in json.
#[unsafe(no_mangle)]
extern "C" fn rt_as_int(value: V) -> i64 {
    match value {
        value::Value::Duration(n) | value::Value::Time(n) => *n,
        _ => Number::of(value).and_then(|n| n.to_int()).unwrap_or(0),
    }
}

/// The float of a number in json.
#[unsafe(no_mangle)]
extern "C" fn rt_as_float(value: V) -> f64 {
    Number::of(value).and_then(|n| n.to_float()).unwrap_or(0.0)
}

#[unsafe(no_mangle)]
extern "C" fn rt_equal(a: V, b: V) -> u32 {
    u32::from(or(equal(a, b), false))
}

/// -1, 0 or 1.
#[unsafe(no_mangle)]
extern "C" fn rt_compare(a: V, b: V) -> i32 {
    compare(a, b) as i32
}

#[unsafe(no_mangle)]
extern "C" fn rt_hash(value: V) -> V {
    or_null(list::digest(value).map(value::text))
}

#[unsafe(no_mangle)]
extern "C" fn rt_to_json(value: V) -> V {
    or_null(print(value).map(value::text))
}

#[unsafe(no_mangle)]
extern "C" fn rt_to_text(value: V) -> V {
    let mut out = alloc::string::String::new();
    or_null(text::push_shown(&mut out, value).map(|()| value::text(out)))
}

//! Lists, and lambdas by their place in the table.

use core::cmp::Ordering;

use super::{current, or, or_null};
use crate::fault::{Failure, Fault};
use crate::list::{self, Lambda};
use crate::value::{self, NULL, V, count};

/// A compiled lambda: its environment, the item, and the item's place. Its type is no other function's in the table, so that
/// what only others could call is left out of a component.
type Code = extern "C" fn(*const u64, V, i64) -> Option<V>;

struct Closure {
    environment: *const u64,
    code: Code,
}

impl Lambda for Closure {
    fn call(&self, item: V, at: usize) -> Result<V, Fault> {
        match (self.code)(self.environment, item, count(at)) {
            Some(value) => Ok(value),
            None => Err(current().unwrap_or_else(Failure::too_deep)),
        }
    }
}

#[unsafe(no_mangle)]
extern "C" fn rt_map(items: V, environment: *const u64, code: Code) -> V {
    or_null(list::map(items.items(), &Closure { environment, code }))
}

#[unsafe(no_mangle)]
extern "C" fn rt_filter(items: V, environment: *const u64, code: Code) -> V {
    or_null(list::filter(items.items(), &Closure { environment, code }))
}

#[unsafe(no_mangle)]
extern "C" fn rt_any(items: V, environment: *const u64, code: Code) -> u32 {
    u32::from(or(list::find(items.items(), &Closure { environment, code }, true), None).is_some())
}

#[unsafe(no_mangle)]
extern "C" fn rt_all(items: V, environment: *const u64, code: Code) -> u32 {
    u32::from(or(list::find(items.items(), &Closure { environment, code }, false), None).is_none())
}

#[unsafe(no_mangle)]
extern "C" fn rt_find(items: V, environment: *const u64, code: Code) -> V {
    or(list::find(items.items(), &Closure { environment, code }, true), None).unwrap_or(&NULL)
}

#[unsafe(no_mangle)]
extern "C" fn rt_sort_by(items: V, environment: *const u64, code: Code) -> V {
    or_null(list::sort_by(items.items(), &Closure { environment, code }))
}

#[unsafe(no_mangle)]
extern "C" fn rt_group_by(items: V, environment: *const u64, code: Code) -> V {
    or_null(list::group_by(items.items(), &Closure { environment, code }))
}

#[unsafe(no_mangle)]
extern "C" fn rt_list_len(items: V) -> i64 {
    count(items.items().len())
}

#[unsafe(no_mangle)]
extern "C" fn rt_item(items: V, at: i64) -> V {
    list::item(items.items(), at)
}

#[unsafe(no_mangle)]
extern "C" fn rt_sum_int(items: V) -> i64 {
    or(list::sum_int(items.items()), 0)
}

#[unsafe(no_mangle)]
extern "C" fn rt_sum_float(items: V) -> f64 {
    or(list::sum_float(items.items()), 0.0)
}

#[unsafe(no_mangle)]
extern "C" fn rt_min_of(items: V) -> V {
    list::extreme(items.items(), Ordering::Less)
}

#[unsafe(no_mangle)]
extern "C" fn rt_max_of(items: V) -> V {
    list::extreme(items.items(), Ordering::Greater)
}

#[unsafe(no_mangle)]
extern "C" fn rt_unique(items: V) -> V {
    or_null(list::unique(items.items()))
}

#[unsafe(no_mangle)]
extern "C" fn rt_first_duplicate(items: V) -> V {
    or_null(list::first_duplicate(items.items()))
}

#[unsafe(no_mangle)]
extern "C" fn rt_flat(items: V) -> V {
    list::flat(items.items())
}

#[unsafe(no_mangle)]
extern "C" fn rt_zip(a: V, b: V) -> V {
    list::zip(a.items(), b.items())
}

#[unsafe(no_mangle)]
extern "C" fn rt_chunks(items: V, size: i64) -> V {
    or_null(list::chunks(items.items(), size))
}

#[unsafe(no_mangle)]
extern "C" fn rt_list_slice(items: V, from: i64, to: i64) -> V {
    list::slice(items.items(), from, to)
}

#[unsafe(no_mangle)]
extern "C" fn rt_list_contains(items: V, wanted: V) -> u32 {
    u32::from(or(list::place(items.items(), wanted), None).is_some())
}

#[unsafe(no_mangle)]
extern "C" fn rt_index_of(items: V, wanted: V) -> V {
    or(list::place(items.items(), wanted), None).map_or(&NULL, |at| value::int(count(at)))
}

#[unsafe(no_mangle)]
extern "C" fn rt_reverse(items: V) -> V {
    list::reverse(items.items())
}

#[unsafe(no_mangle)]
extern "C" fn rt_range(from: i64, to: i64) -> V {
    or_null(list::range(from, to))
}

//! Texts.

use super::build;
use crate::glob;
use crate::text;
use crate::value::{self, V, count};

#[unsafe(no_mangle)]
extern "C" fn rt_concat(a: V, b: V) -> V {
    build::concat(a.as_text(), b.as_text())
}

#[unsafe(no_mangle)]
extern "C" fn rt_text_len(text: V) -> i64 {
    count(text.as_text().chars().count())
}

#[unsafe(no_mangle)]
extern "C" fn rt_upper(text: V) -> V {
    text::mapped(text.as_text(), true)
}

#[unsafe(no_mangle)]
extern "C" fn rt_lower(text: V) -> V {
    text::mapped(text.as_text(), false)
}

#[unsafe(no_mangle)]
extern "C" fn rt_trim(text: V) -> V {
    value::text_of(text.as_text().trim())
}

#[unsafe(no_mangle)]
extern "C" fn rt_split(text: V, by: V) -> V {
    text::split(text.as_text(), by.as_text())
}

#[unsafe(no_mangle)]
extern "C" fn rt_replace(text: V, from: V, to: V) -> V {
    text::replace(text.as_text(), from.as_text(), to.as_text())
}

#[unsafe(no_mangle)]
extern "C" fn rt_starts_with(text: V, with: V) -> u32 {
    u32::from(text.as_text().starts_with(with.as_text()))
}

#[unsafe(no_mangle)]
extern "C" fn rt_ends_with(text: V, with: V) -> u32 {
    u32::from(text.as_text().ends_with(with.as_text()))
}

#[unsafe(no_mangle)]
extern "C" fn rt_text_contains(text: V, part: V) -> u32 {
    u32::from(text.as_text().contains(part.as_text()))
}

#[unsafe(no_mangle)]
extern "C" fn rt_text_slice(text: V, from: i64, to: i64) -> V {
    text::slice(text.as_text(), from, to)
}

#[unsafe(no_mangle)]
extern "C" fn rt_lines(text: V) -> V {
    text::lines(text.as_text())
}

#[unsafe(no_mangle)]
extern "C" fn rt_text_to_int(text: V) -> V {
    text::to_int(text.as_text())
}

#[unsafe(no_mangle)]
extern "C" fn rt_text_to_float(text: V) -> V {
    text::to_float(text.as_text())
}

#[unsafe(no_mangle)]
extern "C" fn rt_glob(text: V, pattern: V) -> u32 {
    u32::from(glob::fits(text.as_text(), pattern.as_text()))
}

#[unsafe(no_mangle)]
extern "C" fn rt_join(items: V, by: V) -> V {
    text::join(items.items(), by.as_text())
}

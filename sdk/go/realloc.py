#!/usr/bin/env python3
"""Adds the export `cabi_realloc` to a core module that Go has linked: realloc.py CORE.wasm, in place.

The host calls it for room for what it gives, in the middle of a call of the program's: it must not be Go, whose scheduler and collector may ask for
the time then, which nobody may. memory.go tells how the two sides share memory; the words from 4096 on are `control` there.
"""

import sys

MAGIC = b"cairn arena v1\r\n"
ARENA = 512 << 10
NEXT, END, BASE, GROWN = 4096, 4100, 4104, 4108
TYPE, IMPORT, FUNCTION, EXPORT, CODE, DATA = 1, 2, 3, 7, 10, 11


def leb(n):
    out = bytearray()
    while True:
        n, low = n >> 7, n & 127
        out.append(low | 128 if n else low)
        if not n:
            return bytes(out)


def signed(n):
    out = bytearray()
    while True:
        low = n & 127
        n >>= 7
        if (n == 0 and not low & 64) or (n == -1 and low & 64):
            out.append(low)
            return bytes(out)
        out.append(low | 128)


class Reader:
    def __init__(self, data):
        self.data, self.at = data, 0

    def byte(self):
        self.at += 1
        return self.data[self.at - 1]

    def leb(self):
        n = shift = 0
        while True:
            low = self.byte()
            n |= (low & 127) << shift
            shift += 7
            if not low & 128:
                return n

    def bytes(self, count=None):
        count = self.leb() if count is None else count
        self.at += count
        return self.data[self.at - count : self.at]


def sections(module):
    r = Reader(module)
    if r.bytes(8) != b"\0asm\1\0\0\0":
        sys.exit("realloc.py: this is not a core module")
    while r.at < len(module):
        yield [r.byte(), r.bytes()]


def imported_functions(section):
    r, functions = Reader(section), 0
    for _ in range(r.leb()):
        r.bytes(), r.bytes()
        kind = r.byte()
        if kind != 0:
            sys.exit("realloc.py: only functions may be imported")
        r.leb()
        functions += 1
    return functions


def arena_of(section):
    """Where the arena lies in memory."""
    r = Reader(section)
    for _ in range(r.leb()):
        if r.leb() != 0 or r.byte() != 0x41:
            sys.exit("realloc.py: a data segment is not as Go writes them")
        base = r.leb()  # no address is negative
        if r.byte() != 0x0B:
            sys.exit("realloc.py: a data segment is not as Go writes them")
        found = r.bytes().find(MAGIC)
        if found >= 0:
            return base + found
    sys.exit("realloc.py: the program does not use the library")


def body(arena):
    """(old, old_bytes, align, bytes) -> where"""
    old, old_bytes, align, size, at, pages = map(leb, range(6))
    get, put = (lambda v: b"\x20" + v), (lambda v: b"\x21" + v)
    const = lambda n: b"\x41" + signed(n)
    load = lambda of: const(0) + b"\x28\x02" + leb(of)
    store = lambda of, value: const(0) + value + b"\x36\x02" + leb(of)
    add, sub, both, left, right, above = b"\x6a", b"\x6b", b"\x71", b"\x74", b"\x76", b"\x4b"
    when, done = b"\x04\x40", b"\x0b"
    first = load(END) + b"\x45" + when
    first += store(NEXT, const(arena)) + store(BASE, const(arena)) + store(END, const(arena + ARENA)) + done
    aligned = load(NEXT) + get(align) + add + const(1) + sub + const(0) + get(align) + sub + both + put(at)
    # What does not fit gets memory of its own, and a megabyte more.
    grow = get(at) + get(size) + add + load(END) + above + when
    grow += get(size) + const(0xFFFF) + add + const(16) + right + const(16) + add + put(pages)
    grow += get(pages) + b"\x40\x00" + put(at) + get(at) + const(-1) + b"\x46" + when + b"\x00" + done
    grow += get(at) + const(16) + left + put(at) + store(BASE, get(at)) + store(GROWN, const(1))
    grow += store(END, get(at) + get(pages) + const(16) + left + add) + done
    taken = store(NEXT, get(at) + get(size) + add)
    moved = get(old_bytes) + when + get(at) + get(old) + get(old_bytes) + b"\xfc\x0a\x00\x00" + done
    code = b"\x01\x02\x7f" + first + aligned + grow + taken + moved + get(at) + done
    return leb(len(code)) + code


def main(path):
    with open(path, "rb") as file:
        parts = list(sections(file.read()))
    by_kind = {kind: content for kind, content in parts if kind}
    arena = arena_of(by_kind[DATA])
    types, functions = Reader(by_kind[TYPE]).leb(), Reader(by_kind[FUNCTION]).leb()
    index = imported_functions(by_kind[IMPORT]) + functions
    more = {
        TYPE: b"\x60\x04\x7f\x7f\x7f\x7f\x01\x7f",
        FUNCTION: leb(types),
        EXPORT: leb(12) + b"cabi_realloc" + b"\x00" + leb(index),
        CODE: body(arena),
    }
    out = bytearray(b"\0asm\1\0\0\0")
    for kind, content in parts:
        if kind in more:
            r = Reader(content)
            content = leb(r.leb() + 1) + content[r.at :] + more[kind]
        out += bytes([kind]) + leb(len(content)) + content
    with open(path, "wb") as file:
        file.write(out)


if __name__ == "__main__":
    main(sys.argv[1])

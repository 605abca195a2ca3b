//! The parts that fields are made of; see the module's head.

use super::Flaw;

/// Writes fields.
#[derive(Debug, Default)]
pub(crate) struct Writer(pub(crate) Vec<u8>);

impl Writer {
    pub(crate) fn byte(&mut self, byte: u8) {
        self.0.push(byte);
    }

    pub(crate) fn number(&mut self, mut number: u64) {
        while number >= 0x80 {
            self.0.push(number.to_le_bytes()[0] | 0x80);
            number >>= 7;
        }
        self.0.push(number.to_le_bytes()[0]);
    }

    pub(crate) fn word(&mut self, word: u64) {
        self.0.extend_from_slice(&word.to_le_bytes());
    }

    pub(crate) fn text(&mut self, text: &str) {
        self.number(text.len() as u64);
        self.0.extend_from_slice(text.as_bytes());
    }

    pub(crate) fn option<T>(&mut self, value: Option<T>, write: impl FnOnce(&mut Self, T)) {
        match value {
            None => self.byte(0),
            Some(value) => {
                self.byte(1);
                write(self, value);
            }
        }
    }

    pub(crate) fn list<T>(&mut self, items: &[T], mut write: impl FnMut(&mut Self, &T)) {
        self.number(items.len() as u64);
        for item in items {
            write(self, item);
        }
    }
}

/// Reads fields of some version; never beyond the bytes it was given.
#[derive(Debug)]
pub(crate) struct Reader<'a> {
    left: &'a [u8],
    version: u8,
}

impl<'a> Reader<'a> {
    /// In the newest version, until [`Reader::in_version`] says another.
    pub(crate) fn new(bytes: &'a [u8]) -> Self {
        Self { left: bytes, version: super::VERSION }
    }

    pub(crate) fn in_version(&mut self, version: u8) {
        self.version = version;
    }

    /// A field that is there from a version on; before it is what is empty.
    pub(crate) fn since<T: Default>(
        &mut self,
        version: u8,
        read: impl FnOnce(&mut Self) -> Result<T, Flaw>,
    ) -> Result<T, Flaw> {
        if self.version < version { Ok(T::default()) } else { read(self) }
    }

    /// A byte that chooses. `last` are the last choices of the versions in front of the newest, beginning with version 1.
    pub(crate) fn choice(&mut self, what: &'static str, last: &[u8]) -> Result<u8, Flaw> {
        let byte = self.byte()?;
        let most = last.get(usize::from(self.version).saturating_sub(1));
        if most.is_some_and(|most| byte > *most) { Err(Flaw::Choice(what, byte)) } else { Ok(byte) }
    }

    pub(crate) fn take(&mut self, count: usize) -> Result<&'a [u8], Flaw> {
        let (taken, rest) = self.left.split_at_checked(count).ok_or(Flaw::Short)?;
        self.left = rest;
        Ok(taken)
    }

    pub(crate) fn array<const N: usize>(&mut self) -> Result<[u8; N], Flaw> {
        let (taken, rest) = self.left.split_first_chunk::<N>().ok_or(Flaw::Short)?;
        self.left = rest;
        Ok(*taken)
    }

    pub(crate) fn byte(&mut self) -> Result<u8, Flaw> {
        self.array().map(|[byte]| byte)
    }

    pub(crate) fn number(&mut self) -> Result<u64, Flaw> {
        let mut number = 0_u64;
        for shift in (0..64).step_by(7) {
            let byte = self.byte()?;
            let part = u64::from(byte & 0x7F);
            if part << shift >> shift != part || (byte == 0 && shift > 0) {
                return Err(Flaw::Number);
            }
            number |= part << shift;
            if byte & 0x80 == 0 {
                return Ok(number);
            }
        }
        Err(Flaw::Number)
    }

    pub(crate) fn small(&mut self) -> Result<u32, Flaw> {
        u32::try_from(self.number()?).map_err(|_| Flaw::Number)
    }

    pub(crate) fn word(&mut self) -> Result<u64, Flaw> {
        self.array().map(u64::from_le_bytes)
    }

    pub(crate) fn text(&mut self) -> Result<String, Flaw> {
        let count = usize::try_from(self.number()?).map_err(|_| Flaw::Short)?;
        let bytes = self.take(count)?;
        std::str::from_utf8(bytes).map(str::to_owned).map_err(|_| Flaw::Text)
    }

    pub(crate) fn option<T>(
        &mut self,
        read: impl FnOnce(&mut Self) -> Result<T, Flaw>,
    ) -> Result<Option<T>, Flaw> {
        match self.byte()? {
            0 => Ok(None),
            1 => read(self).map(Some),
            other => Err(Flaw::Choice("option", other)),
        }
    }

    /// Nothing is reserved for a count that the bytes cannot hold: it grows as items are read.
    pub(crate) fn list<T>(
        &mut self,
        mut read: impl FnMut(&mut Self) -> Result<T, Flaw>,
    ) -> Result<Vec<T>, Flaw> {
        let count = self.number()?;
        let mut items = Vec::new();
        for _ in 0..count {
            items.push(read(self)?);
        }
        Ok(items)
    }

    pub(crate) fn end(self) -> Result<(), Flaw> {
        if self.left.is_empty() { Ok(()) } else { Err(Flaw::Long) }
    }
}

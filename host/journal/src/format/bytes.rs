//! The parts that fields are made of; see the module's head.

use cairn_replay::Json;

use super::{Flaw, LARGE, Reference, Values};

/// Writes fields.
#[derive(Debug, Default)]
pub(crate) struct Writer(pub(crate) Vec<u8>, Large);

/// What becomes of values that are too long to stand among the fields.
#[derive(Debug, Default)]
enum Large {
    /// None came yet, and every value stands there as it is.
    #[default]
    None,
    /// One came: all is to be written again, as what refers to values.
    Came,
    /// Each value says whether it stands there. Those that do not are here.
    Apart(Vec<(Reference, Json)>),
}

/// What was written, and the values that it refers to.
#[derive(Debug)]
pub(crate) struct Written {
    pub(crate) bytes: Vec<u8>,
    pub(crate) apart: Vec<(Reference, Json)>,
}

impl Written {
    /// Fields of which some may be large values; written a second time if there are.
    pub(crate) fn by(write: impl Fn(&mut Writer)) -> Self {
        let mut to = Writer(Vec::with_capacity(128), Large::None);
        write(&mut to);
        if matches!(to.1, Large::Came) {
            to = Writer(Vec::with_capacity(256), Large::Apart(Vec::new()));
            write(&mut to);
        }
        let apart = if let Large::Apart(apart) = to.1 { apart } else { Vec::new() };
        Self { bytes: to.0, apart }
    }
}

impl Writer {
    pub(crate) fn with_capacity(bytes: usize) -> Self {
        Self(Vec::with_capacity(bytes), Large::None)
    }

    /// What kind of entry it is, and whether its values say where they are.
    pub(crate) fn kind(&mut self, kind: u8) {
        self.byte(if matches!(self.1, Large::Apart(_)) { kind | REFERS } else { kind });
    }

    pub(crate) fn json(&mut self, json: &Json) {
        let large = json.0.len() > LARGE;
        match &mut self.1 {
            Large::None | Large::Came if large => self.1 = Large::Came,
            Large::None | Large::Came => self.text(&json.0),
            Large::Apart(apart) if large => {
                let reference = Reference::to(&json.0);
                apart.push((reference, json.clone()));
                self.byte(1);
                reference.write(self);
            }
            Large::Apart(_) => {
                self.byte(0);
                self.text(&json.0);
            }
        }
    }

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

/// What is added to the kind of an entry whose values say where they are.
pub(super) const REFERS: u8 = 0x80;

/// Reads fields of some version; never beyond the bytes it was given.
pub(crate) struct Reader<'a> {
    left: &'a [u8],
    version: u8,
    /// Where values are that are kept apart.
    values: Option<&'a mut dyn Values>,
    /// Whether values say where they are, and whether one has said that it is elsewhere.
    refers: Option<bool>,
}

impl<'a> Reader<'a> {
    /// In the newest version, until [`Reader::in_version`] says another.
    pub(crate) fn new(bytes: &'a [u8]) -> Self {
        Self { left: bytes, version: super::VERSION, values: None, refers: None }
    }

    /// As [`Reader::new`], where there may be values that are kept apart.
    pub(crate) fn with(bytes: &'a [u8], values: &'a mut dyn Values) -> Self {
        Self { values: Some(values), ..Self::new(bytes) }
    }

    /// The kind of an entry; `last` as of [`Reader::choice`].
    pub(crate) fn kind(&mut self, last: &[u8]) -> Result<u8, Flaw> {
        let kind = self.choice("kind of entry", last)?;
        self.refers = (kind & REFERS != 0).then_some(false);
        Ok(kind & !REFERS)
    }

    pub(crate) fn json(&mut self) -> Result<Json, Flaw> {
        if self.refers.is_none() {
            return self.text().map(|text| Json(text.into()));
        }
        match self.byte()? {
            0 => match self.text()? {
                text if text.len() > LARGE => Err(Flaw::Large),
                text => Ok(Json(text.into())),
            },
            1 => {
                self.refers = Some(true);
                let reference = Reference::read(self)?;
                let values = self.values.as_mut().ok_or(Flaw::Large)?;
                values.value(reference).map_err(|lost| Flaw::Value(reference, lost))
            }
            other => Err(Flaw::Choice("place of a value", other)),
        }
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
        match (self.left, self.refers) {
            ([], Some(false)) => Err(Flaw::Large),
            ([], _) => Ok(()),
            _ => Err(Flaw::Long),
        }
    }
}

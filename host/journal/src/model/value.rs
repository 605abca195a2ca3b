//! Values outside of entries: the data of messages, kept outcomes.

use cairn_replay::{Instant, Json};

use crate::{
    InstanceId, Keep, Message, MessageId, StoreError,
    format::{LARGE, Lost, REFERENCE, Reference, Values},
};

/// A value as it is stored.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Value {
    /// As it is.
    Here(Json),
    /// Apart, for it is large.
    There(Reference),
}

impl Value {
    /// Puts it apart if it is large.
    pub(crate) fn of(json: Json, apart: &mut Vec<(Reference, Json)>) -> Self {
        if json.0.len() <= LARGE {
            return Self::Here(json);
        }
        let reference = Reference::to(&json.0);
        apart.push((reference, json));
        Self::There(reference)
    }

    /// As it was given; `place` is for messages.
    pub(crate) fn had(
        self,
        values: &mut dyn Values,
        place: impl FnOnce() -> String,
    ) -> Result<Json, StoreError> {
        match self {
            Self::Here(json) => Ok(json),
            Self::There(reference) => {
                values.value(reference).map_err(|lost| cannot_be_had(place(), reference, lost))
            }
        }
    }

    /// Bytes that it takes where it stands, about.
    pub(crate) fn weight(&self) -> usize {
        match self {
            Self::Here(json) => json.0.len(),
            Self::There(_) => REFERENCE,
        }
    }

    pub(crate) fn reference(&self) -> Option<Reference> {
        match self {
            Self::Here(_) => None,
            Self::There(reference) => Some(*reference),
        }
    }
}

/// A value is damaged, or the system does not give it.
pub(crate) fn cannot_be_had(place: String, reference: Reference, lost: Lost) -> StoreError {
    match lost {
        Lost::Unreadable(_) => StoreError::Io(format!("{place}: {reference}, {lost}")),
        Lost::Missing | Lost::Altered => StoreError::Corrupt { place, found: format!("{reference}, {lost}") },
    }
}

/// A message as it is stored.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Letter {
    pub(crate) id: MessageId,
    pub(crate) to: InstanceId,
    pub(crate) event: String,
    pub(crate) data: Value,
    pub(crate) at: Instant,
    pub(crate) expires: Option<Instant>,
}

impl Letter {
    /// And what of it is kept apart.
    pub(crate) fn of(message: Message) -> (Self, Vec<(Reference, Json)>) {
        let Message { id, to, event, data, at, expires } = message;
        let mut apart = Vec::new();
        (Self { id, to, event, data: Value::of(data, &mut apart), at, expires }, apart)
    }

    /// As it was put.
    pub(crate) fn message(self, values: &mut dyn Values) -> Result<Message, StoreError> {
        let Self { id, to, event, data, at, expires } = self;
        let place = || {
            format!("the inbox of instance `{}` of tenant `{}`, message `{}`", to.instance, to.tenant, id.0)
        };
        let data = data.had(values, place)?;
        Ok(Message { id, to, event, data, at, expires })
    }

    /// Bytes that it takes, about.
    pub(crate) fn weight(&self) -> usize {
        self.data.weight() + self.event.len() + self.id.0.len() + 256
    }
}

/// What is kept by itself, as it is stored; no value where it is forgotten.
#[derive(Debug)]
pub(crate) struct Kept {
    pub(crate) tenant: String,
    pub(crate) name: String,
    pub(crate) value: Option<Value>,
    pub(crate) at: Instant,
}

impl Kept {
    /// And what of it is kept apart.
    pub(crate) fn of(keep: Keep) -> (Self, Vec<(Reference, Json)>) {
        let Keep { tenant, name, json, at } = keep;
        let mut apart = Vec::new();
        let value = json.map(|json| Value::of(json, &mut apart));
        (Self { tenant, name, value, at }, apart)
    }

    /// Bytes that it takes, about.
    pub(crate) fn weight(&self) -> usize {
        self.name.len() + self.value.as_ref().map_or(0, Value::weight) + 256
    }
}

/// Where a kept outcome is.
pub(crate) fn place_of_kept(tenant: &str, name: &str) -> String {
    format!("the outcome kept as `{name}` for tenant `{tenant}`")
}

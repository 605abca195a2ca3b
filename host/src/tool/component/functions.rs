//! What a component exports: its functions under the names that the language has for them.

use std::collections::BTreeMap;

use wasmtime::{
    Engine,
    component::{
        Component, ComponentExportIndex,
        types::{ComponentFunc, ComponentItem},
    },
};

use super::values;
use crate::Error;

/// A function that can be called.
pub(super) struct Function {
    /// As the component has it: `example:shop/pay@1.0.0#charge-card`.
    pub(super) name: String,
    pub(super) index: ComponentExportIndex,
    pub(super) ty: ComponentFunc,
}

impl Function {
    /// All its types can be written as JSON.
    ///
    /// # Errors
    /// What cannot, as it stands behind the name of the operation.
    pub(super) fn fits(&self) -> Result<(), String> {
        if self.ty.async_() {
            return Err(format!("is an async function, `{}`, and this host has WASI 0.2", self.name));
        }
        let params = self.ty.params().map(|(name, ty)| (format!("its parameter `{name}`"), ty));
        let results = self.ty.results().map(|ty| ("its result".to_owned(), ty));
        for (place, ty) in params.chain(results) {
            if let Some(what) = values::foreign(&ty) {
                return Err(format!(
                    "cannot be called: {place} is {what} in `{}`, and that lives in one instance, whereas each call has its own",
                    self.name
                ));
            }
        }
        Ok(())
    }
}

/// All functions, at the root and in the exported interfaces.
///
/// # Errors
/// A mistake: two have the same name in the language.
pub(super) fn functions(engine: &Engine, component: &Component) -> Result<BTreeMap<String, Function>, Error> {
    let mut found = Found { component, all: BTreeMap::new() };
    for (name, item) in component.component_type().exports(engine) {
        match item.ty {
            ComponentItem::ComponentFunc(ty) => found.take(None, name, ty)?,
            ComponentItem::ComponentInstance(interface) => {
                let Some(index) = component.get_export_index(None, name) else { continue };
                for (function, item) in interface.exports(engine) {
                    if let ComponentItem::ComponentFunc(ty) = item.ty {
                        found.take(Some((name, &index)), function, ty)?;
                    }
                }
            }
            _ => {}
        }
    }
    Ok(found.all)
}

struct Found<'c> {
    component: &'c Component,
    all: BTreeMap<String, Function>,
}

impl Found<'_> {
    fn take(
        &mut self,
        interface: Option<(&str, &ComponentExportIndex)>,
        name: &str,
        ty: ComponentFunc,
    ) -> Result<(), Error> {
        let index = self.component.get_export_index(interface.map(|(_, index)| index), name);
        let Some(index) = index else { return Ok(()) };
        let full = interface.map_or_else(|| name.to_owned(), |(interface, _)| format!("{interface}#{name}"));
        if let Some(other) = self.all.get(&snake(name)) {
            return Err(Error::mistake(format!(
                "the component has two functions that are called `{}` in a workflow: `{}` and `{full}`",
                snake(name),
                other.name
            ))
            .help("give one of them another name, or export one of the two interfaces only"));
        }
        self.all.insert(snake(name), Function { name: full, index, ty });
        Ok(())
    }
}

/// `get-pet-by-id` as `get_pet_by_id`: what the language calls it.
pub(super) fn snake(name: &str) -> String {
    let mut out = String::new();
    let mut small_before = false;
    for c in name.chars() {
        if c.is_ascii_uppercase() && small_before {
            out.push('_');
        }
        out.push(if c.is_ascii_alphanumeric() { c.to_ascii_lowercase() } else { '_' });
        small_before = c.is_ascii_lowercase() || c.is_ascii_digit();
    }
    out
}

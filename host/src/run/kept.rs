//! Outcomes of steps that will do for others of the tenant.

use cairn_replay::{Cached, Command, Json, Key};

use super::{Stop, commit::store, core::Core};

impl Core {
    /// A success that was kept and is young enough, if the step says that one will do.
    pub(super) fn kept_outcome(&self, key: &Key) -> Result<Option<Json>, Stop> {
        let Some((name, cached)) = self.cached(key) else { return Ok(None) };
        let kept = self.inner.ports.journal.kept(&self.id.tenant, &name);
        let kept = kept.map_err(|error| Stop::Fault(store(&error)))?;
        let now = self.now();
        Ok(kept.filter(|(at, _)| now.0.saturating_sub(at.0) < cached.age.0).map(|(_, json)| json))
    }

    /// Keeps a success, if the step says so.
    pub(super) fn keep_for_others(&mut self, key: &Key, json: &Json) {
        if let Some((name, _)) = self.cached(key) {
            self.beside.keep(name, json.clone());
        }
    }

    /// `tool.operation/key`
    fn cached(&self, key: &Key) -> Option<(String, &Cached)> {
        let Command::Call { request, options } = self.machine.command(key)? else { return None };
        let cached = options.cache.as_ref()?;
        Some((format!("{}/{}", request.tool, cached.key), cached))
    }
}

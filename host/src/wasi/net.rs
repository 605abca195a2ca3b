//! Requests to servers (`wasi:http`): only within the body of a step, where what comes of them is recorded with the step, and only to
//! what the run may reach.

use cairn_replay::{Json, Level};
use wasmtime::{
    StoreContextMut,
    component::{Linker, Resource},
};
use wasmtime_wasi_http::{
    RequestOptions, WasiHttpCtxView, WasiHttpView,
    p2::{
        HttpError, HttpResult,
        bindings::http::outgoing_handler::Host as _,
        types::{HostFutureIncomingResponse, HostOutgoingRequest},
    },
};

use crate::run::{Guest, Stop};

impl WasiHttpView for Guest {
    fn http(&mut self) -> WasiHttpCtxView<'_> {
        let wasi = self.wasi();
        WasiHttpCtxView { ctx: &mut wasi.http, table: &mut wasi.table, hooks: &mut wasi.egress }
    }
}

/// Its one function, by hand: what is generated would want all other functions of `wasi:http` of whoever has this one.
pub(super) fn add_to_linker(linker: &mut Linker<Guest>) -> wasmtime::Result<()> {
    let handle = |mut store: StoreContextMut<'_, Guest>, (request, options): Given| {
        let sent = store.data_mut().handle(request, options);
        sent.map_or_else(|error| Ok((Err(error.downcast()?),)), |answer| Ok((Ok(answer),)))
    };
    linker.instance("wasi:http/outgoing-handler@0.2.0")?.func_wrap("handle", handle)
}

type Given = (Resource<HostOutgoingRequest>, Option<Resource<RequestOptions>>);

impl Guest {
    fn handle(
        &mut self,
        request: Resource<HostOutgoingRequest>,
        options: Option<Resource<RequestOptions>>,
    ) -> HttpResult<Resource<HostFutureIncomingResponse>> {
        if self.body().is_none() {
            let to = self.wasi().table.get(&request)?.authority.clone().unwrap_or_default();
            return Err(HttpError::trap(wasmtime::Error::new(Stop::Refused(outside(&to)))));
        }
        let sent = self.http().handle(request, options);
        self.tell_notes().map_err(HttpError::trap)?;
        sent
    }
}

fn outside(to: &str) -> String {
    format!(
        "the code sends a request to `{to}` outside of a step: what came of it would not be recorded, and a replay would send it again. \
         Wrap it in a step of its own code, `step(\"fetch\", …)` in the library (`step.begin` and `step.end` of the world), or call a tool"
    )
}

impl Guest {
    /// Says in the log what became of its requests.
    ///
    /// # Errors
    /// As of a line of the log.
    pub(crate) fn tell_notes(&mut self) -> wasmtime::Result<()> {
        let Some(notes) = self.notes() else { return Ok(()) };
        for note in notes {
            let fields = Json("{}".into());
            self.activation.core().log(self.scope.as_ref(), Level::Warn, &note, &fields)?;
        }
        Ok(())
    }
}

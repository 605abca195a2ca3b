//! The world, as Rust: generated from `wit/`. Only what suspends the guest is async.

wasmtime::component::bindgen!({
    path: "../wit",
    world: "workflow",
    imports: {
        "cairn:workflow/types.[method]operation.outcome": async | trappable,
        "cairn:workflow/flow.first": async | trappable,
        default: trappable,
    },
    exports: { default: async },
    with: { "cairn:workflow/types.operation": crate::link::Operation },
});

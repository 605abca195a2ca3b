//! The world, as Rust: generated from `wit/`. Only what suspends the guest is async. The export `blocks`, which a component
//! need not have, is looked up by name.

/// The interface of a component whose parts run side by side.
pub(crate) const BLOCKS: &str = "cairn:workflow/blocks@0.3.0";
/// Its function.
pub(crate) const RUN_BLOCK: &str = "run-block";

wasmtime::component::bindgen!({
    path: "../wit",
    world: "workflow",
    imports: {
        "cairn:workflow/types.[method]operation.outcome": async | trappable,
        "cairn:workflow/flow.first": async | trappable,
        "cairn:workflow/step.begin": async | trappable,
        "cairn:workflow/step.end": async | trappable,
        default: trappable,
    },
    exports: { default: async },
    with: { "cairn:workflow/types.operation": crate::link::Operation },
});

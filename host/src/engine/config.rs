//! How the engine is set up.

use std::sync::Arc;

use wasmtime::{
    Config, Enabled, Engine, InstanceAllocationStrategy, OptLevel, PoolingAllocationConfig,
    WasmBacktraceDetails,
};

use super::functions::Functions;
use crate::{Error, Limits};

/// What a guest's fiber has beside the guest's own stack, for the host functions that it calls.
const HOST_STACK: usize = 1 << 20;
/// What of a used slot stays in memory; with it and `pagemap_scan` instantiating takes half the time.
const KEEP: usize = 2 << 20;
/// As much of a used slot for a table: to give it back takes longer than to clear it, since all processors have to be told.
const KEEP_TABLE: usize = 64 << 10;

/// Guests that may be loaded beyond the limits because they are to stop: so many instances, and so many blocks.
pub(crate) const HURRIED: usize = 16;

pub(super) fn engine(limits: &Limits) -> Result<Engine, Error> {
    let fault = |e| Error::fault(format!("the WebAssembly engine cannot be made: {e}"));
    let functions = Arc::new(Functions::default());
    // Reserving the pool's addresses, or scanning page maps, is not allowed everywhere.
    for scan in [Enabled::Auto, Enabled::No] {
        let mut config = base(limits, &functions)?;
        config.allocation_strategy(InstanceAllocationStrategy::Pooling(pool(limits, scan)));
        match Engine::new(&config) {
            Ok(engine) => return Ok(engine),
            Err(error) => tracing::debug!(%error, ?scan, "no pool of this kind"),
        }
    }
    tracing::warn!("no pool of instances on this machine: each start of a guest takes longer");
    Engine::new(&base(limits, &functions)?).map_err(fault)
}

/// For components that are tools: none of them takes a workflow's place in the pool.
pub(super) fn for_tools(limits: &Limits) -> Result<Engine, Error> {
    Engine::new(&base(limits, &Arc::default())?)
        .map_err(|e| Error::fault(format!("the WebAssembly engine of tools cannot be made: {e}")))
}

fn base(limits: &Limits, functions: &Arc<Functions>) -> Result<Config, Error> {
    let mut config = Config::new();
    config
        .enable_incremental_compilation(Arc::clone(functions) as _)
        .map_err(|e| Error::fault(format!("the compiler of functions cannot be set up: {e}")))?;
    config
        .concurrency_support(false)
        .cranelift_nan_canonicalization(true)
        .cranelift_opt_level(OptLevel::Speed)
        .epoch_interruption(true)
        .max_wasm_stack(limits.stack_bytes)
        .async_stack_size(limits.stack_bytes + HOST_STACK)
        .wasm_backtrace_details(WasmBacktraceDetails::Disable);
    deterministic(&mut config);
    Ok(config)
}

/// Several memories in a module are what the engine joins components with that lie in a component (as `wac` composes them): modules of guests that have
/// them are refused when they are read. Off is what differs from machine to machine or from run to run, and what is too new to be let near tenants.
fn deterministic(config: &mut Config) {
    config
        .wasm_relaxed_simd(false)
        .wasm_memory64(false)
        .wasm_custom_page_sizes(false)
        .wasm_wide_arithmetic(false)
        .wasm_shared_everything_threads(false)
        .wasm_stack_switching(false);
}

/// A component of `wit-component` is three core instances with one memory and two tables. One of an interpreter may be twenty modules that share a
/// memory, and one that is composed of others has all of theirs: what is only counted is plentiful, and who finds nothing left waits.
fn pool(limits: &Limits, scan: Enabled) -> PoolingAllocationConfig {
    let loaded = u32::try_from(limits.loaded.saturating_add(limits.blocks).saturating_add(2 * HURRIED))
        .unwrap_or(u32::MAX);
    let mut pool = PoolingAllocationConfig::new();
    pool.total_component_instances(loaded)
        .total_core_instances(loaded.saturating_mul(32))
        .total_memories(loaded.saturating_mul(2))
        .total_tables(loaded.saturating_mul(8))
        .total_stacks(loaded)
        .max_core_instances_per_component(128)
        .max_memories_per_component(8)
        .max_tables_per_component(64)
        .max_tables_per_module(4)
        .max_memory_size(limits.memory_bytes)
        .table_elements(limits.table_elements)
        .linear_memory_keep_resident(KEEP)
        .table_keep_resident(KEEP_TABLE)
        .pagemap_scan(scan);
    pool
}

#[cfg(test)]
mod tests {
    use wasmtime::component::Component;

    use super::*;
    use crate::component::read;

    /// Two components in one, the second of which hands a text to the first.
    const COMPOSED: &str = r#"(component
        (component $first
            (core module $m
                (memory (export "mem") 1)
                (func (export "realloc") (param i32 i32 i32 i32) (result i32) (i32.const 0))
                (func (export "f") (param i32 i32)))
            (core instance $i (instantiate $m))
            (func (export "f") (param "s" string)
                (canon lift (core func $i "f") (memory $i "mem") (realloc (func $i "realloc")))))
        (component $second
            (import "f" (func $f (param "s" string)))
            (core module $libc (memory (export "mem") 1))
            (core instance $libc (instantiate $libc))
            (core func $lowered (canon lower (func $f) (memory $libc "mem")))
            (core module $m
                (import "" "f" (func $f (param i32 i32)))
                (func (export "g") (call $f (i32.const 0) (i32.const 1))))
            (core instance $i (instantiate $m (with "" (instance (export "f" (func $lowered))))))
            (func (export "g") (canon lift (core func $i "g"))))
        (instance $a (instantiate $first))
        (instance $b (instantiate $second (with "f" (func $a "f"))))
        (export "g" (func $b "g")))"#;

    #[test]
    fn components_in_a_component_are_joined_and_modules_have_one_memory() {
        let limits = Limits::default();
        let bytes = wat::parse_str(COMPOSED).unwrap();
        read(&bytes, &limits).unwrap();
        Component::new(&engine(&limits).unwrap(), &bytes).unwrap();
        let two = wat::parse_str("(component (core module (memory 1) (memory 1)))").unwrap();
        assert!(read(&two, &limits).unwrap_err().to_string().contains("multi"));
    }
}

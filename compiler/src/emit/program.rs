//! A whole workflow: its functions, its body, and the entry that the host calls.

use wasm_encoder::ValType;

use super::EmitError;
use super::func::{Emitted, Func, Shared, machine};
use super::link::{Entry, Link};
use super::runtime::{Door, Runtime, Signature};
use super::stmt::capture_name;
use crate::ir::{Block, Function, Param, Program};
use crate::types::Rep;

/// The core module of a workflow.
pub(super) fn module(program: &Program) -> Result<Vec<u8>, EmitError> {
    let runtime = Runtime::embedded()?;
    let mut shared = Shared {
        link: Link::new(runtime)?,
        functions: &program.functions,
        blocks: &program.blocks,
        emitted: Vec::new(),
        called: Vec::new(),
        failed: runtime.address("rt_failed")?,
    };
    for function in shared.functions {
        let emitted = pure(&mut shared, function)?;
        shared.emitted.push(emitted);
    }
    let body = body(&mut shared, program)?;
    let mut entries: Vec<Entry> = vec![("run", run(&mut shared, body)?)];
    if !program.blocks.is_empty() {
        let bodies: Result<Vec<u32>, EmitError> =
            program.blocks.iter().map(|of| block(&mut shared, of)).collect();
        entries.push(("cairn:workflow/blocks@0.3.0#run-block", run_block(&mut shared, &bodies?)?));
    }
    shared.called.sort_unstable();
    shared.called.dedup();
    shared.link.finish(&entries, &shared.called)
}

/// A `fn`.
fn pure<'p>(shared: &mut Shared<'p>, function: &'p Function) -> Result<Emitted, EmitError> {
    let params = function.locals.iter().take(function.params).map(|local| machine(local.ty.rep())).collect();
    let result = machine(function.result.rep());
    let index = shared.link.declare(Signature { params, result: Some(result) }, &function.name);
    let count = u32::try_from(function.params).map_err(EmitError::internal)?;
    let mut func = Func::new(shared, &function.locals, count);
    for at in 0..count {
        func.bind(crate::ir::LocalId(at), at);
    }
    func.expr(&function.body)?;
    let from = &function.body.ty;
    if from.rep() != function.result.rep() {
        func.widen(from, &function.result);
    }
    let fallible = func.finish(index, |ins| {
        match result {
            ValType::I64 => ins.i64_const(0),
            ValType::F64 => ins.f64_const(0.0.into()),
            _ => ins.i32_const(0),
        };
    })?;
    Ok(Emitted { index, fallible })
}

/// The body gives the cell of the result; where it fails, that of null.
fn body<'p>(shared: &mut Shared<'p>, program: &'p Program) -> Result<u32, EmitError> {
    let signature = Signature { params: Vec::new(), result: Some(ValType::I32) };
    let index = shared.link.declare(signature, &program.meta.workflow);
    let null = shared.link.data.null();
    let mut func = Func::new(shared, &program.locals, 0);
    func.check();
    for param in &program.params {
        input(&mut func, param)?;
    }
    func.stmts(&program.body)?;
    func.address(null);
    func.finish(index, |ins| {
        ins.i32_const(null.cast_signed());
    })?;
    Ok(index)
}

/// Takes a parameter from the input.
fn input(func: &mut Func<'_, '_>, param: &Param) -> Result<(), EmitError> {
    let ty = func.type_of(param.local);
    func.text(&param.name);
    func.call(Door::Param);
    if !param.optional {
        func.decode(ty, &param.name);
        func.set_unpacked(param.local);
        return Ok(());
    }
    let cell = func.temp(machine(Rep::Value));
    func.ins().local_tee(cell);
    func.is_null();
    func.then(Some(machine(Rep::Value)));
    match &param.default {
        Some(default) => {
            func.boxed(default)?;
            func.fit(&default.ty, ty);
        }
        None => {
            let null = func.shared.link.data.null();
            func.address(null);
        }
    }
    func.otherwise();
    func.ins().local_get(cell);
    func.decode(ty, &param.name);
    func.end();
    func.set_unpacked(param.local);
    func.release(machine(Rep::Value), cell);
    Ok(())
}

/// A block: as the body, with what it takes along for its input.
fn block<'p>(shared: &mut Shared<'p>, block: &'p Block) -> Result<u32, EmitError> {
    let signature = Signature { params: Vec::new(), result: Some(ValType::I32) };
    let index = shared.link.declare(signature, &block.name);
    let null = shared.link.data.null();
    let mut func = Func::new(shared, &block.locals, 0);
    func.check();
    for (at, capture) in block.captures.iter().enumerate() {
        let name = capture_name(block, at);
        func.text(&name);
        func.call(Door::Param);
        func.decode(func.type_of(capture.inner), &name);
        func.set_unpacked(capture.inner);
    }
    func.stmts(&block.body)?;
    func.address(null);
    func.finish(index, |ins| {
        ins.i32_const(null.cast_signed());
    })?;
    Ok(index)
}

/// What the world exports for blocks: number and captured values, outcome in memory.
fn run_block(shared: &mut Shared<'_>, bodies: &[u32]) -> Result<u32, EmitError> {
    let params = vec![ValType::I32, ValType::I32, ValType::I32];
    let signature = Signature { params, result: Some(ValType::I32) };
    let index = shared.link.declare(signature, "run-block");
    let mut func = Func::new(shared, &[], 3);
    let result = func.local(ValType::I32);
    func.ins().local_get(1).local_get(2);
    func.call(Door::Begin);
    let end = func.block();
    for (number, body) in (0..).zip(bodies) {
        func.ins().local_get(0).i32_const(number).i32_eq();
        func.then(None);
        func.ins().call(*body).local_set(result);
        func.br(end);
        func.end();
    }
    // The host knows the numbers from the code itself.
    func.ins().unreachable();
    func.end();
    func.ins().local_get(result);
    func.call(Door::Finish);
    func.finish(index, |ins| {
        ins.unreachable();
    })?;
    Ok(index)
}

/// What the world exports: input in memory, outcome in memory.
fn run(shared: &mut Shared<'_>, body: u32) -> Result<u32, EmitError> {
    let signature = Signature { params: vec![ValType::I32, ValType::I32], result: Some(ValType::I32) };
    let index = shared.link.declare(signature, "run");
    let mut func = Func::new(shared, &[], 2);
    func.ins().local_get(0).local_get(1);
    func.call(Door::Begin);
    func.ins().call(body);
    func.call(Door::Finish);
    func.finish(index, |ins| {
        ins.unreachable();
    })?;
    Ok(index)
}

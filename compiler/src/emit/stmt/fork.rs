//! Blocks side by side.
//!
//! The runtime says which block is to be begun next; the code works out its key and what it takes along, begins it, and asks again. What was
//! begun never outlives the statement.

use wasm_encoder::ValType;

use crate::emit::EmitError;
use crate::emit::func::Func;
use crate::emit::runtime::Door;
use crate::ir::{Block, BlockId, Branch, Expr, Fork, ForkEach, Key, LocalId};
use crate::types::{Field, Type};

/// How blocks are run.
struct Manner<'a> {
    max: Option<&'a Expr>,
    first: Option<&'a Expr>,
    settle: bool,
}

/// Where a fork and the place of the block to be begun are held.
#[derive(Clone, Copy)]
struct Held {
    fork: u32,
    which: u32,
}

impl<'p> Func<'_, 'p> {
    pub(super) fn fork(&mut self, fork: &Fork) -> Result<(), EmitError> {
        let names: Vec<String> = fork.branches.iter().map(|branch| branch.name.clone()).collect();
        let data = &mut self.shared.link.data;
        let names = data.texts(&names);
        let after = data.lists_of_places(fork.branches.iter().map(|branch| branch.after.as_slice()));
        let count = i64::try_from(fork.branches.len()).map_err(EmitError::internal)?;
        self.address(names);
        self.address(after);
        self.ins().i64_const(count);
        let manner = Manner { max: fork.max.as_ref(), first: fork.first.as_ref(), settle: fork.settle };
        let held = self.forked(&manner)?;
        self.beside(held, |func| func.branches(fork, held))?;
        for (at, branch) in (0..).zip(&fork.branches) {
            self.branch_value(fork, held, at, branch)?;
        }
        if let Some(winner) = fork.winner {
            self.ins().local_get(held.fork);
            self.call(Door::ForkWinner);
            self.fit(&Type::Text, self.type_of(winner));
            self.set_unpacked(winner);
        }
        self.let_go(held);
        Ok(())
    }

    pub(super) fn fork_each(&mut self, each: &ForkEach) -> Result<(), EmitError> {
        let list = self.variable(each.items);
        self.ins().i32_const(0).i32_const(0).local_get(list);
        self.call(Door::ListLen);
        let manner = Manner { max: each.max.as_ref(), first: each.first.as_ref(), settle: each.settle };
        let held = self.forked(&manner)?;
        self.beside(held, |func| func.item(each, held))?;
        if let Some(result) = each.result {
            let given = &self.block_of(each.block)?.result;
            let to = self.type_of(result);
            let item = match to {
                Type::List(item) => item,
                other => other,
            };
            let from = Type::List(Box::new(if each.settle { settled(given, item) } else { given.clone() }));
            let desc = self.shared.link.data.desc(given);
            self.ins().local_get(held.fork);
            self.address(desc);
            self.call_checked(Door::ForkList);
            self.fit(&from, to);
            self.set_unpacked(result);
        }
        self.let_go(held);
        Ok(())
    }

    /// Names, dependencies and count are on the stack.
    fn forked(&mut self, manner: &Manner<'_>) -> Result<Held, EmitError> {
        let (fork, which) = (self.temp(ValType::I32), self.temp(ValType::I64));
        self.number(manner.max, i64::MAX)?;
        self.number(manner.first, i64::MIN)?;
        self.ins().i32_const(i32::from(manner.settle));
        self.call_checked(Door::Fork);
        self.ins().local_set(fork);
        Ok(Held { fork, which })
    }

    fn number(&mut self, of: Option<&Expr>, otherwise: i64) -> Result<(), EmitError> {
        match of {
            Some(of) => self.expr(of),
            None => {
                self.ins().i64_const(otherwise);
                Ok(())
            }
        }
    }

    fn let_go(&mut self, held: Held) {
        self.release(ValType::I32, held.fork);
        self.release(ValType::I64, held.which);
    }

    /// Begins blocks by `begin` until none is left; then none runs, however it is left.
    fn beside(
        &mut self,
        held: Held,
        begin: impl FnOnce(&mut Self) -> Result<(), EmitError>,
    ) -> Result<(), EmitError> {
        self.tidied(
            |func| {
                let end = func.block();
                let round = func.round();
                func.ins().local_get(held.fork);
                func.call_checked(Door::ForkNext);
                func.ins().local_tee(held.which).i64_const(0).i64_lt_s();
                func.br_if(end);
                begin(func)?;
                func.br(round);
                func.end();
                func.end();
                Ok(())
            },
            |func| {
                func.ins().local_get(held.fork);
                func.call(Door::ForkEnd);
                Ok(())
            },
        )
    }

    /// Begins the branch whose turn it is. What it takes along may be what others came to, which have ended by now.
    fn branches(&mut self, fork: &Fork, held: Held) -> Result<(), EmitError> {
        for (at, branch) in (0..).zip(&fork.branches) {
            self.ins().local_get(held.which).i64_const(at).i64_eq();
            self.then(None);
            for before in &branch.after {
                let place = i64::try_from(*before).map_err(EmitError::internal)?;
                let of = fork.branches.get(*before);
                let of = of.ok_or_else(|| EmitError::internal("a branch waits for none"))?;
                self.branch_value(fork, held, place, of)?;
            }
            self.begin(held, &branch.key, branch.block)?;
            self.end();
        }
        Ok(())
    }

    /// Sets the local of a branch to what it came to.
    fn branch_value(&mut self, fork: &Fork, held: Held, at: i64, branch: &Branch) -> Result<(), EmitError> {
        let Some(local) = branch.local else {
            return Ok(());
        };
        let given = &self.block_of(branch.block)?.result;
        let to = self.type_of(local);
        let desc = self.shared.link.data.desc(given);
        self.ins().local_get(held.fork).i64_const(at);
        self.address(desc);
        self.call_checked(Door::ForkValue);
        let from = match (fork.settle, &fork.first) {
            (true, _) => settled(given, to),
            (false, None) => given.clone(),
            (false, Some(_)) => or_null(given),
        };
        self.fit(&from, to);
        self.set_unpacked(local);
        Ok(())
    }

    fn item(&mut self, each: &ForkEach, held: Held) -> Result<(), EmitError> {
        let (list, counter) = (self.variable(each.items), self.variable(each.counter));
        self.ins().local_get(held.which).local_set(counter);
        self.ins().local_get(list).local_get(counter);
        self.call(Door::Item);
        self.set_unpacked(each.item);
        self.stmts(&each.prepare)?;
        if each.settle {
            self.ins().local_get(held.fork).local_get(held.which);
            self.boxed(&each.name)?;
            self.call(Door::ForkName);
        }
        self.begin(held, &each.key, each.block)
    }

    fn begin(&mut self, held: Held, key: &Key, block: BlockId) -> Result<(), EmitError> {
        self.ins().local_get(held.fork).local_get(held.which);
        self.taking_along(key, block)?;
        self.call_checked(Door::ForkBegin);
        Ok(())
    }

    /// Key, number and what is taken along.
    pub(super) fn taking_along(&mut self, key: &Key, block: BlockId) -> Result<(), EmitError> {
        self.key(key);
        self.ins().i32_const(block.0.cast_signed());
        let of = self.block_of(block)?;
        self.ins().i32_const(i32::try_from(of.captures.len()).map_err(EmitError::internal)?);
        self.call(Door::RecordNew);
        for (at, capture) in of.captures.iter().enumerate() {
            self.text(&capture_name(of, at));
            let (from, to) = (self.type_of(capture.outer), local_type(of, capture.inner));
            let local = self.variable(capture.outer);
            self.ins().local_get(local);
            self.pack(from);
            self.fit(from, to);
            self.call(Door::RecordPut);
        }
        self.call(Door::RecordEnd);
        Ok(())
    }

    fn block_of(&self, id: BlockId) -> Result<&'p Block, EmitError> {
        let block = self.shared.blocks.get(id.0 as usize);
        block.ok_or_else(|| EmitError::internal("a block is not there"))
    }
}

/// What a captured value is called: as its variable, with its place behind it where another one is called so too.
pub(in crate::emit) fn capture_name(block: &Block, at: usize) -> String {
    let name = |at: usize| {
        let local = block.captures.get(at).and_then(|capture| block.locals.get(capture.inner.0 as usize));
        local.map_or("", |local| local.name.as_str())
    };
    let twice = (0..at).any(|before| name(before) == name(at));
    if twice { format!("{}~{at}", name(at)) } else { name(at).to_owned() }
}

fn local_type(block: &Block, id: LocalId) -> &Type {
    block.locals.get(id.0 as usize).map_or(&Type::Never, |local| &local.ty)
}

fn or_null(of: &Type) -> Type {
    match of {
        Type::Null => Type::Null,
        Type::Union(of) if !of.contains(&Type::Null) => {
            Type::Union(of.iter().cloned().chain([Type::Null]).collect())
        }
        Type::Union(_) | Type::Json => of.clone(),
        _ => Type::Union(vec![of.clone(), Type::Null]),
    }
}

/// What `settle` gives, of blocks that give `of`; the failure is what is wanted of it.
fn settled(of: &Type, wanted: &Type) -> Type {
    let field = |name: &str, ty: Type| Field { name: name.into(), ty, optional: false };
    let error = match wanted {
        Type::Record(fields) => {
            fields.iter().find(|field| field.name == "error").map(|field| field.ty.clone())
        }
        _ => None,
    };
    Type::Record(vec![
        field("key", Type::Text),
        field("value", or_null(of)),
        field("error", error.unwrap_or(Type::Json)),
    ])
}

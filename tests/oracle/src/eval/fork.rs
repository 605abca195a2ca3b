//! What runs side by side, one after the other here: what has no order between its parts comes to the same, or is marked as
//! undetermined.

use cairn_compiler::ir::{BlockId, Fork, ForkEach, LocalId};

use super::{
    decode::decode,
    run::{Body, Undo},
    value::{Failure, Value},
};

impl Body<'_, '_> {
    /// Runs a block; what it did stays to be undone, unless it failed.
    fn block(&mut self, key: &str, block: BlockId) -> Result<Value, Failure> {
        let program = self.program;
        let of = &program.blocks[block.0 as usize];
        let mut captured = Vec::new();
        for capture in &of.captures {
            let json = self.scope.get(capture.outer).to_json();
            captured.push((
                capture.inner,
                decode(&of.locals[capture.inner.0 as usize].ty, &Value::from_json(&json))?,
            ));
        }
        let key = self.world.ask(key);
        // It has its place among the undos from here on, whatever becomes of it.
        let place = self.undos.len();
        self.undos.push(Undo::Block(Vec::new()));
        let mut body = Body::new(program, &of.locals, format!("{key}/"), self.world);
        captured.into_iter().for_each(|(local, value)| body.scope.set(local, value));
        let value = body.whole(&of.body)?;
        self.undos[place] = Undo::Block(std::mem::take(&mut body.undos));
        decode(&of.result, &Value::from_json(&value.to_json()))
    }

    pub(super) fn fork(&mut self, fork: &Fork) -> Result<(), Failure> {
        let count = fork.branches.len();
        self.one_by_one(count, fork.first.is_some(), fork.settle);
        if let Some(max) = &fork.max {
            self.scope.value(max)?;
        }
        let (begun, mut latest) = (self.world.now, self.world.now);
        let mut ended: Vec<Option<Result<(), Failure>>> = vec![None; count];
        while let Some(at) = next(fork, &ended) {
            let branch = &fork.branches[at];
            let broken = branch.after.iter().find_map(|of| ended[*of].as_ref()?.clone().err());
            self.world.now = if branch.after.is_empty() { begun } else { latest };
            let key = self.key(&branch.key);
            let went = match broken {
                Some(failure) => Err(failure),
                None => self.block(&key, branch.block),
            };
            latest = latest.max(self.world.now);
            let kept = if fork.settle { Ok(settled(&branch.name, went.clone())) } else { went.clone() };
            if let (Some(local), Ok(value)) = (branch.local, &kept) {
                self.scope.set(local, value.clone());
            }
            kept?;
            ended[at] = Some(went.map(|_| ()));
        }
        self.world.now = latest;
        Ok(())
    }

    pub(super) fn fork_each(&mut self, each: &ForkEach) -> Result<(), Failure> {
        let items = self.scope.get(each.items).items();
        self.one_by_one(items.len(), each.first.is_some(), each.settle);
        if let Some(max) = &each.max {
            self.scope.value(max)?;
        }
        let (begun, mut latest) = (self.world.now, self.world.now);
        let mut values = Vec::new();
        for (place, item) in (0..).zip(items) {
            self.world.now = begun;
            self.scope.set(each.counter, Value::Int(place));
            self.scope.set(each.item, item);
            self.all(&each.prepare)?;
            let name = self.scope.value(&each.name)?.text();
            let key = self.key(&each.key);
            let went = self.block(&key, each.block);
            latest = latest.max(self.world.now);
            values.push(if each.settle { settled(&name, went) } else { went? });
        }
        self.world.now = latest;
        self.bind(each.result, Value::List(values));
        Ok(())
    }

    fn bind(&mut self, local: Option<LocalId>, value: Value) {
        if let Some(local) = local {
            self.scope.set(local, value);
        }
    }

    /// Notes that there is no order between several, and that it matters which is first.
    fn one_by_one(&mut self, count: usize, first: bool, settle: bool) {
        self.world.unordered |= count > 1;
        self.world.racing |= count > 1 && !settle;
        self.world.undetermined |= first && count > 1;
    }
}

/// The first branch that has not run and whose forerunners have.
fn next(fork: &Fork, ended: &[Option<Result<(), Failure>>]) -> Option<usize> {
    (0..ended.len())
        .find(|at| ended[*at].is_none() && fork.branches[*at].after.iter().all(|of| ended[*of].is_some()))
}

fn settled(key: &str, went: Result<Value, Failure>) -> Value {
    let (value, error) = match went {
        Ok(value) => (value, Value::Null),
        Err(failure) => (Value::Null, failure.value()),
    };
    Value::Record(vec![
        ("key".to_owned(), Value::Text(key.to_owned())),
        ("value".to_owned(), value),
        ("error".to_owned(), error),
    ])
}

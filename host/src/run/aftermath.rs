//! What has to follow a write, also where whoever awaits it is cut off in between: the write is carried out all the same, and
//! nobody else would know that there is something to do.

use std::{
    future::poll_fn,
    sync::{Arc, Weak},
};

use cairn_journal::{InstanceId, Message, Put, Receipt, Status};

use super::{commit::store, drive::wake};
use crate::{Error, crash, host::Inner};

/// A write that is awaited; cut off, it is awaited by a task of its own.
struct Awaited<T: Send + 'static, F: FnOnce(&Arc<Inner>, &T) + Send + 'static> {
    inner: Weak<Inner>,
    write: Option<(Receipt<T>, F)>,
}

impl<T: Send + 'static, F: FnOnce(&Arc<Inner>, &T) + Send + 'static> Drop for Awaited<T, F> {
    fn drop(&mut self) {
        let Some((receipt, then)) = self.write.take() else { return };
        let Ok(runtime) = tokio::runtime::Handle::try_current() else { return };
        // It does not keep the host open: what a host that is closed has not done, the next one does.
        let inner = std::mem::take(&mut self.inner);
        runtime.spawn(async move {
            if let Ok(told) = receipt.await
                && let Some(inner) = inner.upgrade()
            {
                then(&inner, &told);
            }
        });
    }
}

/// Awaits a write. `then` is what has to follow it, and is done only where whoever awaits is cut off; the others do it themselves, and
/// without waiting for anything in between.
///
/// # Errors
/// The journal's.
pub(crate) async fn written<T: Send + 'static>(
    inner: &Arc<Inner>,
    receipt: Receipt<T>,
    then: impl FnOnce(&Arc<Inner>, &T) + Send + 'static,
) -> Result<T, Error> {
    let mut awaited = Awaited { inner: Arc::downgrade(inner), write: Some((receipt, then)) };
    let answer = poll_fn(|context| match &mut awaited.write {
        Some((receipt, _)) => receipt.as_mut().poll(context),
        None => std::task::Poll::Pending,
    })
    .await;
    awaited.write = None;
    answer.map_err(|e| store(&e))
}

/// Puts a message into an inbox, and wakes whom it is for.
///
/// # Errors
/// The journal's.
pub(crate) async fn put(inner: &Arc<Inner>, message: Message) -> Result<Put, Error> {
    let to = message.to.clone();
    let _coming = Coming::new(inner, &to);
    crash::point("event:before-put");
    let receipt = inner.ports.journal.put(message);
    let of = to.clone();
    let put = written(inner, receipt, move |inner, _| drop(has_mail(inner, &of))).await?;
    crash::point("event:after-put");
    has_mail(inner, &to)?;
    Ok(put)
}

/// A message is on its way: it takes room.
struct Coming(Arc<Inner>, InstanceId);

impl Coming {
    fn new(inner: &Arc<Inner>, to: &InstanceId) -> Self {
        inner.comes(to, true);
        Self(Arc::clone(inner), to.clone())
    }
}

impl Drop for Coming {
    fn drop(&mut self) {
        self.0.comes(&self.1, false);
    }
}

/// There is something in an inbox: whom it is for looks.
fn has_mail(inner: &Arc<Inner>, to: &InstanceId) -> Result<(), Error> {
    let over = |status: &Status| matches!(status, Status::Finished | Status::Failed(_));
    if inner.drives(to) && inner.find(to)?.is_some_and(|head| !over(&head.status)) {
        wake(inner, to);
    }
    Ok(())
}

//! A task of the host that panics is told by nobody: the runtime goes on without it.

use std::{cell::RefCell, panic, sync::Once};

thread_local! {
    static SAID: RefCell<Option<String>> = const { RefCell::new(None) };
}

static LISTENS: Once = Once::new();

/// From now on panics of this thread are remembered.
pub(crate) fn forget() {
    LISTENS.call_once(|| {
        let before = panic::take_hook();
        panic::set_hook(Box::new(move |info| {
            SAID.with_borrow_mut(|said| {
                said.get_or_insert_with(|| info.to_string());
            });
            before(info);
        }));
    });
    SAID.with_borrow_mut(|said| *said = None);
}

/// The first panic of this thread since.
pub(crate) fn said() -> Option<String> {
    SAID.with_borrow(Clone::clone)
}

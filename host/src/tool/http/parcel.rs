//! The body of a request, which notes that it is on its way.

use std::{
    convert::Infallible,
    pin::Pin,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    task::{Context, Poll},
};

use bytes::Bytes;
use http_body::{Body, Frame, SizeHint};

/// Bytes that are asked for only once there is a connection to write them to.
pub(super) struct Parcel {
    bytes: Option<Bytes>,
    left: Arc<AtomicBool>,
}

impl Parcel {
    /// The body of a request; `left` is set when it may be on its way.
    pub(super) fn body(bytes: Vec<u8>, left: &Arc<AtomicBool>) -> reqwest::Body {
        reqwest::Body::wrap(Self { bytes: Some(bytes.into()), left: Arc::clone(left) })
    }
}

impl Body for Parcel {
    type Data = Bytes;
    type Error = Infallible;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        _: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Infallible>>> {
        self.left.store(true, Ordering::SeqCst);
        Poll::Ready(self.bytes.take().map(|bytes| Ok(Frame::data(bytes))))
    }

    fn is_end_stream(&self) -> bool {
        self.bytes.is_none()
    }

    fn size_hint(&self) -> SizeHint {
        SizeHint::with_exact(self.bytes.as_ref().map_or(0, |bytes| bytes.len() as u64))
    }
}

//! Requests of components (`wasi:http`): through the same client and behind the same walls as those of the tool.

use std::{
    io,
    pin::Pin,
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicBool, Ordering},
    },
    task::{Context, Poll, ready},
    time::Duration,
};

use ::http::{Request, Response};
use bytes::Bytes;
use http_body::{Body, Frame, SizeHint};
use tokio::{
    sync::Notify,
    time::{Sleep, sleep},
};
use url::Url;
use wasmtime_wasi_http::{Error, RequestOptions, WasiBody, WasiHttpHooks};

use super::{
    super::Grant,
    client,
    granted::Granted,
    resolver::{NotFound, Private},
    trouble::{cause, trouble},
};

/// What goes out of a component, and when that is possible at all.
pub(crate) struct Egress {
    granted: Granted,
    /// For messages: ``the step `fetch` ``.
    what: String,
    leash: Arc<Leash>,
    notes: Notes,
}

/// What people are told about requests that did not go well: a component is given nothing but a code.
#[derive(Clone, Default)]
struct Notes(Arc<Mutex<Vec<String>>>);

impl Notes {
    fn add(&self, note: String) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).push(note);
    }

    fn take(&self) -> Vec<String> {
        std::mem::take(&mut *self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

/// What holds together all requests of one body, or of one call.
#[derive(Default)]
struct Leash {
    over: AtomicBool,
    left: AtomicBool,
    bell: Notify,
}

impl Leash {
    fn end(&self) {
        self.over.store(true, Ordering::SeqCst);
        self.bell.notify_waiters();
    }

    fn is_over(&self) -> bool {
        self.over.load(Ordering::SeqCst)
    }

    async fn until_over(&self) {
        let told = self.bell.notified();
        tokio::pin!(told);
        told.as_mut().enable();
        if !self.is_over() {
            told.await;
        }
    }
}

impl Egress {
    /// Shut, until it is opened.
    pub(crate) fn of(grant: &Grant) -> Self {
        let egress = Self {
            granted: Granted::of(grant),
            what: String::new(),
            leash: Arc::default(),
            notes: Notes::default(),
        };
        egress.leash.end();
        egress
    }

    /// From now on requests may go out, to what is granted.
    pub(crate) fn opens(&mut self, what: String) {
        self.leash.end();
        self.leash = Arc::default();
        self.what = what;
    }

    /// What is under way is cut off, and nothing goes out any more.
    pub(crate) fn shuts(&self) {
        self.leash.end();
    }

    /// Tells whether anything may have gone out, also when this is gone.
    pub(crate) fn left(&self) -> impl Fn() -> bool + Send + use<> {
        let leash = Arc::clone(&self.leash);
        move || leash.left.load(Ordering::SeqCst)
    }

    /// What was to be told since it was last asked.
    pub(crate) fn notes(&self) -> impl Fn() -> Vec<String> + Send + use<> {
        let notes = self.notes.clone();
        move || notes.take()
    }

    fn checked(&self, request: &Request<WasiBody>) -> Result<Url, Error> {
        let url = Url::parse(&request.uri().to_string()).map_err(|_| Error::HttpRequestUriInvalid)?;
        if self.leash.is_over() {
            return Err(Error::ConnectionTerminated);
        }
        self.granted.check(&self.what, &url).map_err(|denied| {
            self.notes.add(denied.message);
            Error::HttpRequestDenied
        })?;
        Ok(url)
    }

    fn send(
        &self,
        request: Request<WasiBody>,
        options: RequestOptions,
    ) -> impl Future<Output = Result<Response<WasiBody>, Error>> + Send + use<> {
        let checked = self.checked(&request);
        let (leash, notes, what) = (Arc::clone(&self.leash), self.notes.clone(), self.what.clone());
        async move {
            let url = checked?;
            let talk = Talk { what, url, notes, leash };
            let over = Arc::clone(&talk.leash);
            tokio::select! {
                biased;
                () = over.until_over() => Err(Error::ConnectionTerminated),
                answer = talk.exchange(request, options) => answer,
            }
        }
    }
}

impl Drop for Egress {
    fn drop(&mut self) {
        self.leash.end();
    }
}

impl WasiHttpHooks for Egress {
    /// The client says whom it talks to.
    fn set_host_header(&mut self) -> bool {
        false
    }

    fn send_request(
        &mut self,
        request: Request<WasiBody>,
        options: Option<RequestOptions>,
        _: Box<dyn Future<Output = Result<(), Error>> + Send>,
    ) -> Box<Sending> {
        let sent = self.send(request, options.unwrap_or_default());
        Box::new(async move { Ok((sent.await?, Box::new(async { Ok(()) }) as Box<Working>)) })
    }
}

/// What goes on behind an answer: nothing, for the client does that.
type Working = dyn Future<Output = Result<(), Error>> + Send;
type Sending = dyn Future<Output = Result<(Response<WasiBody>, Box<Working>), Error>> + Send;

/// One request and its answer. Redirects are the component's business.
struct Talk {
    what: String,
    url: Url,
    notes: Notes,
    leash: Arc<Leash>,
}

impl Talk {
    async fn exchange(
        self,
        request: Request<WasiBody>,
        options: RequestOptions,
    ) -> Result<Response<WasiBody>, Error> {
        let client = client::shared().map_err(|failure| Error::InternalError(Some(failure.message)))?;
        let (parts, body) = request.into_parts();
        let outgoing = client
            .request(parts.method, self.url.clone())
            .headers(parts.headers)
            .body(reqwest::Body::wrap(Outgoing(Mutex::new(body))));
        self.leash.left.store(true, Ordering::SeqCst);
        let answer = match options.first_byte_timeout {
            None => outgoing.send().await,
            Some(first) => {
                let most = first.saturating_add(options.connect_timeout.unwrap_or_default());
                tokio::time::timeout(most, outgoing.send()).await.map_err(|_| Error::HttpResponseTimeout)?
            }
        };
        let answer: Response<reqwest::Body> = answer.map_err(|error| self.code(&error))?.into();
        let between = options.between_bytes_timeout;
        Ok(answer.map(|body| WasiBody::new(Incoming { body, talk: self, between, late: None })))
    }

    /// The code of what went wrong; the words go to people.
    fn code(&self, error: &reqwest::Error) -> Error {
        self.notes.add(trouble(&self.what, &self.url, error).view().message.clone());
        if cause::<Private>(error).is_some() {
            return Error::DestinationIpProhibited;
        }
        if cause::<NotFound>(error).is_some() {
            return Error::DnsError { rcode: None, info_code: None };
        }
        if let Some(tls) = cause::<rustls::Error>(error) {
            let certificate = matches!(tls, rustls::Error::InvalidCertificate(_));
            return if certificate { Error::TlsCertificateError } else { Error::TlsProtocolError };
        }
        match cause::<io::Error>(error).map(io::Error::kind) {
            Some(io::ErrorKind::ConnectionRefused) => Error::ConnectionRefused,
            Some(io::ErrorKind::HostUnreachable | io::ErrorKind::NetworkUnreachable) => {
                Error::DestinationUnavailable
            }
            Some(_) => Error::ConnectionTerminated,
            None if error.is_connect() => Error::DestinationUnavailable,
            None => Error::HttpProtocolError,
        }
    }
}

/// The body that a component sends: it is only ever polled by one, which the types do not say.
struct Outgoing(Mutex<WasiBody>);

impl Body for Outgoing {
    type Data = Bytes;
    type Error = Error;

    fn poll_frame(
        self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Error>>> {
        let body = self.get_mut().0.get_mut().unwrap_or_else(PoisonError::into_inner);
        Pin::new(body).poll_frame(context)
    }

    fn is_end_stream(&self) -> bool {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).size_hint()
    }
}

/// The body that a component is given.
struct Incoming {
    body: reqwest::Body,
    talk: Talk,
    between: Option<Duration>,
    late: Option<Pin<Box<Sleep>>>,
}

impl Body for Incoming {
    type Data = Bytes;
    type Error = Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Error>>> {
        let this = &mut *self;
        if this.talk.leash.is_over() {
            return Poll::Ready(Some(Err(Error::ConnectionTerminated)));
        }
        if let Poll::Ready(frame) = Pin::new(&mut this.body).poll_frame(context) {
            this.late = None;
            return Poll::Ready(frame.map(|frame| frame.map_err(|error| this.talk.code(&error))));
        }
        let Some(between) = this.between else { return Poll::Pending };
        let late = this.late.get_or_insert_with(|| Box::pin(sleep(between)));
        ready!(late.as_mut().poll(context));
        Poll::Ready(Some(Err(Error::ConnectionReadTimeout)))
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}

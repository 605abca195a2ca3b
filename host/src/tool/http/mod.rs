//! HTTP: services of their own (`http:URL`), those that OpenAPI describes (`openapi:`), and the general client (`use "std:http"`).
//!
//! Two walls stand between a step and the network. The grant names origins, and every hop of a redirect must lead to one of
//! them. And a name that leads to a private address is refused: the check is made on the addresses that the connection is
//! then opened to, so that a name cannot mean one thing when it is checked and another when it is used.

mod address;
mod answer;
mod client;
mod egress;
mod exchange;
mod general;
mod granted;
mod parcel;
mod post;
mod resolver;
mod route;
mod service;
mod status;
#[cfg(test)]
mod tests;
mod trouble;

pub(crate) use address::is_public;
pub(crate) use client::that_may_reach;
pub(crate) use egress::Egress;
pub(super) use general::General;
pub(super) use granted::Granted;
pub(super) use post::post;
pub(super) use route::Described;
pub(super) use service::Service;

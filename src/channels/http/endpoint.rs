//! An endpoint as the list of routes holds it: where it is, what answers, and how it is described.

use axum::handler::Handler;
use axum::routing::{self, MethodRouter};

use super::description::document::Operation;
use super::description::{Description, Doc, Schemas, Signature};
use super::middleware;
use super::service::Service;

pub struct Route {
    /// `GET` or `POST`.
    pub method: &'static str,
    pub path: &'static str,
    doc: Doc,
    parts: fn(&mut Description<'_>),
    pub(super) handler: MethodRouter<Service>,
}

impl Route {
    pub(super) fn get<H, T, I>(path: &'static str, handler: H, doc: Doc) -> Self
    where
        H: Handler<T, Service> + Signature<I>,
        T: 'static,
    {
        Self { method: "GET", path, doc, parts: H::describe, handler: routing::get(handler) }
    }

    pub(super) fn post<H, T, I>(path: &'static str, handler: H, doc: Doc) -> Self
    where
        H: Handler<T, Service> + Signature<I>,
        T: 'static,
    {
        Self { method: "POST", path, doc, parts: H::describe, handler: routing::post(handler) }
    }

    /// What any request to it may meet, then what its parts add, then what is its own.
    pub(super) fn describe(&self, schemas: &mut Schemas) -> Operation {
        let mut description = Description::new(&self.doc, schemas);
        description.problems(middleware::problems(self.path));
        (self.parts)(&mut description);
        description.problems(self.doc.problems);
        description.finish()
    }
}

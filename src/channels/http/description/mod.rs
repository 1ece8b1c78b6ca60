//! How an endpoint describes itself. Every extractor and every reply says what it adds to an operation, so the description follows from the
//! signature of the handler; the rest is the endpoint's own [`Doc`]. `docs/decisions/0002-openapi.md` says why this is ours.

pub mod document;
mod schemas;

use std::future::Future;

use axum::extract::{Extension, State};
use axum::http::StatusCode;
use axum::response::Json;
use schemars::{JsonSchema, Schema};

use super::problem::{Kind, Problem, ProblemDocument};
use super::service::Service;
use document::{Header, MediaType, Operation, Parameter, RequestBody, Response};
pub use schemas::Schemas;

/// The name of the security scheme of [`super::openapi`].
pub const ACCESS_TOKEN: &str = "access_token";

/// What the signature of a handler cannot say.
pub struct Doc {
    /// Of the operation; no other endpoint has it.
    pub id: &'static str,
    pub summary: &'static str,
    /// Of the successful response.
    pub success: &'static str,
    /// Errors of the handler's own, beyond those of its extractors and of every request.
    pub problems: &'static [Kind],
}

/// An extractor or a reply.
pub trait Part {
    fn describe(description: &mut Description<'_>);
}

/// A handler whose extractors and reply are described; `Inputs` is the tuple of its extractors.
pub trait Signature<Inputs> {
    fn describe(description: &mut Description<'_>);
}

macro_rules! signatures {
    ($($input:ident)*) => {
        impl<Handler, Answer, $($input,)*> Signature<($($input,)*)> for Handler
        where
            Handler: Fn($($input),*) -> Answer,
            Answer: Future,
            Answer::Output: Part,
            $($input: Part,)*
        {
            fn describe(description: &mut Description<'_>) {
                $($input::describe(description);)*
                Answer::Output::describe(description);
            }
        }
    };
}

signatures!();
signatures!(A);
signatures!(A B);
signatures!(A B C);
signatures!(A B C D);
signatures!(A B C D E);

impl Part for State<Service> {
    fn describe(_description: &mut Description<'_>) {}
}

/// What a layer left for the handler; nothing of the caller's.
impl<T> Part for Extension<T> {
    fn describe(_description: &mut Description<'_>) {}
}

impl<Reply: Part> Part for Result<Reply, Problem> {
    fn describe(description: &mut Description<'_>) {
        Reply::describe(description);
    }
}

impl<T: JsonSchema> Part for Json<T> {
    fn describe(description: &mut Description<'_>) {
        let schema = description.sent::<T>();
        description.success(StatusCode::OK).content("application/json", schema);
    }
}

/// An operation while its parts describe it.
pub struct Description<'a> {
    operation: Operation,
    success: &'static str,
    problems: Vec<Kind>,
    schemas: &'a mut Schemas,
}

impl<'a> Description<'a> {
    pub fn new(doc: &Doc, schemas: &'a mut Schemas) -> Self {
        let operation = Operation { operation_id: doc.id, summary: doc.summary, ..Operation::default() };
        Self { operation, success: doc.success, problems: Vec::new(), schemas }
    }

    /// The schema of a reply's body.
    pub fn sent<T: JsonSchema>(&mut self) -> Schema {
        self.schemas.sent::<T>()
    }

    pub fn signed_in(&mut self) {
        self.operation.security.push([(ACCESS_TOKEN, Vec::new())].into());
    }

    pub fn parameter(&mut self, parameter: Parameter) {
        self.operation.parameters.push(parameter);
    }

    pub fn json_body<T: JsonSchema>(&mut self, required: bool) {
        let content = [("application/json", MediaType { schema: self.schemas.received::<T>() })].into();
        self.operation.request_body = Some(RequestBody { required, content });
    }

    /// The response of a request that succeeds; there is one.
    pub fn success(&mut self, status: StatusCode) -> &mut Response {
        let response = self.operation.responses.entry(status.as_u16()).or_default();
        response.description = self.success.to_owned();
        response
    }

    pub fn problems(&mut self, kinds: &[Kind]) {
        for kind in kinds {
            if !self.problems.contains(kind) {
                self.problems.push(*kind);
            }
        }
    }

    /// The operation with a response for every status its problems have.
    pub fn finish(mut self) -> Operation {
        for kind in &self.problems {
            let response = self.operation.responses.entry(kind.status.as_u16()).or_default();
            if !response.description.is_empty() {
                response.description.push_str("; or: ");
            }
            response.description.push_str(&format!("{} (`{}`)", kind.title, kind.code));
            response.content("application/problem+json", self.schemas.sent::<ProblemDocument>());
            if let Some(header) = kind.header {
                response.header(header.name(), header.schema());
            }
        }
        self.operation
    }
}

impl Response {
    pub fn content(&mut self, media_type: &'static str, schema: Schema) -> &mut Self {
        self.content.insert(media_type, MediaType { schema });
        self
    }

    pub fn header(&mut self, name: &'static str, schema: Schema) -> &mut Self {
        self.headers.insert(name, Header { schema });
        self
    }
}

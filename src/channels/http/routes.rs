//! All routes, in one list. The router, the OpenAPI document and the test that demands a scope test of each are made from it.

use axum::Router;
use axum::routing::{MethodRouter, get, post};
use tower_http::catch_panic::CatchPanicLayer;

use super::problem::{Kind, Problem};
use super::service::Service;
use super::{conversations, middleware, probes};

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Access {
    Anyone,
    /// A verified token of a person in the records.
    SignedIn,
}

pub struct Route {
    /// `GET` or `POST`.
    pub method: &'static str,
    pub path: &'static str,
    pub access: Access,
    handler: fn() -> MethodRouter<Service>,
}

pub const ROUTES: [Route; 8] = [
    Route { method: "GET", path: "/healthz", access: Access::Anyone, handler: || get(probes::health) },
    Route { method: "GET", path: "/readyz", access: Access::Anyone, handler: || get(probes::readiness) },
    Route { method: "GET", path: "/v1/openapi.json", access: Access::Anyone, handler: || get(probes::openapi) },
    Route { method: "GET", path: "/v1/me", access: Access::SignedIn, handler: || get(probes::me) },
    Route { method: "GET", path: "/v1/conversations", access: Access::SignedIn, handler: || get(conversations::list) },
    Route { method: "POST", path: "/v1/conversations", access: Access::SignedIn, handler: || post(conversations::start) },
    Route { method: "GET", path: "/v1/conversations/{id}", access: Access::SignedIn, handler: || get(conversations::show) },
    Route { method: "POST", path: "/v1/conversations/{id}/messages", access: Access::SignedIn, handler: || post(conversations::ask) },
];

/// The whole interface as one tower service.
pub fn router(service: Service) -> Router {
    ROUTES
        .iter()
        .fold(Router::new(), |router, route| router.route(route.path, (route.handler)()))
        .fallback(|| async { Problem::new(Kind::NOT_FOUND) })
        .layer(CatchPanicLayer::custom(middleware::panicked))
        .layer(axum::middleware::from_fn_with_state(service.clone(), middleware::wrap))
        .with_state(service)
}

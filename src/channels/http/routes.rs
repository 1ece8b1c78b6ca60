//! All routes, in one list. The router, the OpenAPI document and the test that demands a scope test of each are made from it.

use axum::Router;
use axum::http::StatusCode;
use tower_http::catch_panic::CatchPanicLayer;
use tower_http::timeout::TimeoutLayer;

pub use super::endpoint::Route;
use super::problem::{Kind, Problem};
use super::service::Service;
use super::{conversations, health, me, middleware, openapi, readiness};

/// One line for each endpoint.
#[must_use]
pub fn routes() -> Vec<Route> {
    vec![
        health::route(),
        readiness::route(),
        openapi::route(),
        me::route(),
        conversations::list::route(),
        conversations::start::route(),
        conversations::show::route(),
        conversations::ask::route(),
    ]
}

/// The whole interface as one tower service.
pub fn router(service: Service) -> Router {
    routes()
        .into_iter()
        .fold(Router::new(), |router, route| router.route(route.path, route.handler))
        .fallback(|| async { Problem::new(Kind::NOT_FOUND) })
        .layer(CatchPanicLayer::custom(middleware::panicked))
        // Until the head of the response: a stream that began goes on.
        .layer(TimeoutLayer::with_status_code(StatusCode::GATEWAY_TIMEOUT, service.limits.request_timeout))
        .layer(axum::middleware::from_fn_with_state(service.clone(), middleware::wrap))
        .with_state(service)
}

//! A JWKS over HTTP(S). The address is configuration, never taken from a token, and never followed elsewhere.

use std::time::Duration;

use async_trait::async_trait;

use super::jwks::{JwksError, JwksSource};

const FETCH_TIMEOUT: Duration = Duration::from_secs(5);
const MAX_DOCUMENT_BYTES: usize = 128 * 1024;

pub struct HttpJwks {
    client: reqwest::Client,
    url: reqwest::Url,
}

impl HttpJwks {
    /// # Errors
    /// When the TLS stack cannot be set up.
    pub fn new(url: reqwest::Url) -> Result<Self, reqwest::Error> {
        let client = reqwest::Client::builder()
            .timeout(FETCH_TIMEOUT)
            .connect_timeout(FETCH_TIMEOUT)
            .redirect(reqwest::redirect::Policy::none())
            .build()?;
        Ok(Self { client, url })
    }
}

#[async_trait]
impl JwksSource for HttpJwks {
    async fn fetch(&self) -> Result<Vec<u8>, JwksError> {
        let mut response = self.client.get(self.url.clone()).send().await.map_err(|error| unreachable(&error))?;
        if response.status() != reqwest::StatusCode::OK {
            return Err(JwksError::Status(response.status().as_u16()));
        }
        let mut document = Vec::new();
        while let Some(chunk) = response.chunk().await.map_err(|error| unreachable(&error))? {
            if document.len() + chunk.len() > MAX_DOCUMENT_BYTES {
                return Err(JwksError::Oversized(MAX_DOCUMENT_BYTES));
            }
            document.extend_from_slice(&chunk);
        }
        Ok(document)
    }
}

/// The cause in two words: the address itself may be an internal name that does not belong into every log.
fn unreachable(error: &reqwest::Error) -> JwksError {
    JwksError::Unreachable(if error.is_timeout() {
        "timed out"
    } else if error.is_connect() {
        "cannot connect"
    } else {
        "broken response"
    })
}

//! How a call can fail, what the asker is told, and whether one more try is safe.
//!
//! The SDK has retried by itself what it knows (throttling, a model that is not ready, 500, 502, 503, 504) before the first byte; it never does
//! after it. What remains for us: a model that timed out or failed (408, 424) may be asked once more, as the service's own texts say.

use aws_sdk_bedrockruntime::error::{DisplayErrorContext, ProvideErrorMetadata, SdkError};
use aws_sdk_bedrockruntime::types::error::ConverseStreamOutputError;
use aws_smithy_types::event_stream::RawMessage;

use agent_bill_model::ModelError;

/// A failed call: the error to report, and whether asking again may help.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Failed {
    pub error: ModelError,
    pub once_more: bool,
}

const fn failed(error: ModelError, once_more: bool) -> Failed {
    Failed { error, once_more }
}

/// Logs what happened, without anything that was said, and classifies.
pub(super) fn classify<E, R>(error: &SdkError<E, R>) -> Failed
where
    E: ProvideErrorMetadata + std::error::Error + Send + Sync + 'static,
    R: std::fmt::Debug + Send + Sync + 'static,
{
    let result = match error {
        SdkError::TimeoutError(_) => failed(ModelError::TimedOut, false),
        SdkError::ConstructionFailure(_) => of_construction(error),
        SdkError::DispatchFailure(dispatch) if dispatch.is_timeout() => failed(ModelError::TimedOut, false),
        SdkError::DispatchFailure(_) => of_construction(error),
        SdkError::ResponseError(_) => failed(ModelError::BrokenOff, true),
        SdkError::ServiceError(service) => of_code(service.err().code().unwrap_or_default(), service.err().message().unwrap_or_default()),
        _ => failed(ModelError::Unavailable, false),
    };
    // Where the service finds fault with a request its words may quote it; those of other refusals are an engineer's first clue.
    let detail = match error {
        SdkError::ServiceError(service) => match result.error {
            ModelError::Throttled | ModelError::AccessDenied | ModelError::BadCredentials | ModelError::ModelNotFound => {
                shorten(service.err().message().unwrap_or_default())
            }
            _ => String::new(),
        },
        other => shorten(&DisplayErrorContext(other).to_string()),
    };
    tracing::warn!(code = result.error.code(), service_code = error.code().unwrap_or_default(), detail, "Bedrock did not answer");
    result
}

/// As [`classify`], for a reply that had begun: the service's exceptions come as events without a code, and whatever else happened to the
/// connection, the reply broke off.
pub(super) fn classify_in_stream(error: &SdkError<ConverseStreamOutputError, RawMessage>) -> Failed {
    let result = match error {
        SdkError::ServiceError(service) => {
            let event = service.err();
            of_code(code_of_event(event), event.message().unwrap_or_default())
        }
        _ => failed(ModelError::BrokenOff, true),
    };
    tracing::warn!(code = result.error.code(), "Bedrock's reply broke off");
    result
}

const fn code_of_event(event: &ConverseStreamOutputError) -> &'static str {
    match event {
        ConverseStreamOutputError::InternalServerException(_) => "InternalServer",
        ConverseStreamOutputError::ModelStreamErrorException(_) => "ModelStreamError",
        ConverseStreamOutputError::ServiceUnavailableException(_) => "ServiceUnavailable",
        ConverseStreamOutputError::ThrottlingException(_) => "Throttling",
        ConverseStreamOutputError::ValidationException(_) => "Validation",
        _ => "",
    }
}

/// The SDK reports missing credentials as a failure to build or to dispatch the request.
fn of_construction<E, R>(error: &SdkError<E, R>) -> Failed
where
    E: std::error::Error + Send + Sync + 'static,
    R: std::fmt::Debug + Send + Sync + 'static,
{
    let text = DisplayErrorContext(error).to_string().to_lowercase();
    if text.contains("credential") || text.contains("identity") {
        failed(ModelError::NoCredentials, false)
    } else if text.contains("region") && !text.contains("dispatch") {
        failed(ModelError::Rejected, false)
    } else {
        failed(ModelError::Unavailable, false)
    }
}

/// By the service's error code, whether it came as an HTTP error or inside a stream.
fn of_code(code: &str, message: &str) -> Failed {
    let code = code.trim_end_matches("Exception");
    match code.to_ascii_lowercase().as_str() {
        "throttling" | "modelnotready" | "servicequotaexceeded" | "toomanyrequests" => failed(ModelError::Throttled, false),
        "modeltimeout" => failed(ModelError::TimedOut, true),
        "modelerror" | "modelstreamerror" => failed(ModelError::BrokenOff, true),
        "accessdenied" => failed(ModelError::AccessDenied, false),
        "unrecognizedclient" | "invalidsignature" | "invalidclienttokenid" | "expiredtoken" | "missingauthenticationtoken" => {
            failed(ModelError::BadCredentials, false)
        }
        "resourcenotfound" => failed(ModelError::ModelNotFound, false),
        "validation" if message.to_lowercase().contains("on-demand throughput") => failed(ModelError::ModelNotFound, false),
        "validation" if is_too_long(message) => failed(ModelError::ContextExceeded, false),
        "validation" => failed(ModelError::Rejected, false),
        _ => failed(ModelError::Unavailable, false),
    }
}

fn is_too_long(message: &str) -> bool {
    let message = message.to_lowercase();
    message.contains("too long") || message.contains("context window") || message.contains("too many input tokens")
}

fn shorten(text: &str) -> String {
    text.chars().take(400).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_code_of_the_service_has_its_meaning_and_its_retry_rule() {
        for (code, error, once_more) in [
            ("ThrottlingException", ModelError::Throttled, false),
            ("throttlingException", ModelError::Throttled, false),
            ("ModelNotReadyException", ModelError::Throttled, false),
            ("ServiceQuotaExceededException", ModelError::Throttled, false),
            ("ServiceUnavailableException", ModelError::Unavailable, false),
            ("InternalServerException", ModelError::Unavailable, false),
            ("ModelTimeoutException", ModelError::TimedOut, true),
            ("ModelErrorException", ModelError::BrokenOff, true),
            ("modelStreamErrorException", ModelError::BrokenOff, true),
            ("ValidationException", ModelError::Rejected, false),
            ("AccessDeniedException", ModelError::AccessDenied, false),
            ("ExpiredTokenException", ModelError::BadCredentials, false),
            ("UnrecognizedClientException", ModelError::BadCredentials, false),
            ("ResourceNotFoundException", ModelError::ModelNotFound, false),
            ("", ModelError::Unavailable, false),
        ] {
            assert_eq!(of_code(code, ""), Failed { error, once_more }, "{code}");
        }
    }

    #[test]
    fn a_validation_error_tells_a_missing_profile_and_a_long_prompt_apart() {
        let profile = "Invocation of model ID x with on-demand throughput isn't supported.";
        assert_eq!(of_code("ValidationException", profile).error, ModelError::ModelNotFound);
        assert_eq!(of_code("ValidationException", "Input is too long for requested model.").error, ModelError::ContextExceeded);
    }
}

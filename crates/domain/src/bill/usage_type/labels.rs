//! The labels a usage type is read into, spelled as in the rollup's columns.

use std::fmt;

use crate::tokens::TokenKind;
use crate::words::Words;

macro_rules! labels {
    ($(#[$doc:meta])* $name:ident: $kind:literal { $($(#[$variant_doc:meta])* $variant:ident => $label:literal),+ $(,)? }) => {
        words! {
            $(#[$doc])*
            #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
            pub enum $name: $kind { $($(#[$variant_doc])* $variant = $label),+ }
        }

        impl $name {
            #[must_use]
            pub const fn label(self) -> &'static str {
                self.key()
            }

            /// The variant a column of the rollup holds.
            #[must_use]
            pub fn from_label(label: &str) -> Option<Self> {
                Self::from_word(label)
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(self.key())
            }
        }
    };
}

labels!(
    /// What a line measures.
    TokenClass: "token class" {
        Input => "input",
        Output => "output",
        CacheRead => "cache_read",
        /// Also every cache write that names no lifetime.
        CacheWrite5m => "cache_write_5m",
        CacheWrite30m => "cache_write_30m",
        CacheWrite1h => "cache_write_1h",
        ImageTokenIn => "image_token_in",
        ImageTokenOut => "image_token_out",
        AudioTokenIn => "audio_token_in",
        AudioTokenOut => "audio_token_out",
        VideoTokenIn => "video_token_in",
        VideoTokenOut => "video_token_out",
        SpeechTokenIn => "speech_token_in",
        SpeechTokenOut => "speech_token_out",
        ImageIn => "image_in",
        ImageOut => "image_out",
        VideoSecond => "video_second",
        SearchUnit => "search_unit",
        CacheStorage => "cache_storage",
        /// Committed tokens per minute, billed by the hour: not a count of tokens.
        ReservedTpmIn => "reserved_tpm_in",
        ReservedTpmOut => "reserved_tpm_out",
        ProvisionedModelUnitHour => "provisioned_model_unit_hour",
        CustomModelImport => "custom_model_import",
        CustomizationTraining => "customization_training",
        CustomizationStorage => "customization_storage",
        GuardrailUnit => "guardrail_unit",
        DataAutomation => "data_automation",
        Grounding => "grounding",
        KnowledgeBase => "knowledge_base",
        AgentCore => "agentcore",
        Flow => "flow",
        PromptOptimization => "prompt_optimization",
        PromptRouting => "prompt_routing",
        StructuredRetrieval => "structured_retrieval",
        Evaluation => "evaluation",
        /// Nothing known: kept with its cost and listed.
        Other => "other",
    }
);

labels!(Tier: "tier" {
    Standard => "standard",
    Batch => "batch",
    Flex => "flex",
    Priority => "priority",
    LatencyOptimized => "latency_optimized",
    CustomModel => "custom_model",
    Customization => "customization",
    Provisioned => "provisioned",
    Reserved => "reserved",
});

labels!(
    /// The bill cannot tell in-region calls from those through a geographic profile: both are `regional`, except where it says `geo` itself.
    Routing: "routing" {
        Regional => "regional",
        Geo => "geo",
        Global => "global",
    }
);

labels!(Context: "context" {
    Default => "default",
    Long => "long",
});

labels!(
    /// Which endpoint served the call.
    Surface: "surface" {
        Runtime => "runtime",
        Mantle => "mantle",
    }
);

labels!(
    /// The grammar the string is written in.
    Family: "grammar of usage types" {
        Kebab => "kebab",
        Mantle => "mantle",
        Marketplace => "marketplace",
    }
);

impl TokenClass {
    /// The kind of text token counted; `None` for everything whose amount is not a number of text tokens.
    #[must_use]
    pub const fn text_kind(self) -> Option<TokenKind> {
        match self {
            Self::Input => Some(TokenKind::Input),
            Self::Output => Some(TokenKind::Output),
            Self::CacheRead => Some(TokenKind::CacheRead),
            Self::CacheWrite5m | Self::CacheWrite30m | Self::CacheWrite1h => Some(TokenKind::CacheWrite),
            _ => None,
        }
    }

    /// False for services around the models, whose lines belong to no model.
    #[must_use]
    pub const fn is_of_a_model(self) -> bool {
        !matches!(
            self,
            Self::CustomModelImport
                | Self::GuardrailUnit
                | Self::DataAutomation
                | Self::KnowledgeBase
                | Self::AgentCore
                | Self::Flow
                | Self::PromptOptimization
                | Self::PromptRouting
                | Self::StructuredRetrieval
                | Self::Evaluation
                | Self::Other
        )
    }
}

//! The models the demo uses: their names in every place of the bill, their prices, and the usage types AWS writes for them.

/// Who bills the model: AWS under the `AmazonBedrock` code, AWS under `AmazonBedrockService`, or AWS Marketplace.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Channel {
    Native,
    Service,
    Marketplace,
}

impl Channel {
    #[must_use]
    pub const fn key(self) -> &'static str {
        match self {
            Self::Native => "native",
            Self::Service => "service",
            Self::Marketplace => "marketplace",
        }
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Class {
    Input,
    Output,
    CacheRead,
    CacheWrite5m,
    CacheWrite1h,
}

impl Class {
    #[must_use]
    pub const fn key(self) -> &'static str {
        match self {
            Self::Input => "input",
            Self::Output => "output",
            Self::CacheRead => "cache_read",
            Self::CacheWrite5m => "cache_write_5m",
            Self::CacheWrite1h => "cache_write_1h",
        }
    }

    pub(super) const fn kebab(self) -> &'static str {
        match self {
            Self::Input => "input-tokens",
            Self::Output => "output-tokens",
            Self::CacheRead => "cache-read-input-token-count",
            Self::CacheWrite5m => "cache-write-input-token-count",
            Self::CacheWrite1h => "cache-write-1h-input-token-count",
        }
    }

    pub(super) const fn camel(self) -> &'static str {
        match self {
            Self::Input => "InputTokenCount",
            Self::Output => "OutputTokenCount",
            Self::CacheRead => "CacheReadInputTokenCount",
            Self::CacheWrite5m => "CacheWriteInputTokenCount",
            Self::CacheWrite1h => "CacheWrite1hInputTokenCount",
        }
    }

    pub(super) const fn snake(self) -> &'static str {
        match self {
            Self::Input => "input_tokens",
            Self::Output => "output_tokens",
            Self::CacheRead => "cache_read_tokens",
            Self::CacheWrite5m => "cache_write_tokens",
            Self::CacheWrite1h => "cache_write_tokens_1h",
        }
    }

    pub(super) const fn mantle(self) -> &'static str {
        match self {
            Self::Input => "input-tokens",
            Self::Output => "output-tokens",
            Self::CacheRead => "cache-read-tokens",
            Self::CacheWrite5m => "cache-write-tokens",
            Self::CacheWrite1h => "cache-write-tokens-1h",
        }
    }

    /// `product['inference_type']` of standard on-demand rows; cache rows come without.
    #[must_use]
    pub const fn inference_type(self) -> &'static str {
        match self {
            Self::Input => "Input tokens",
            Self::Output => "Output tokens",
            Self::CacheRead | Self::CacheWrite5m | Self::CacheWrite1h => "",
        }
    }

    /// Third part of a Marketplace line's description.
    #[must_use]
    pub const fn description(self) -> &'static str {
        match self {
            Self::Input => "Million Input Tokens",
            Self::Output => "Million Response Tokens",
            Self::CacheRead => "Million Cache Read Input Tokens",
            Self::CacheWrite5m => "Million Cache Write Input Tokens",
            Self::CacheWrite1h => "Million Cache Write 1h Input Tokens",
        }
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Tier {
    Standard,
    Batch,
    Flex,
}

impl Tier {
    #[must_use]
    pub const fn key(self) -> &'static str {
        match self {
            Self::Standard => "standard",
            Self::Batch => "batch",
            Self::Flex => "flex",
        }
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Routing {
    Regional,
    Global,
}

impl Routing {
    #[must_use]
    pub const fn key(self) -> &'static str {
        match self {
            Self::Regional => "regional",
            Self::Global => "global",
        }
    }
}

/// Marketplace grammar of the usage type: up to the 4.6 generation in camel case, later ones in snake case.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Grammar {
    Camel,
    Snake,
}

/// Standard regional prices in micro-USD per million tokens: input, output, cache read, cache write 5 m, cache write 1 h.
type Prices = [i64; 5];

#[derive(Debug)]
pub struct Model {
    /// Canonical key, as decisions and answers name it.
    pub key: &'static str,
    pub name: &'static str,
    pub provider: &'static str,
    /// Id of the foundation model.
    pub id: &'static str,
    /// Name inside kebab usage types.
    pub slug: &'static str,
    /// The opaque product code of its Marketplace listing.
    pub listing: &'static str,
    pub grammar: Grammar,
    pub regional: Prices,
    pub global: Prices,
}

pub const SONNET_4_6: Model = Model {
    key: "anthropic/claude-sonnet-4.6",
    name: "Claude Sonnet 4.6",
    provider: "Anthropic",
    id: "anthropic.claude-sonnet-4-6",
    slug: "Claude4.6Sonnet",
    listing: "7zgyu5r4uonlsrnaq20qq63eo",
    grammar: Grammar::Camel,
    regional: [3_300_000, 16_500_000, 330_000, 4_125_000, 6_600_000],
    global: [3_000_000, 15_000_000, 300_000, 3_750_000, 6_000_000],
};

pub const HAIKU_4_5: Model = Model {
    key: "anthropic/claude-haiku-4.5",
    name: "Claude Haiku 4.5",
    provider: "Anthropic",
    id: "anthropic.claude-haiku-4-5-20251001-v1:0",
    slug: "Claude4.5Haiku",
    listing: "5w3hqm1d8rk2v07zbtx4ye6gn",
    grammar: Grammar::Camel,
    regional: [1_100_000, 5_500_000, 110_000, 1_375_000, 2_200_000],
    global: [1_000_000, 5_000_000, 100_000, 1_250_000, 2_000_000],
};

pub const SONNET_5: Model = Model {
    key: "anthropic/claude-sonnet-5",
    name: "Claude Sonnet 5",
    provider: "Anthropic",
    id: "anthropic.claude-sonnet-5",
    slug: "Claude5Sonnet",
    listing: "1k9x0c4mq7t2h8dwsv5bnz3yr",
    grammar: Grammar::Snake,
    regional: [2_200_000, 11_000_000, 220_000, 2_750_000, 4_400_000],
    global: [2_000_000, 10_000_000, 200_000, 2_500_000, 4_000_000],
};

pub const OPUS_4_7: Model = Model {
    key: "anthropic/claude-opus-4.7",
    name: "Claude Opus 4.7",
    provider: "Anthropic",
    id: "anthropic.claude-opus-4-7",
    slug: "Claude4.7Opus",
    listing: "9p2d6yk3w8xs1zq5hn0vrt7bm",
    grammar: Grammar::Snake,
    regional: [5_500_000, 27_500_000, 550_000, 6_875_000, 11_000_000],
    global: [5_000_000, 25_000_000, 500_000, 6_250_000, 10_000_000],
};

pub const NOVA_PRO: Model = Model {
    key: "amazon/nova-pro",
    name: "Nova Pro",
    provider: "Amazon",
    id: "amazon.nova-pro-v1:0",
    slug: "NovaPro",
    listing: "",
    grammar: Grammar::Camel,
    regional: [800_000, 3_200_000, 200_000, 0, 0],
    global: [800_000, 3_200_000, 200_000, 0, 0],
};

pub const NOVA_LITE: Model = Model {
    key: "amazon/nova-lite",
    name: "Nova Lite",
    provider: "Amazon",
    id: "amazon.nova-lite-v1:0",
    slug: "NovaLite",
    listing: "",
    grammar: Grammar::Camel,
    regional: [60_000, 240_000, 15_000, 0, 0],
    global: [60_000, 240_000, 15_000, 0, 0],
};

pub const NOVA_2_LITE: Model = Model {
    key: "amazon/nova-2-lite",
    name: "Nova 2.0 Lite",
    provider: "Amazon",
    id: "amazon.nova-2-lite-v1:0",
    slug: "Nova2.0Lite",
    listing: "",
    grammar: Grammar::Camel,
    regional: [330_000, 2_750_000, 82_500, 0, 0],
    global: [300_000, 2_500_000, 75_000, 0, 0],
};

pub const TITAN_EMBED_V2: Model = Model {
    key: "amazon/titan-embed-text-v2",
    name: "Titan Text Embeddings V2",
    provider: "Amazon",
    id: "amazon.titan-embed-text-v2:0",
    slug: "TitanEmbeddingV2-Text",
    listing: "",
    grammar: Grammar::Camel,
    regional: [20_000, 0, 0, 0, 0],
    global: [20_000, 0, 0, 0, 0],
};

pub const GPT_OSS_120B: Model = Model {
    key: "openai/gpt-oss-120b",
    name: "gpt-oss-120b",
    provider: "OpenAI",
    id: "openai.gpt-oss-120b-1:0",
    slug: "gpt-oss-120b",
    listing: "",
    grammar: Grammar::Camel,
    regional: [150_000, 600_000, 0, 0, 0],
    global: [150_000, 600_000, 0, 0, 0],
};

pub const LLAMA_3_70B: Model = Model {
    key: "meta/llama-3-70b",
    name: "Llama 3 70B",
    provider: "Meta",
    id: "meta.llama3-70b-instruct-v1:0",
    slug: "Llama3-70B",
    listing: "",
    grammar: Grammar::Camel,
    regional: [2_650_000, 3_500_000, 0, 0, 0],
    global: [2_650_000, 3_500_000, 0, 0, 0],
};

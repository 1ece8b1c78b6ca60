-- What Agent Bill itself consumes: one row a call of a language model. A row is written before the call with its worst case, so that calls at the
-- same time cannot pass a limit together, and completed after it; one that was never completed keeps its worst case. An amount below zero would lift a
-- limit, so none is stored.

CREATE TABLE model_calls (
    id TEXT PRIMARY KEY,
    at TEXT NOT NULL,
    usage_day TEXT NOT NULL,                   -- UTC day of `at`
    person_id TEXT NOT NULL REFERENCES people (id),
    conversation_id TEXT NOT NULL,
    model TEXT NOT NULL,                       -- as configured: model id, inference profile id or ARN
    state TEXT NOT NULL CHECK (state IN ('running', 'answered', 'failed')),
    outcome TEXT NOT NULL,                     -- stop reason or error code; '' while running
    input_tokens BIGINT NOT NULL CHECK (input_tokens >= 0),
    output_tokens BIGINT NOT NULL CHECK (output_tokens >= 0),
    cache_read_tokens BIGINT NOT NULL CHECK (cache_read_tokens >= 0),
    cache_write_tokens BIGINT NOT NULL CHECK (cache_write_tokens >= 0),
    -- What counts against the limits: the worst case while running.
    total_tokens BIGINT NOT NULL CHECK (total_tokens >= 0),
    -- At list price; 0 when no price is known; the worst case while running.
    cost_nano_usd BIGINT NOT NULL CHECK (cost_nano_usd >= 0),
    priced BIGINT NOT NULL CHECK (priced IN (0, 1)),         -- 1: cost_nano_usd is a price, 0: no price is known
    estimated BIGINT NOT NULL CHECK (estimated IN (0, 1)),   -- 1: the provider did not count these tokens, or the call was never completed
    duration_ms BIGINT NOT NULL CHECK (duration_ms >= 0),
    CHECK (usage_day = SUBSTR(at, 1, 10))
);
CREATE INDEX model_calls_by_day ON model_calls (usage_day, person_id, cost_nano_usd, total_tokens);
CREATE INDEX model_calls_by_conversation ON model_calls (conversation_id);

-- What Agent Bill itself consumes: one row a call of a language model. A row is written before the call with its worst case, so that calls at the
-- same time cannot pass a limit together, and completed after it; one that was never completed keeps its worst case.

CREATE TABLE model_calls (
    id TEXT PRIMARY KEY,
    at TEXT NOT NULL,
    usage_day TEXT NOT NULL,                   -- UTC
    person_id TEXT NOT NULL REFERENCES people (id),
    conversation_id TEXT NOT NULL,
    model TEXT NOT NULL,                       -- as configured: model id, inference profile id or ARN
    state TEXT NOT NULL CHECK (state IN ('running', 'answered', 'failed')),
    outcome TEXT NOT NULL,                     -- stop reason or error code; '' while running
    input_tokens BIGINT NOT NULL,
    output_tokens BIGINT NOT NULL,
    cache_read_tokens BIGINT NOT NULL,
    cache_write_tokens BIGINT NOT NULL,
    total_tokens BIGINT NOT NULL,              -- what counts against limits; the worst case while running
    cost_nano_usd BIGINT NOT NULL,             -- at list price; 0 when no price is known; the worst case while running
    priced BIGINT NOT NULL,                    -- 1: cost_nano_usd is a price, 0: no price is known
    estimated BIGINT NOT NULL,                 -- 1: the provider did not count these tokens, or the call was never completed
    duration_ms BIGINT NOT NULL
);
CREATE INDEX model_calls_by_day ON model_calls (usage_day, person_id, cost_nano_usd, total_tokens);
CREATE INDEX model_calls_by_conversation ON model_calls (conversation_id);

-- What people decided: claims, estimates, decisions on models; and the append-only record of all of it.

CREATE TABLE claims (
    id TEXT PRIMARY KEY,
    principal_key TEXT NOT NULL,
    workload_id TEXT NOT NULL REFERENCES workloads (id),
    effective_from TEXT NOT NULL,              -- first UTC day attributed
    released_on TEXT NOT NULL DEFAULT '9999-12-31',    -- first UTC day no longer attributed
    claimed_by TEXT NOT NULL REFERENCES people (id),
    claimed_at TEXT NOT NULL,
    rationale TEXT NOT NULL DEFAULT ''
);
CREATE INDEX claims_by_principal ON claims (principal_key, effective_from, released_on, workload_id);
CREATE INDEX claims_by_workload ON claims (workload_id, principal_key, effective_from, released_on);

CREATE TABLE estimates (
    id TEXT PRIMARY KEY,
    workload_id TEXT NOT NULL REFERENCES workloads (id),
    from_month TEXT NOT NULL,                  -- YYYY-MM; in force until a later one replaces it
    unit TEXT NOT NULL CHECK (unit IN ('usd', 'tokens')),
    amount_nano BIGINT,                        -- monthly dollars, required when the unit is usd
    input_tokens BIGINT,                       -- monthly tokens per kind; required when the unit is tokens, optional beside dollars
    output_tokens BIGINT,
    cache_read_tokens BIGINT,
    cache_write_tokens BIGINT,
    committed_by TEXT NOT NULL REFERENCES people (id),
    committed_at TEXT NOT NULL
);
CREATE INDEX estimates_by_workload ON estimates (workload_id, from_month, committed_at);

CREATE TABLE models (
    model_key TEXT PRIMARY KEY,                -- canonical, for example anthropic/claude-opus-4.7
    name TEXT NOT NULL,
    provider TEXT NOT NULL,
    first_seen_on TEXT NOT NULL                -- pending review until a decision names it
);

CREATE TABLE decisions (
    id TEXT PRIMARY KEY,
    model_key TEXT NOT NULL REFERENCES models (model_key),
    state TEXT NOT NULL CHECK (state IN ('approved', 'restricted', 'blocked')),
    account_id TEXT NOT NULL,                  -- '*' only for blocked
    region TEXT NOT NULL,                      -- '*' only for blocked
    route TEXT NOT NULL CHECK (route IN ('on_demand', 'geo_profile', 'global_profile', 'application_profile', 'mantle', '*')),
    action_scope TEXT NOT NULL CHECK (action_scope IN ('inference_only', 'agentic_read_only', 'agentic_read_write')),
    rationale TEXT NOT NULL,
    decided_by TEXT NOT NULL REFERENCES people (id),
    decided_at TEXT NOT NULL,
    effective_from TEXT NOT NULL,              -- first UTC day in force
    superseded_on TEXT NOT NULL DEFAULT '9999-12-31',  -- first UTC day no longer in force
    implemented_on TEXT                        -- set when a Cloud Engineer marked the task done; NULL: decided, not implemented
);
CREATE INDEX decisions_by_model ON decisions (model_key, effective_from);

CREATE TABLE decision_workloads (
    decision_id TEXT NOT NULL REFERENCES decisions (id),
    workload_id TEXT NOT NULL REFERENCES workloads (id),
    PRIMARY KEY (decision_id, workload_id)
);

CREATE TABLE audit_log (
    sequence BIGINT PRIMARY KEY,               -- 1, 2, 3 … without gaps
    at TEXT NOT NULL,
    actor TEXT NOT NULL,
    event TEXT NOT NULL,
    subject TEXT NOT NULL,
    detail TEXT NOT NULL,                      -- JSON
    previous_hash TEXT NOT NULL,
    hash TEXT NOT NULL
);

-- What the bill says, folded to one row per day and replaced by whole billing period.

CREATE TABLE usage_daily (
    billing_period TEXT NOT NULL,              -- YYYY-MM
    usage_date TEXT NOT NULL,
    payer_account_id TEXT NOT NULL,
    account_id TEXT NOT NULL,                  -- the billed (usage) account
    region TEXT NOT NULL,                      -- '' when unknown
    channel TEXT NOT NULL CHECK (channel IN ('native', 'service', 'marketplace', 'other')),
    principal_key TEXT NOT NULL,               -- '' when the line names none
    line_kind TEXT NOT NULL CHECK (line_kind IN ('usage', 'credit', 'discount', 'refund', 'tax', 'fee')),
    usage_type TEXT NOT NULL,
    pricing_unit TEXT NOT NULL,
    operation TEXT NOT NULL,
    token_class TEXT NOT NULL,
    tier TEXT NOT NULL,
    routing TEXT NOT NULL CHECK (routing IN ('regional', 'geo', 'global')),
    surface TEXT NOT NULL CHECK (surface IN ('runtime', 'mantle')),
    context TEXT NOT NULL CHECK (context IN ('default', 'long')),
    model_key TEXT NOT NULL,                   -- '' when the line concerns no model
    profile_arn TEXT NOT NULL,                 -- application inference profile, else ''
    has_principal_data BIGINT NOT NULL,        -- 0: the day lies before principal data existed, or the file had no such column
    unit_suspect BIGINT NOT NULL,
    unblended_nano BIGINT NOT NULL,
    net_nano BIGINT NOT NULL,
    public_nano BIGINT NOT NULL,
    tokens BIGINT NOT NULL,                    -- 0 for classes that are not text tokens
    lines BIGINT NOT NULL,
    sessions BIGINT NOT NULL,                  -- distinct raw principals folded into this row
    last_usage_end TEXT NOT NULL
);
CREATE INDEX usage_daily_by_period ON usage_daily (billing_period);
CREATE INDEX usage_daily_by_principal ON usage_daily (principal_key, usage_date, model_key, token_class, account_id, region, line_kind, unblended_nano, tokens);
CREATE INDEX usage_daily_by_account ON usage_daily (account_id, usage_date);

CREATE TABLE principals (
    principal_key TEXT PRIMARY KEY,
    account_id TEXT NOT NULL,
    kind TEXT NOT NULL,
    name TEXT NOT NULL,
    name_folded TEXT NOT NULL,
    broad_reason TEXT NOT NULL                 -- '' or why a claim would cover several teams: sso_role, admin_role, many_sessions, api_key
);

CREATE TABLE principal_tags (
    billing_period TEXT NOT NULL,
    principal_key TEXT NOT NULL,
    tag_key TEXT NOT NULL,                     -- without the iamPrincipal/ prefix
    tag_value TEXT NOT NULL,
    tag_value_folded TEXT NOT NULL,
    PRIMARY KEY (billing_period, principal_key, tag_key, tag_value)
);
CREATE INDEX principal_tags_by_principal ON principal_tags (principal_key);

CREATE TABLE invocation_counts (
    usage_date TEXT NOT NULL,
    account_id TEXT NOT NULL,
    region TEXT NOT NULL,
    principal_key TEXT NOT NULL,
    model_key TEXT NOT NULL,
    calls BIGINT NOT NULL,
    source TEXT NOT NULL,
    PRIMARY KEY (usage_date, account_id, region, principal_key, model_key, source)
);

CREATE TABLE rollup_runs (
    id TEXT PRIMARY KEY,
    billing_period TEXT NOT NULL,
    started_at TEXT NOT NULL,
    finished_at TEXT NOT NULL,
    outcome TEXT NOT NULL CHECK (outcome IN ('replaced', 'unchanged', 'kept', 'failed')),
    message TEXT NOT NULL,                     -- for people; '' when all went well
    fingerprint TEXT NOT NULL,                 -- of the manifest and its files
    has_principal_column BIGINT NOT NULL,
    first_principal_on TEXT NOT NULL,          -- first day with a principal in this period, '' when none
    invoiced BIGINT NOT NULL,                  -- 1: every usage line carries an invoice id, the month is final
    lines_read BIGINT NOT NULL,
    lines_bedrock BIGINT NOT NULL,
    unblended_nano BIGINT NOT NULL,            -- usage lines
    other_nano BIGINT NOT NULL,                -- credits, discounts, refunds, tax, fees
    unknown_usage_types TEXT NOT NULL,         -- JSON array of usage types read as `other`
    safety_net_lines BIGINT NOT NULL,          -- lines that only the principal arm of the predicate caught
    parser_version TEXT NOT NULL
);
CREATE INDEX rollup_runs_by_period ON rollup_runs (billing_period, finished_at);

CREATE TABLE period_state (
    billing_period TEXT PRIMARY KEY,
    run_id TEXT NOT NULL REFERENCES rollup_runs (id),  -- the run whose figures stand
    data_through TEXT NOT NULL,                -- last UTC day with usage
    data_through_marketplace TEXT NOT NULL,    -- '' when the period has no Marketplace usage
    health TEXT NOT NULL                       -- '' or what an operator must look at
);

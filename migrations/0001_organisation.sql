-- Who the organisation is: levels, nodes, people, grants, accounts, workloads.
-- Types both databases read alike: TEXT for ids, enums, dates (YYYY-MM-DD) and timestamps (UTC, YYYY-MM-DDTHH:MM:SSZ); BIGINT for flags and money.

CREATE TABLE levels (
    position BIGINT PRIMARY KEY,               -- 1 is the top; the company itself is position 0 and has no row
    label TEXT NOT NULL
);

CREATE TABLE nodes (
    id TEXT PRIMARY KEY,
    parent_id TEXT REFERENCES nodes (id),      -- NULL only for the company
    level BIGINT NOT NULL,
    name TEXT NOT NULL,
    name_folded TEXT NOT NULL                  -- lower case, no accents, single spaces: for matching tags and questions
);
CREATE INDEX nodes_by_folded_name ON nodes (name_folded);

CREATE TABLE node_closure (
    ancestor_id TEXT NOT NULL REFERENCES nodes (id),
    descendant_id TEXT NOT NULL REFERENCES nodes (id),
    depth BIGINT NOT NULL,
    PRIMARY KEY (ancestor_id, descendant_id)
);
CREATE INDEX node_closure_by_descendant ON node_closure (descendant_id, ancestor_id);

CREATE TABLE people (
    id TEXT PRIMARY KEY,
    name TEXT NOT NULL,
    email TEXT NOT NULL UNIQUE,                -- lower case; display and first link only
    sub TEXT UNIQUE                            -- the token's subject, set at the first sign-in
);

CREATE TABLE grants (
    person_id TEXT NOT NULL REFERENCES people (id),
    role TEXT NOT NULL CHECK (role IN ('product_owner', 'portfolio_manager', 'department_manager', 'bu_manager',
                                       'finops_lead', 'finance', 'cloud_engineer', 'admin')),
    node_id TEXT NOT NULL REFERENCES nodes (id),
    PRIMARY KEY (person_id, role, node_id)
);

CREATE TABLE accounts (
    id TEXT PRIMARY KEY,                       -- twelve digits
    name TEXT NOT NULL,
    name_folded TEXT NOT NULL
);

CREATE TABLE account_allocations (
    account_id TEXT NOT NULL REFERENCES accounts (id),
    node_id TEXT NOT NULL REFERENCES nodes (id),
    basis_points BIGINT NOT NULL CHECK (basis_points > 0 AND basis_points <= 10000),
    effective_from TEXT NOT NULL,
    effective_to TEXT NOT NULL DEFAULT '9999-12-31',   -- inclusive
    PRIMARY KEY (account_id, node_id, effective_from)
);

CREATE TABLE workloads (
    id TEXT PRIMARY KEY,
    node_id TEXT NOT NULL REFERENCES nodes (id),
    name TEXT NOT NULL,
    name_folded TEXT NOT NULL,
    description TEXT NOT NULL DEFAULT ''
);
CREATE INDEX workloads_by_node ON workloads (node_id);

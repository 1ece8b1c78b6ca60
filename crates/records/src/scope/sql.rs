//! The pieces every scoped statement is made of. They are macros so that each statement stays one constant text.
//!
//! Binds shared by all: `$1` the person, `$2` the roles that count for this read and how far each sees (see [`ScopeBind`](super::ScopeBind)).

/// Who asks: the live grants, whether one of them sees the whole company, and every node below them.
macro_rules! scope_cte {
    () => {
        "WITH mine AS MATERIALIZED (
           SELECT g.role AS role, g.node_id AS node_id FROM grants g
           WHERE g.person_id = $1 AND $2 LIKE '%,' || g.role || ',%'
         ),
         company AS MATERIALIZED (
           SELECT CASE WHEN EXISTS (SELECT 1 FROM mine WHERE $2 LIKE '%,company:' || role || ',%') THEN 1 ELSE 0 END AS wide
         ),
         scope_nodes AS MATERIALIZED (
           SELECT c.descendant_id AS node_id FROM mine m JOIN node_closure c ON c.ancestor_id = m.node_id
           UNION
           SELECT n.id AS node_id FROM nodes n CROSS JOIN company WHERE company.wide = 1
         )"
    };
}

/// A condition: one of the grants that count sees the whole catalog.
macro_rules! sees_catalog {
    () => {
        "EXISTS (SELECT 1 FROM mine WHERE $2 LIKE '%,catalog:' || role || ',%')"
    };
}

/// Where an unclaimed principal belongs. `$12`: tag keys that may name a node, as `,product,team,`.
///
/// A tag decides when all nodes it names lie on one path: the deepest of them. Doubt (two nodes that are not above one another, a name that
/// two nodes share) decides nothing.
macro_rules! place_cte {
    () => {
        ", tag_candidates AS MATERIALIZED (
           SELECT DISTINCT t.principal_key AS principal_key, n.id AS node_id
           FROM principal_tags t JOIN nodes n ON n.name_folded = t.tag_value_folded
           WHERE n.level > 0 AND $12 LIKE '%,' || LOWER(t.tag_key) || ',%'
         ),
         tag_nodes AS MATERIALIZED (
           SELECT d.principal_key AS principal_key, d.node_id AS node_id,
                  CASE WHEN EXISTS (SELECT 1 FROM scope_nodes s WHERE s.node_id = d.node_id) THEN 1 ELSE 0 END AS in_scope
           FROM tag_candidates d
           WHERE NOT EXISTS (
             SELECT 1 FROM tag_candidates e
             WHERE e.principal_key = d.principal_key
               AND NOT EXISTS (SELECT 1 FROM node_closure c WHERE c.ancestor_id = e.node_id AND c.descendant_id = d.node_id))
         ),
         allocated AS MATERIALIZED (
           SELECT a.account_id AS account_id, a.node_id AS node_id, a.basis_points AS basis_points,
                  a.effective_from AS effective_from, a.effective_to AS effective_to
           FROM account_allocations a JOIN scope_nodes s ON s.node_id = a.node_id
         )"
    };
}

/// Usage that no claim, live or later, covers and that the asker may at least partly see, before it is placed.
/// `$3`/`$4` first and last day; `$5`/`$6` dimensions; `$7` model, `$8` account, `$9` Region, each '' for all; `$11` cost metric.
macro_rules! unclaimed_cte {
    () => {
        concat!(
            ", unclaimed AS (
               SELECT u.principal_key AS principal_key, u.account_id AS account_id, u.usage_date AS usage_date, ",
            crate::scope::sql::dimension!("$5"),
            " AS v1, ",
            crate::scope::sql::dimension!("$6"),
            " AS v2, SUM(",
            crate::scope::sql::cost!(),
            ") AS amount, SUM(u.tokens) AS tokens
               FROM usage_daily u CROSS JOIN company
               WHERE u.line_kind = 'usage' AND u.principal_key <> '' AND ",
            crate::scope::sql::usage_filter!(),
            "    AND NOT EXISTS (SELECT 1 FROM claims c WHERE c.principal_key = u.principal_key
                                 AND c.released_on > u.usage_date AND c.released_on > c.effective_from)
                 AND (company.wide = 1
                      OR u.account_id IN (SELECT account_id FROM allocated)
                      OR u.principal_key IN (SELECT principal_key FROM tag_nodes WHERE in_scope = 1))
               GROUP BY 1, 2, 3, 4, 5
             ),
             placed AS (",
            crate::scope::sql::placed!("unclaimed"),
            ")"
        )
    };
}

/// Places rows of usage that nobody owns: `principal_key`, `account_id`, `usage_date` and whatever else the named table has, plus the node
/// the evidence points to, the asker's share in basis points, and why it is visible.
///
/// A tag inside the scope gives the whole amount; an account allocated wholly inside the scope too; a shared account gives the allocated
/// share, unless a tag says the principal is somebody else's.
macro_rules! placed {
    ($rows:literal) => {
        concat!(
            "SELECT x.*, t.node_id AS node_id, 10000 AS share, 'tag' AS because
             FROM ",
            $rows,
            " x JOIN tag_nodes t ON t.principal_key = x.principal_key AND t.in_scope = 1
             UNION ALL
             SELECT x.*, COALESCE((SELECT MIN(a.node_id) FROM allocated a WHERE a.account_id = x.account_id AND a.basis_points = 10000
                                   AND x.usage_date BETWEEN a.effective_from AND a.effective_to), ''), 10000, 'whole_account'
             FROM ",
            $rows,
            " x CROSS JOIN company
             WHERE NOT EXISTS (SELECT 1 FROM tag_nodes t WHERE t.principal_key = x.principal_key AND t.in_scope = 1)
               AND (company.wide = 1
                    OR COALESCE((SELECT SUM(a.basis_points) FROM allocated a WHERE a.account_id = x.account_id
                                 AND x.usage_date BETWEEN a.effective_from AND a.effective_to), 0) >= 10000)
             UNION ALL
             SELECT x.*, a.node_id, a.basis_points, 'shared_account'
             FROM ",
            $rows,
            " x CROSS JOIN company
             JOIN allocated a ON a.account_id = x.account_id AND x.usage_date BETWEEN a.effective_from AND a.effective_to
             WHERE company.wide = 0
               AND NOT EXISTS (SELECT 1 FROM tag_nodes t WHERE t.principal_key = x.principal_key)
               AND COALESCE((SELECT SUM(b.basis_points) FROM allocated b WHERE b.account_id = x.account_id
                             AND x.usage_date BETWEEN b.effective_from AND b.effective_to), 0) < 10000"
        )
    };
}

/// One column of `usage_daily` chosen by a bind: the keys of `agent_bill_tools::view::Dimension`.
macro_rules! dimension {
    ($bind:literal) => {
        concat!(
            "CASE ",
            $bind,
            " WHEN 'model' THEN u.model_key WHEN 'token_class' THEN u.token_class WHEN 'region' THEN u.region
              WHEN 'account' THEN u.account_id WHEN 'day' THEN u.usage_date WHEN 'month' THEN SUBSTR(u.usage_date, 1, 7)
              WHEN 'principal' THEN u.principal_key WHEN 'usage_type' THEN u.usage_type WHEN 'line_kind' THEN u.line_kind ELSE '' END"
        )
    };
}

macro_rules! cost {
    () => {
        "CASE WHEN $11 = 'net' THEN u.net_nano ELSE u.unblended_nano END"
    };
}

macro_rules! usage_filter {
    () => {
        "u.usage_date >= $3 AND u.usage_date <= $4 AND ($7 = '' OR u.model_key = $7) AND ($8 = '' OR u.account_id = $8)
         AND ($9 = '' OR u.region = $9)"
    };
}

pub(crate) use {cost, dimension, place_cte, placed, scope_cte, sees_catalog, unclaimed_cte, usage_filter};

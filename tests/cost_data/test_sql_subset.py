"""Each silent difference between Trino and DuckDB is found, and its remedy is not."""

import duckdb
import pytest

from finops_constructs.cost_data.sql_subset import check_sql


def rules(sql):
    return {finding.rule for finding in check_sql(sql)}


@pytest.mark.parametrize(
    ("wrong", "rule", "right"),
    [
        (
            "SELECT line_items / tokens AS x FROM bedrock_costs",
            "division-of-doubles",
            "SELECT CAST(line_items AS double) / NULLIF(tokens, 0) AS x FROM bedrock_costs",
        ),
        (
            "SELECT cost_usd / NULLIF(usage_amount, 0) AS x FROM bedrock_costs",
            "division-of-doubles",
            "SELECT CAST(cost_usd AS double) / NULLIF(tokens, 0) AS x FROM bedrock_costs",
        ),
        (
            "SELECT CAST(cost_usd AS double) / tokens AS x FROM bedrock_costs",
            "never-by-zero",
            "SELECT CAST(cost_usd AS double) / 1000 AS x FROM bedrock_costs",
        ),
        (
            "SELECT resource_tags['a'] AS x FROM cur",
            "no-subscripts",
            "SELECT element_at(resource_tags, 'a') AS x FROM cur",
        ),
        (
            "SELECT try(CAST(tokens AS double) / 2) AS x FROM bedrock_costs",
            "allowed-functions",
            "SELECT CAST(tokens AS double) / 2 AS x FROM bedrock_costs",
        ),
        (
            "SELECT format('%s-%d', model, tokens) AS x FROM bedrock_costs",
            "allowed-functions",
            "SELECT model || '-' || CAST(tokens AS varchar) AS x FROM bedrock_costs",
        ),
        (
            "SELECT date_add('day', 1, usage_date) AS x FROM bedrock_costs",
            "allowed-functions",
            "SELECT CAST(usage_date + INTERVAL '1' DAY AS date) AS x FROM bedrock_costs",
        ),
        (
            "SELECT usage_date + INTERVAL '1' DAY AS x FROM bedrock_costs",
            "dates-stay-dates",
            "SELECT CAST(usage_date + INTERVAL '1' DAY AS date) AS x FROM bedrock_costs",
        ),
        (
            "SELECT json_extract(model, '$.a') AS x FROM bedrock_costs",
            "allowed-functions",
            "SELECT model AS x FROM bedrock_costs",
        ),
        (
            "SELECT max_by(model, cost_usd) AS x FROM bedrock_costs",
            "allowed-functions",
            "SELECT max(model) AS x FROM bedrock_costs",
        ),
        (
            "SELECT arbitrary(model) AS x FROM bedrock_costs",
            "allowed-functions",
            "SELECT min(model) AS x FROM bedrock_costs",
        ),
        (
            "SELECT k AS x FROM cur CROSS JOIN UNNEST(resource_tags) AS t (k, v)",
            "no-unnest",
            "SELECT element_at(resource_tags, 'k') AS x FROM cur",
        ),
        (
            "SELECT width_bucket(tokens, 1, 2, 3) AS x FROM bedrock_costs",
            "allowed-functions",
            "SELECT tokens AS x FROM bedrock_costs",
        ),
        (
            "SELECT greatest(tokens, line_items) AS x FROM bedrock_costs",
            "allowed-functions",
            "SELECT CASE WHEN tokens > 1 THEN tokens ELSE 1 END AS x FROM bedrock_costs",
        ),
        (
            "SELECT concat(model, provider) AS x FROM bedrock_costs",
            "allowed-functions",
            "SELECT model || provider AS x FROM bedrock_costs",
        ),
        (
            "SELECT regexp_replace(model, 'a', 'b') AS x FROM bedrock_costs",
            "allowed-functions",
            "SELECT model AS x FROM bedrock_costs",
        ),
        (
            "SELECT regexp_extract(model, 'a(b)', 1) AS x FROM bedrock_costs",
            "absent-matches-are-null",
            "SELECT NULLIF(regexp_extract(model, 'a(b)', 1), '') AS x FROM bedrock_costs",
        ),
        (
            "SELECT avg(cost_usd) AS x FROM bedrock_costs",
            "average-of-doubles",
            "SELECT avg(CAST(cost_usd AS double)) AS x FROM bedrock_costs",
        ),
        (
            "SELECT date_diff('day', data_through, data_through) AS x FROM bedrock_costs",
            "day-differences-of-dates",
            "SELECT date_diff('day', usage_date, usage_date) AS x FROM bedrock_costs",
        ),
        (
            "SELECT model AS x FROM bedrock_costs WHERE usage_date > '2026-10-01'",
            "texts-are-not-values",
            "SELECT model AS x FROM bedrock_costs WHERE usage_date > DATE '2026-10-01'",
        ),
        (
            "SELECT sum(CAST(cost_usd AS double)) AS cost_usd FROM bedrock_costs",
            "money-is-decimal",
            "SELECT sum(cost_usd) AS cost_usd FROM bedrock_costs",
        ),
        (
            "SELECT model AS m, m || 'x' AS x FROM bedrock_costs",
            "aliases-are-not-columns",
            "SELECT m, m || 'x' AS x FROM (SELECT model AS m FROM bedrock_costs) AS inner_one",
        ),
        (
            "SELECT lower(model) AS m, sum(cost_usd) AS s FROM bedrock_costs GROUP BY m",
            "aliases-are-not-columns",
            "SELECT lower(model) AS m, sum(cost_usd) AS s FROM bedrock_costs GROUP BY 1",
        ),
        (
            "SELECT model::varchar AS x FROM bedrock_costs",
            "duckdb-only",
            "SELECT CAST(model AS varchar) AS x FROM bedrock_costs",
        ),
        (
            "SELECT nonsense AS x FROM bedrock_costs",
            "names-are-known",
            "SELECT model AS x FROM bedrock_costs",
        ),
        ("SELECT FROM WHERE", "parses-for-athena", "SELECT as_of AS x FROM as_of"),
    ],
)
def test_a_silent_difference_is_found_and_its_remedy_is_not(wrong, rule, right):
    assert rule in rules(wrong)
    assert rules(right) == set()


@pytest.mark.parametrize(
    ("sql", "in_duckdb"),
    [
        ("7 / 2", 3.5),
        ("MAP {'a': 'b'}['absent']", None),
        ("greatest(1, NULL)", 1),
        ("concat('a', NULL)", "a"),
        ("regexp_extract('a', 'b')", ""),
        ("split_part('a', '/', 2)", ""),
        ("CAST(1 AS decimal(9,2)) / CAST(3 AS decimal(9,2))", pytest.approx(1 / 3)),
        ("date_diff('day', TIMESTAMP '2026-01-01 23:00:00', TIMESTAMP '2026-01-02 01:00:00')", 1),
    ],
)
def test_duckdb_still_differs_from_trino_as_the_rules_take_for_granted(sql, in_duckdb):
    # Trino's documentation: 3, an error, NULL, NULL, NULL, NULL, 0.33, 0.
    assert duckdb.connect().execute(f"SELECT {sql}").fetchone() == (in_duckdb,)

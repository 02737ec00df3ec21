"""Which relations a text reads: nothing that it could read goes unnoticed."""

from __future__ import annotations

import pytest

from data_access.sources import sources


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("SELECT 1", set()),
        ("SELECT * FROM a", {"a"}),
        ("FROM a SELECT x, y", {"a"}),
        ("SELECT * FROM a, b AS c, d", {"a", "b", "d"}),
        ("SELECT * FROM a LEFT JOIN b ON a.x = b.x, c WHERE a.x IN (SELECT x FROM d, e)", {"a", "b", "c", "d", "e"}),
        ("SELECT * FROM (a JOIN b USING (x)) AS both", {"a", "b"}),
        ("SELECT * FROM (SELECT x, y FROM a) AS s, LATERAL (SELECT * FROM b) AS l", {"a", "b"}),
        ("SELECT x, y FROM a GROUP BY x, y HAVING min(z), q ORDER BY x, y LIMIT 1, 2", {"a"}),
        ("SELECT x FROM a UNION ALL SELECT y, z FROM b", {"a", "b"}),
        ("WITH a AS (SELECT * FROM b), c(x, y) AS MATERIALIZED (SELECT * FROM a) SELECT * FROM c, d", {"b", "d"}),
        ("WITH RECURSIVE n AS (SELECT 1 AS i UNION ALL SELECT i + 1 FROM n) SELECT * FROM n", set()),
        ("SELECT extract(year FROM x), trim(BOTH FROM y) FROM a", {"a"}),
        ("SELECT x IS NOT DISTINCT FROM y, z FROM a", {"a"}),
        ("SELECT ' FROM b, c ' FROM a -- FROM d\n/* FROM e */", {"a"}),
        ("SELECT count(*) FILTER (WHERE x) OVER (PARTITION BY y, z ORDER BY w, v) FROM a", {"a"}),
        ("SELECT * FROM unnest([1, 2]) AS u(x), generate_series(1, 3) AS g, a", {"a"}),
        ('SELECT * FROM "a b", main.c, "main"."d"', {'"a b"', "main.c", '"main"."d"'}),
        ("SELECT * FROM read_parquet('/etc/x')", {"read_parquet"}),
        ("SELECT * FROM a ASOF JOIN b ON a.t >= b.t", {"a", "b"}),
    ],
)  # fmt: skip
def test_sources(text: str, expected: set[str]) -> None:
    assert sources(text) == expected

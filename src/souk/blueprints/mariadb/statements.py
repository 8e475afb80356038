"""The queries that took longest in all, as the performance schema counts them."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from souk.provisioning.contract import ConfigurationFailed, Guest, Statement

_CLIENT = ("mariadb", "--no-defaults", "--socket=/run/mariadb/socket", "--user=root", "--batch", "--raw")
# Constants are taken out of queries only: what else may carry some is not told, nor is what the platform asks itself.
_SLOWEST = """
SET SESSION group_concat_max_len = 8388608;
SELECT CONCAT('[', COALESCE(GROUP_CONCAT(JSON_OBJECT('database', COALESCE(SCHEMA_NAME, ''),
    'text', LEFT(DIGEST_TEXT, 2000), 'calls', COUNT_STAR, 'seconds', SUM_TIMER_WAIT / 1000000000000,
    'rows', SUM_ROWS_SENT + SUM_ROWS_AFFECTED) ORDER BY SUM_TIMER_WAIT DESC SEPARATOR ','), ''), ']')
FROM (
    SELECT * FROM performance_schema.events_statements_summary_by_digest
    WHERE DIGEST_TEXT REGEXP '^\\\\(*(SELECT|INSERT|UPDATE|DELETE|REPLACE|WITH|VALUES)\\\\b'
        AND COALESCE(SCHEMA_NAME, '') NOT IN ('mysql', 'performance_schema', 'information_schema', 'sys')
        AND DIGEST_TEXT NOT LIKE '%souk_full_since%' AND SCHEMA_NAME IS NOT NULL
    ORDER BY SUM_TIMER_WAIT DESC LIMIT {most}) slowest;
"""


def slowest(guest: Guest, most: int) -> Sequence[Statement]:
    """The `most` kinds of query that took longest since the server was started.

    Raises:
        ConfigurationFailed.
    """
    script = _SLOWEST.format(most=int(most))
    done = guest.execute([*_CLIENT, "--skip-column-names"], stdin=script.encode(), timeout=15)
    if done.exit_code:
        raise ConfigurationFailed(done.stderr.strip()[:200] or "mariadb failed")
    try:
        return msgspec.json.decode(done.stdout.strip() or "[]", type=list[Statement])
    except (msgspec.DecodeError, UnicodeError):
        raise ConfigurationFailed("what the server says of its queries makes no sense") from None

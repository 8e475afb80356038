"""Row-level security, as migration operations: a table with customers' rows gets its wall in its first migration."""

from __future__ import annotations

from django.db.migrations import RunSQL

FUNCTIONS = """
create function souk_scope() returns text language sql stable parallel safe
    as $$ select coalesce(current_setting('souk.scope', true), '') $$;
create function souk_organizations() returns uuid[] language sql stable parallel safe
    as $$ select coalesce(nullif(current_setting('souk.organizations', true), ''), '{}')::uuid[] $$;
create function souk_person() returns uuid language sql stable parallel safe
    as $$ select nullif(current_setting('souk.person', true), '')::uuid $$;
create function souk_sees_all() returns boolean language sql stable parallel safe
    as $$ select souk_scope() in ('operator', 'system') $$;
"""

GRANTS = """
grant usage on schema public to souk_web, souk_worker;
alter default privileges in schema public grant select, insert, update, delete on tables to souk_web, souk_worker;
alter default privileges in schema public grant usage, select on sequences to souk_web, souk_worker;
grant select, insert, update, delete on all tables in schema public to souk_web, souk_worker;
grant usage, select on all sequences in schema public to souk_web, souk_worker;
"""


def wall(table: str, visible: str = "organization_id = any((select souk_organizations())::uuid[])") -> RunSQL:
    """Wall a table for the web role: operators and the system see all, members the rows for which `visible` holds.

    The worker converges every organization's services and sees all rows.
    """
    return RunSQL(
        f"""
        alter table {table} enable row level security;
        create policy souk_worker on {table} to souk_worker using (true) with check (true);
        create policy souk_web on {table} to souk_web
            using ((select souk_sees_all()) or {visible})
            with check ((select souk_sees_all()) or {visible});
        """,
        f"drop policy souk_web on {table}; drop policy souk_worker on {table};"
        f" alter table {table} disable row level security;",
    )


def append_only(table: str, *, updatable: tuple[str, ...] = ()) -> RunSQL:
    """Let nobody change or delete rows of a table, except the named columns."""
    grant = f"grant update ({', '.join(updatable)}) on {table} to souk_web, souk_worker;" if updatable else ""
    return RunSQL(
        f"revoke update, delete on {table} from souk_web, souk_worker; {grant}",
        f"grant update, delete on {table} to souk_web, souk_worker;",
    )

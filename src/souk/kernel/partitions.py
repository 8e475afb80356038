"""Tables partitioned by day, as migration operations: made ahead, dropped when old, by whoever may write to them."""

from __future__ import annotations

from django.db.migrations import RunSQL

# As the owner, since only it may make and drop tables. A partition is reached through its table, whose wall then holds:
# the grants that every new table gets are taken back.
ROLL = """
create function souk_roll_days(parent text, kept integer, back integer) returns void
    language plpgsql security definer set search_path = public, pg_temp set timezone = 'UTC' as $$
declare
    day date;
    part text;
begin
    if not exists (select from pg_partitioned_table t where t.partrelid = to_regclass(parent)) then
        raise exception '% is not partitioned', parent;
    end if;
    perform set_config('lock_timeout', '2s', true);
    for day in select generate_series(current_date - back, current_date + 3, '1 day')::date loop
        part := format('%s_%s', parent, to_char(day, 'YYYYMMDD'));
        if to_regclass(part) is null then
            execute format('create table %I partition of %I for values from (%L) to (%L)', part, parent, day, day + 1);
            execute format('revoke all on %I from souk_web, souk_worker', part);
        end if;
    end loop;
    for part in select c.relname from pg_inherits i join pg_class c on c.oid = i.inhrelid
        where i.inhparent = to_regclass(parent) and right(c.relname, 8) < to_char(current_date - kept, 'YYYYMMDD')
    loop
        execute format('drop table %I', part);
    end loop;
end $$;
revoke all on function souk_roll_days(text, integer, integer) from public;
grant execute on function souk_roll_days(text, integer, integer) to souk_worker;
"""


def rolled(table: str, columns: str) -> RunSQL:
    """Make a table partitioned by the day of its column `at`, in UTC, with partitions for now."""
    return RunSQL(
        f"""
        create table {table} ({columns}) partition by range (at);
        select souk_roll_days('{table}', 1, 1);
        """,
        f"drop table {table}",
    )

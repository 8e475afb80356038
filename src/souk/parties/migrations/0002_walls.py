"""Walls of the parties' tables, and the two questions that must be answered before a scope exists."""

from django.db.migrations import Migration, RunSQL

from souk.kernel.walls import wall

# Run as their owner, so that the web role itself need not read tokens, nor memberships of others.
CALLERS = """
create function souk_caller_by_token(wanted bytea, at timestamptz)
returns table (person uuid, is_operator boolean, scopes jsonb, organizations uuid[], roles text[])
language sql stable security definer set search_path = public as $$
    select t.person_id, p.is_operator, t.scopes,
           coalesce(array_agg(m.organization_id order by m.organization_id) filter (where m.id is not null), '{}'),
           coalesce(array_agg(m.role::text order by m.organization_id) filter (where m.id is not null), '{}')
    from parties_apitoken t
    join parties_person p on p.id = t.person_id and p.is_active
    left join parties_membership m on m.person_id = p.id
         and (t.organization_id is null or m.organization_id = t.organization_id)
    where t.digest = wanted and t.revoked_at is null and t.expires_at > at
    group by t.id, p.is_operator
$$;
create function souk_caller_by_person(wanted uuid)
returns table (organizations uuid[], roles text[])
language sql stable security definer set search_path = public as $$
    select coalesce(array_agg(organization_id order by organization_id), '{}'),
           coalesce(array_agg(role::text order by organization_id), '{}')
    from parties_membership where person_id = wanted
$$;
revoke execute on function souk_caller_by_token(bytea, timestamptz), souk_caller_by_person(uuid) from public;
grant execute on function souk_caller_by_token(bytea, timestamptz), souk_caller_by_person(uuid)
    to souk_web, souk_worker;
"""

DROP = "drop function souk_caller_by_token(bytea, timestamptz); drop function souk_caller_by_person(uuid);"


class Migration(Migration):
    dependencies = [("parties", "0001_initial"), ("kernel", "0002_walls")]

    operations = [
        wall("parties_organization", "id = any((select souk_organizations())::uuid[])"),
        wall("parties_sizeevidence"),
        wall("parties_project"),
        wall("parties_membership"),
        wall("parties_invitation"),
        wall("parties_bankaccount"),
        wall("parties_apitoken", "false"),
        RunSQL(CALLERS, DROP),
    ]

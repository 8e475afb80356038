"""An outside PostgreSQL (`DATABASE_URL`): checked, and furnished as far as its user may."""

from __future__ import annotations

from urllib.parse import unquote, urlsplit

from install.failure import Failure
from install.postgresql import EXTENSIONS, OLDEST, OWNER, WEB, WORKER
from install.shell import attempt, clean_environment

_ROLES = f"""do $$ declare
  role text;
  may text := case when current_setting('server_version_num')::int >= 160000 then 'set' else 'member' end;
begin
  foreach role in array array['{OWNER}', '{WEB}', '{WORKER}'] loop
    if not exists (select from pg_roles where rolname = role) then
      execute format('create role %I', role);
    end if;
    if not pg_has_role(current_user, role, may) then
      execute format('grant %I to current_user', role);
    end if;
  end loop;
end $$;"""


def psql(url: str, statement: str) -> tuple[bool, str]:
    """Run SQL there; whether it worked, and the rows or the server's complaint."""
    address, password = without_password(url)
    secret = {"PGPASSWORD": password} if password else {}
    command = ("psql", "-X", "-q", "-A", "-t", "-v", "ON_ERROR_STOP=1", "-d", address)
    done = attempt(*command, text=statement, env=clean_environment(**secret))
    return done.returncode == 0, (done.stdout if done.returncode == 0 else done.stderr).strip()


def without_password(url: str) -> tuple[str, str]:
    """The URL as everybody on the host may see it in the list of processes, and the password apart."""
    user, _, host = urlsplit(url).netloc.rpartition("@")
    name, _, password = user.partition(":")
    shown = url.replace(f"{name}:{password}@{host}", f"{name}@{host}", 1) if password else url
    return shown, unquote(password)


def ensure(url: str) -> str:
    """Make sure the server is new enough and has the roles and extensions Souk needs.

    Raises:
        Failure: it can't be reached, is too old, or its user may not make what is missing.
    """
    works, said = psql(url, "show server_version_num")
    if not works:
        raise Failure("The PostgreSQL that DATABASE_URL names can't be reached.", "Check the address.", said)
    version = int(said) // 10000
    if version < OLDEST:
        raise Failure(f"The PostgreSQL that DATABASE_URL names is version {version}; Souk needs {OLDEST} or newer.")
    works, said = psql(url, _ROLES)
    if not works:
        raise Failure(
            f"The user of DATABASE_URL is no member of {OWNER}, {WEB} and {WORKER}, and may not create them.",
            f"As that server's administrator: create role {OWNER}; create role {WEB}; create role {WORKER}; "
            f"grant {OWNER}, {WEB}, {WORKER} to the user of DATABASE_URL.",
            said,
        )
    for name in EXTENSIONS:
        works, said = psql(url, f"create extension if not exists {name}")
        if not works:
            raise Failure(
                f"The user of DATABASE_URL may not create the extension {name}.",
                f"As that server's administrator, in that database: create extension {name};",
                said,
            )
    psql(url, f'grant create, usage on schema public to {OWNER}; grant create on database :"DBNAME" to {OWNER}')
    return f"PostgreSQL {version} of DATABASE_URL"

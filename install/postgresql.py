"""The embedded PostgreSQL: a private cluster on a Unix socket, run by its own user."""

from __future__ import annotations

import getpass
import os
from pathlib import Path
from typing import Any

from install import users
from install.daemons import wait_until
from install.failure import Failure
from install.services import Service
from install.shell import attempt, clean_environment, run

OWNER, WEB, WORKER = "souk_owner", "souk_web", "souk_worker"
"""The three login roles: the schema's owner, the web process, the worker."""

DATABASE = "souk"
EXTENSIONS = ("btree_gist", "citext", "pg_trgm", "unaccent")
OLDEST = 15


class Cluster:
    """The private cluster of one namespace.

    As root it belongs to the system user `souk-db`; without root it belongs to the caller.
    """

    def __init__(self, ns: Any) -> None:
        self.ns = ns
        self.data: Path = ns.state / "postgresql"
        self.socket: Path = ns.postgresql_socket
        self.as_root = os.geteuid() == 0
        self.superuser = users.DATABASE if self.as_root else getpass.getuser()

    def ensure(self) -> str:
        """Have it made, configured, running and furnished with roles, database and extensions.

        Raises:
            Failure: no PostgreSQL programs, or the server does not come up.
        """
        made = self._initialize()
        changed = self._configure()
        service = self.service()
        started = service.ensure(version=changed)
        wait_until(lambda: self.ready() or not service.running(), 60)
        if not self.ready():
            raise service.failure("PostgreSQL started but accepts no connections.")
        self._furnish()
        return "made" if made else "started" if started else "running"

    def exists(self) -> bool:
        """Whether its data are there."""
        return (self.data / "PG_VERSION").exists()

    def service(self) -> Service:
        """Its process."""
        return Service(
            ns=self.ns,
            name="postgresql",
            command=(str(self.programs() / "postgres"), "-D", str(self.data)),
            user=users.DATABASE if self.as_root else None,
            environment={"LC_ALL": "C.UTF-8"},
            supervised=False,
            stop_signal="SIGINT",
        )

    def programs(self) -> Path:
        """The folder of the PostgreSQL programs: of the version that made the data, else of the newest here.

        Raises:
            Failure: that version is not installed.
        """
        made_by = self.data / "PG_VERSION"
        found = {
            int(path.name): path / "bin"
            for path in Path("/usr/lib/postgresql").glob("[0-9]*")
            if (path / "bin/postgres").exists()
        }
        try:
            version = int(made_by.read_text()) if made_by.exists() else max(found)
            return found[version]
        except (KeyError, ValueError) as absent:
            wanted = made_by.read_text().strip() if made_by.exists() else str(OLDEST)
            raise Failure(
                f"PostgreSQL {wanted} is not installed on this machine.",
                f"apt-get install postgresql-{wanted}",
            ) from absent

    def _initialize(self) -> bool:
        if self.exists():
            return False
        programs = self.programs()
        self.data.mkdir(parents=True, exist_ok=True)
        self.data.chmod(0o700)
        if self.as_root:
            run("chown", "-R", f"{users.DATABASE}:{users.DATABASE}", self.data)
        for half_made in self.data.iterdir():
            run("rm", "-rf", half_made)
        builtin = ["--locale-provider=builtin", "--builtin-locale=C.UTF-8"] if int(programs.parent.name) >= 17 else []
        run(
            *self._as_superuser(),
            programs / "initdb",
            f"--pgdata={self.data}",
            f"--username={self.superuser}",
            "--encoding=UTF8",
            "--locale=C.UTF-8",
            *builtin,
            "--auth=peer",
            "--data-checksums",
        )
        return True

    def _configure(self) -> str:
        """Write the three configuration files; returns their text, so that a change restarts the server."""
        files = {
            "postgresql.conf": self.configuration(),
            "pg_hba.conf": _HBA,
            "pg_ident.conf": self.identities(),
        }
        for name, text in files.items():
            path = self.data / name
            if path.read_text() != text:
                path.write_text(text)
        return "".join(files.values())

    def configuration(self) -> str:
        """`postgresql.conf`: Unix socket only, everything durable."""
        return "\n".join(
            [
                "# Written by Souk's installer at each run; for settings of your own use ALTER SYSTEM.",
                "listen_addresses = ''",
                "port = 5432",
                f"unix_socket_directories = '{self.socket}'",
                "max_connections = 200",
                "shared_buffers = '128MB'",
                "fsync = on",
                "full_page_writes = on",
                "synchronous_commit = on",
                "max_wal_size = '1GB'",
                "wal_level = replica",
                "jit = off",
                "timezone = 'UTC'",
                "log_timezone = 'UTC'",
                "log_line_prefix = '%m [%p] %u@%d '",
                "lc_messages = 'C.UTF-8'",
                "idle_in_transaction_session_timeout = '5min'",
                "",
            ]
        )

    def identities(self) -> str:
        """`pg_ident.conf`: which system user may be which role."""
        roles = (OWNER, WEB, WORKER, self.superuser)
        lines = [f"souk {user} {role}" for user in dict.fromkeys(("root", self.superuser)) for role in roles]
        lines += [f"souk {users.WEB} {WEB}", f"souk {users.WORKER} {WORKER}"]
        return "\n".join(["# Written by Souk's installer.", *lines, ""])

    def ready(self) -> bool:
        """Whether it accepts connections."""
        answer = attempt(self.programs() / "pg_isready", "-q", "-h", self.socket, "-d", "postgres")
        return answer.returncode == 0

    def sql(self, statement: str, database: str = "postgres") -> str:
        """Run SQL as the cluster's superuser and return the bare rows."""
        return run(
            self.programs() / "psql",
            *("-X", "-q", "-A", "-t", "-v", "ON_ERROR_STOP=1"),
            *("-h", self.socket, "-U", self.superuser, "-d", database),
            text=statement,
            env=clean_environment(PGOPTIONS="-c client_min_messages=warning"),
        ).strip()

    def _furnish(self) -> None:
        roles = "".join(
            f"""
            do $$ begin
              if not exists (select from pg_roles where rolname = '{role}') then
                create role {role} login;
              end if;
            end $$;
            alter role {role} {rights};
            """
            for role, rights in ((OWNER, "createdb"), (WEB, "nocreatedb"), (WORKER, "nocreatedb"))
        )
        self.sql(roles)
        if not self.sql(f"select 1 from pg_database where datname = '{DATABASE}'"):
            self.sql(f"create database {DATABASE} owner {OWNER}")
        extensions = "".join(f"create extension if not exists {name};" for name in EXTENSIONS)
        self.sql(extensions, "template1")
        self.sql(extensions, DATABASE)

    def _as_superuser(self) -> tuple[str, ...]:
        if not self.as_root:
            return ()
        return ("setpriv", f"--reuid={self.superuser}", f"--regid={self.superuser}", "--init-groups", "--")


_HBA = """# Written by Souk's installer: this host's own users, by the system's word for who they are.
local all all peer map=souk
"""

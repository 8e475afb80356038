"""A control plane of a test's own, on a PostgreSQL cluster of its own, that may be wiped; the engine is this host's."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from unittest import mock

from django.db import connection, connections
from install import application, folders, keys
from install.here import CHECKOUT
from install.postgresql import Cluster

from souk.settings import namespace

SECRET = "Quatorze-tasses-de-thé-à-la-menthe"
_SYSTEMD = ("install.services.has_systemd", "install.folders.has_systemd")


class ControlPlane:
    """A namespace with this checkout's name, project and subnet, but with state and database of its own."""

    def __init__(self, home: Path) -> None:
        here = namespace.current()
        self.ns = namespace.Namespace(name=here.name, state=home / "state", run=home / "run")
        self.ns.state.mkdir()
        shutil.copy(here.choices, self.ns.choices)
        # The bridge's name server reads this host's own folder.
        self.ns.dns_hosts.symlink_to(here.dns_hosts)
        (self.ns.state / "venv").symlink_to(CHECKOUT / ".venv")

    def lay(self) -> None:
        """Folders, keys and an empty PostgreSQL, as the installer makes them on a machine that has nothing."""
        folders.ensure(self.ns)
        keys.ensure(self.ns)
        Cluster(self.ns).ensure()

    def open(self) -> None:
        """A schema and the starting catalogue."""
        application.manage(self.ns, "migrate", "--no-input")
        application.manage(self.ns, "seed")

    def wipe(self) -> None:
        """Lose the database, the keys and the settings."""
        Cluster(self.ns).service().stop()
        shutil.rmtree(self.ns.state / "postgresql")
        shutil.rmtree(self.ns.keys)
        (self.ns.state / "souk.env").unlink(missing_ok=True)

    def sql(self, statement: str) -> str:
        """Ask its database, as the superuser."""
        return Cluster(self.ns).sql(statement, "souk")

    def begin(self, program: str, *words: str) -> subprocess.Popen[str]:
        """Run Python that may be killed: `ns` and `words` are there, and no systemd is."""
        stood = "".join(f"mock.patch({name!r}, return_value=False).start();" for name in _SYSTEMD)
        head = f"import sys; from unittest import mock; {stood} from install.here import namespace;"
        code = f"{head}ns = namespace.current(); words = sys.argv[1:]\n{program}"
        told = {**application.environment(self.ns, "owner"), "PYTHONPATH": str(CHECKOUT)}
        pipe = subprocess.PIPE
        return subprocess.Popen(
            [sys.executable, "-c", code, *words], env=told, stdout=pipe, stderr=subprocess.STDOUT, text=True
        )


@contextmanager
def control_plane() -> Iterator[ControlPlane]:
    """One that is laid and has no schema yet."""
    home = Path(tempfile.mkdtemp(prefix="souk-plane-", dir="/var/tmp"))
    home.chmod(0o755)
    with ExitStack() as stack:
        for name in _SYSTEMD:
            stack.enter_context(mock.patch(name, return_value=False))
        stack.enter_context(mock.patch.dict(os.environ, {"SOUK_OBJECT_STORAGE": "none", "SOUK_WARM_MOST": "0"}))
        for name in [each for each in os.environ if each.startswith(("SOUK_KEYS", "SOUK_BACKUP", "DATABASE_URL"))]:
            del os.environ[name]
        plane = ControlPlane(home)
        try:
            plane.lay()
            yield plane
        finally:
            Cluster(plane.ns).service().stop()
            shutil.rmtree(home)


@contextmanager
def connected(plane: ControlPlane) -> Iterator[None]:
    """Point Django, as the web process, at a control plane's database."""
    settings = connection.settings_dict
    before = dict(settings)
    connections.close_all()
    settings.update(NAME="souk", USER="souk_web", HOST=str(plane.ns.postgresql_socket), PORT="5432", PASSWORD="")
    try:
        yield
    finally:
        connections.close_all()
        settings.update(before)

"""Souk itself: its environment, its database schema, its web and worker processes, the first sale."""

from __future__ import annotations

import http.client
import os
import re
import shlex
import shutil
import subprocess
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from install import quotas, users, virtualenv
from install.daemons import wait_until
from install.failure import Failure
from install.here import CHECKOUT, namespace
from install.postgresql import Cluster
from install.services import Service, log_folder
from install.shell import clean_environment, tail
from install.steps import Progress

_PERCENT = re.compile(r"\s*(\d{1,3}(?:\.\d+)?)\s*%\s*(.*)")


CACHE = Path("/var/cache/souk")
"""What all namespaces of a host may share: built images."""

WEB_THREADS = 16
"""Requests that one web process works on at once; each such thread holds a database connection."""

WEB_CONNECTIONS = 512
"""Clients' connections that one web process holds, idle kept-alive ones included: who comes after them waits until one
closes, up to half a minute. Far more than threads, and fewer than the files a process may have open."""

_MOMENTARY = ("SOUK_PROCESS", "SOUK_ENGINE", "SOUK_REQUIRE_ENGINE", "SOUK_POOL_SIZE", "SOUK_BACKUP_PASSPHRASE")


def settings(ns: Any) -> dict[str, str]:
    """What every process of the namespace is told, whichever it is.

    A setting (`SOUK_...`, `DATABASE_URL...`) given once in the installer's environment is kept in `souk.env`.
    """
    kept = namespace.read_environment(environment_file(ns))
    given = {key: value for key, value in os.environ.items() if key.startswith(("SOUK_", "DATABASE_URL"))}
    return {
        **{key: value for key, value in {**kept, **given}.items() if key not in _MOMENTARY},
        "SOUK_NAMESPACE": ns.name,
        "SOUK_STATE": str(ns.state),
        "SOUK_RUN": str(ns.run),
        "SOUK_SUBNET": ns.subnet,
        "SOUK_WEB_PORT": str(ns.web_port),
        "DJANGO_SETTINGS_MODULE": "souk.settings.django",
        "PYTHONUNBUFFERED": "1",
        **({"SOUK_CACHE": str(CACHE)} if os.geteuid() == 0 else {}),
    }


def database_url(ns: Any) -> str:
    """The outside PostgreSQL, as its schema's owner; nothing where the embedded one serves."""
    told = settings(ns)
    return told.get("DATABASE_URL_OWNER") or told.get("DATABASE_URL", "")


def environment_file(ns: Any) -> Path:
    """`souk.env`: the settings, for `set -a; . souk.env`. It holds a password if DATABASE_URL does."""
    return Path(ns.state) / "souk.env"


def write_environment(ns: Any) -> None:
    """Write `souk.env`, readable by web and worker only."""
    path = environment_file(ns)
    lines = "".join(f"{name}={value}\n" for name, value in sorted(settings(ns).items()))
    path.touch(mode=0o640)
    path.write_text("# Written by Souk's installer.\n" + lines)
    path.chmod(0o640)
    if os.geteuid() == 0:
        shutil.chown(path, "root", users.SHARED)


def commands_folder(ns: Any) -> Path:
    """Where an administrator finds `souk` and `souk-manage`, ready to use."""
    return Path(ns.state) / "bin"


def write_commands(ns: Any) -> None:
    """Write `souk`, for everybody, and `souk-manage`, which knows the namespace's settings, for root.

    `souk` is told where the operator's own programs are, for `souk doctor` and `souk upgrade`.
    """
    folder = commands_folder(ns)
    folder.mkdir(exist_ok=True)
    programs = Path(ns.state) / "venv" / "bin"
    exports = _exports(settings(ns))
    places = _exports({"SOUK_MANAGE": str(folder / "souk-manage"), "SOUK_CHECKOUT": str(CHECKOUT)})
    for name, told, mode in (("souk", places, 0o755), ("souk-manage", exports, 0o700)):
        path = folder / name
        path.touch(mode=mode)
        path.write_text(f'#!/bin/sh\n# Written by Souk\'s installer.\n{told}exec {programs / name} "$@"\n')
        path.chmod(mode)


def _exports(values: Mapping[str, str]) -> str:
    return "".join(f"export {key}={shlex.quote(value)}\n" for key, value in sorted(values.items()))


def environment(ns: Any, process: str) -> dict[str, str]:
    """The whole environment of a process of kind `process`: `web`, `worker` or `owner`."""
    return clean_environment(**settings(ns), SOUK_PROCESS=process)


def manage_program(ns: Any) -> Path:
    """The current release's `souk-manage`."""
    return virtualenv.python(ns).with_name("souk-manage")


def manage(ns: Any, *words: str, program: Path | None = None, progress: Progress | None = None) -> str:
    """Run `souk-manage` as the schema's owner and return its last line.

    Lines that begin with a percentage ("35 % unpacking") move the progress bar.

    Raises:
        Failure: it failed; the detail quotes the end of its output.
    """
    command = [program or manage_program(ns), *words]
    log = log_folder(ns) / f"{words[0]}.log"
    log.parent.mkdir(parents=True, exist_ok=True)
    with (
        log.open("w") as kept,
        subprocess.Popen(
            [str(word) for word in command],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            errors="replace",
            env=environment(ns, "owner"),
            cwd="/",
        ) as process,
    ):
        assert process.stdout is not None
        for line in process.stdout:
            kept.write(line)
            share = _PERCENT.match(line)
            if share and progress:
                progress(float(share[1]) / 100, share[2].strip())
    said = log.read_text()
    if process.returncode:
        raise Failure(
            f"`souk-manage {' '.join(words)}` failed with status {process.returncode}.",
            f"All it said is in {log}.",
            tail(said),
        )
    last = tail(said, 1)
    return "" if _PERCENT.match(last) else last[:70]


def web_command(python: Path, port: int, workers: int) -> tuple[str, ...]:
    """The command line that serves the console and the API on loopback."""
    return (
        *(str(python), "-m", "granian", "--interface", "wsgi", "--host", "127.0.0.1", "--port", str(port)),
        *("--workers", str(workers), "--no-ws", "--respawn-failed-workers", "--workers-kill-timeout", "10"),
        *("--blocking-threads", str(WEB_THREADS), "--blocking-threads-idle-timeout", "600"),
        *("--backpressure", str(WEB_CONNECTIONS)),
        "souk.settings.wsgi:application",
    )


def web(ns: Any) -> Service:
    """The console and the API."""
    workers = int(settings(ns).get("SOUK_WEB_WORKERS", "2"))
    return _service(ns, "web", web_command(_release_python(ns), ns.web_port, workers), users.WEB)


def worker(ns: Any) -> Service:
    """What makes desired state real."""
    return _service(ns, "worker", (str(_release_python(ns).with_name("souk-manage")), "worker"), users.WORKER)


def every_service(ns: Any) -> list[Service]:
    """PostgreSQL if it is embedded here, web and worker, in the order to start them."""
    cluster = Cluster(ns)
    held = [quotas.service(ns)] if os.geteuid() == 0 else []
    return [*([cluster.service()] if cluster.exists() else []), web(ns), worker(ns), *held]


def _release_python(ns: Any) -> Path:
    """The release's own path rather than the link: a process belongs to the release it was started from."""
    link = virtualenv.python(ns).parents[1]
    return (link.readlink() if link.is_symlink() else link) / "bin" / "python"


def _service(ns: Any, name: str, command: tuple[str, ...], user: str) -> Service:
    told: Mapping[str, str] = {**settings(ns), "SOUK_PROCESS": name}
    wants = () if database_url(ns) else (f"souk-{ns.name}-postgresql.service",)
    engine = ("incus.service",) if name == "worker" else ()
    as_root = os.geteuid() == 0
    return Service(
        ns=ns,
        name=name,
        command=command,
        user=user if as_root else None,
        environment=told,
        wants=(*wants, *engine),
        # What machines send is counted by the host's firewall, which nobody reads without this.
        capability="cap_net_admin" if name == "worker" else "",
    )


def start(ns: Any) -> str:
    """Have web and worker run this release, and wait until the web answers.

    Raises:
        Failure: it does not answer within a minute.
    """
    version = virtualenv.current(ns)
    started = [service.name for service in (web(ns), worker(ns)) if service.ensure(version)]
    if not wait_until(lambda: healthy(ns.web_port), 60):
        raise web(ns).failure(f"The console does not answer on port {ns.web_port}.")
    return f"{' and '.join(started)} started" if started else "running"


def healthy(port: int) -> bool:
    """Whether the web process answers that all is well."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=5)
    try:
        connection.request("GET", "/healthz")
        return connection.getresponse().status == 200
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()


def first_sale(ns: Any) -> int:
    """Run the first sale in the open: it prints its own steps. Returns its exit status."""
    command = [str(virtualenv.python(ns).with_name("souk-manage")), "first-sale"]
    return subprocess.run(command, check=False, env=environment(ns, "owner"), cwd="/").returncode

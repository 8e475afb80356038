"""A hundred megabytes of PostgreSQL restored to an instant, as a new service and in place, and forked; on real Incus.

Beside a restore lies bare pgBackRest: the same backup, the same instant, into a bare machine of the same image, until
its PostgreSQL answers. Beside a fork lies a bare copy: a machine with the same data, copied by the engine and started.
"""

from __future__ import annotations

import argparse
import os
import secrets
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import Any
from uuid import UUID

import psycopg

from support.figures import Figure, Target, publish, say
from support.ground import ground
from support.pairs import Pairs, alternate
from support.shop import Shop, shop

BARE_RESTORE = "pgBackRest by hand into a bare machine of the same image, until PostgreSQL answers there"
BARE_FORK = "a bare machine copied by the engine, started, until PostgreSQL answers there"
_ROWS_OF_A_MEGABYTE = 8_600
_AS_POSTGRES, _BIN = "setpriv --reuid=postgres --regid=postgres --clear-groups", "/usr/lib/postgresql/17/bin"
_FOLDER, _DATA = "/etc/souk/postgresql", "/var/lib/postgresql/bare"


def main() -> None:
    """Measure and print."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--megabytes", type=int, default=100)
    options.add_argument("--pairs", type=int, default=3)
    chosen = options.parse_args()
    load_before = os.getloadavg()
    with ground() as place, shop(place, storage=True) as open_:
        source, instant, rows = _source(open_, chosen.megabytes)
        numbers = iter(range(1000))
        with _bare(open_, source, instant) as bare:
            first = bare.seconds

            def restored() -> float:
                return _made(open_, source, f"alors{next(numbers)}", rows, instant)

            restores = alternate(chosen.pairs, restored, lambda: _again(open_, source, instant))
            forks = alternate(
                chosen.pairs, lambda: _made(open_, source, f"copie{next(numbers)}", rows + 1, None), bare.fork
            )
        in_place = _in_place(open_, source, instant, rows)
    size = {"megabytes": chosen.megabytes, "first_bare_s": round(first, 2)}
    done = in_place["done"]
    again = Pairs([done], [restores.floor])
    figures = [
        _figure("restore to an instant", restores, BARE_RESTORE, 20, size),
        _figure("restore in place to an instant", again, BARE_RESTORE, 20, {**size, **in_place}),
        _figure("fork", forks, BARE_FORK, 4, size),
    ]
    publish(figures, load_before)


def _figure(name: str, measured: Pairs, floor: str, bound: float, details: dict[str, Any]) -> Figure:
    told = {**details, **measured.told()}
    full = f"{name}, {details['megabytes']} MB, until it answers"
    return Figure(full, measured.figure, "s", measured.floor, floor, measured.ratio, [Target("figure", bound)], told)


def _source(open_: Shop, megabytes: int) -> tuple[UUID, datetime, int]:
    """A service with so much in it, backed up, then one row more, an instant, and another row."""
    from souk.kernel import clock
    from souk.provisioning import commands, registry
    from souk.provisioning.contract import BackupKind
    from souk.provisioning.reconciler.repositories import flushed

    instance = open_.order("source")
    open_.until_ready(instance)
    rows = megabytes * _ROWS_OF_A_MEGABYTE
    with psycopg.connect(**open_.options(instance), autocommit=True) as connection:
        connection.execute("create table facts (n int primary key, words text)")
        fill = "insert into facts select n, md5(n::text) || md5((n + 1)::text) from generate_series(1, %s::int) n"
        connection.execute(fill, [rows])
        [size] = connection.execute("select pg_total_relation_size('facts') / 1000000").fetchone() or [0]
        say(f"{size} MB to keep")
        open_.settled(commands.back_up_instance(open_.scope, instance, BackupKind.FULL))
        connection.execute("insert into facts values (0, 'one more')")
        time.sleep(1)
        instant = clock.now()
        time.sleep(1)
        connection.execute("insert into facts values (-1, 'too late')")
    # What lies in the repository is what bare pgBackRest has; a restore by Souk sees to that by itself.
    flushed(open_.engine, registry.blueprint("postgresql").archivist, instance)
    return instance, instant, rows + 1


def _made(open_: Shop, source: UUID, name: str, rows: int, until: datetime | None) -> float:
    """Seconds from the order of a new service with the other one's data until its rows are counted; it is erased."""
    from souk.ordering import commands as ordering
    from souk.ordering.queries import order

    started = time.perf_counter()
    made = ordering.restore(open_.scope, ordering.RestoreDetails(source, name, until))
    instance = order(open_.scope, made).instance_id
    seconds = _answers(open_, instance, rows, started)
    say(f"{name}: {seconds:.2f} s {open_.steps(instance)}")
    open_.until_ready(instance)
    open_.erase(instance)
    return seconds


def _answers(open_: Shop, instance: UUID, rows: int, started: float) -> float:
    from souk.provisioning.queries import service

    open_.until(lambda: service(open_.scope, instance).state == "ready", 0.01)
    with psycopg.connect(**open_.options(instance)) as connection:
        connection.execute("select 1")
        seconds = time.perf_counter() - started
        [found] = connection.execute("select count(*) from facts").fetchone() or [0]
    assert found == rows, f"{found} rows instead of {rows}"
    return seconds


def _in_place(open_: Shop, source: UUID, instant: datetime, rows: int) -> dict[str, float]:
    """Seconds until the service itself goes on with the data of then, and for how long nobody could connect."""
    from souk.provisioning import commands
    from souk.provisioning.queries import operations

    started = time.perf_counter()
    asked = commands.restore_in_place(open_.scope, source, instant)
    row = open_.settled(asked)
    done = time.perf_counter() - started
    _answers(open_, source, rows, started)
    gone = next(line["seconds"] for line in row.log if line["step"] == "stop")
    open_.until(lambda: all(each.finished_at for each in operations(open_.scope, source)))
    return {"done": round(done, 2), "machine_before_stopped_in_s": gone}


class Bare:
    """A bare machine with the source's data, of which copies are made."""

    def __init__(self, open_: Shop, name: str, address: str, seconds: float) -> None:
        self.engine, self.open, self.name, self.address, self.seconds = open_.engine, open_, name, address, seconds

    def fork(self) -> float:
        """Seconds until a copy of the machine answers."""
        from souk.blueprints.postgresql import BLUEPRINT
        from souk.engines.contract import MachineSpec
        from support.by_hand import SIZE

        name = f"bare-{secrets.token_hex(3)}"
        started = time.perf_counter()
        try:
            self.engine.copy(self.name, MachineSpec(name, "", BLUEPRINT.limits(SIZE), _address(self.open)))
            self.engine.start(name)
            _start(self.engine, name)
            seconds = time.perf_counter() - started
        finally:
            self.engine.delete(name)
        say(f"bare copy: {seconds:.2f} s")
        return seconds


def _again(open_: Shop, source: UUID, instant: datetime) -> float:
    with _bare(open_, source, instant) as bare:
        return bare.seconds


@contextmanager
def _bare(open_: Shop, source: UUID, instant: datetime) -> Iterator[Bare]:
    """Restore the source's backup by hand into a bare machine."""
    from souk.blueprints.postgresql import BLUEPRINT
    from souk.engines.contract import MachineSpec
    from support.by_hand import SIZE

    engine, name, address = open_.engine, f"bare-{secrets.token_hex(3)}", _address(open_)
    with open_.place.connect() as watch:
        sql = "select name from provisioning_machine where instance_id = %s and role = 'primary' and deleted_at is null"
        [kept] = watch.execute(sql, [source]).fetchone() or [""]
    files = {f"{_FOLDER}/repository.{end}": engine.pull(kept, f"{_FOLDER}/repository.{end}") for end in ("conf", "crt")}
    files["/etc/hosts"] = engine.pull(kept, "/etc/hosts")
    started = time.perf_counter()
    try:
        engine.create(MachineSpec(name, BLUEPRINT.recipe.alias, BLUEPRINT.limits(SIZE), address), start=True)
        for path, content in files.items():
            engine.push(name, path, content, mode=0o644)
        restore = (
            f"install -d -o postgres -g postgres /run/postgresql && until ip -4 addr show eth0 | grep -q {address};"
            f" do sleep 0.05; done; {_AS_POSTGRES} pgbackrest"
            f" --config={_FOLDER}/repository.conf --stanza=souk --pg1-path={_DATA} restore --type=time"
            f" --target='{instant.isoformat(sep=' ')}' --target-action=promote --log-level-console=error"
        )
        _run(engine, name, restore)
        _start(engine, name)
        seconds = time.perf_counter() - started
        say(f"bare restore: {seconds:.2f} s")
        yield Bare(open_, name, address, seconds)
    finally:
        engine.delete(name)


def _start(engine: Any, name: str) -> None:
    """Start PostgreSQL, and wait until it takes writes."""
    asks = f"{_BIN}/psql -U postgres -h /run/postgresql postgres -Atc 'select pg_is_in_recovery()'"
    serves = f"pg_ctl -D {_DATA} -l /tmp/log -o '-c archive_mode=off -c hot_standby=off' -w start"
    script = (
        "cd /; until [ -S /run/systemd/private ]; do sleep 0.02; done;"
        " install -d -o postgres -g postgres /run/postgresql;"
        f" {_AS_POSTGRES} {_BIN}/{serves} >/tmp/out 2>&1 || exit 1;"
        f" until {_AS_POSTGRES} {asks} | grep -q f; do pgrep -x postgres >/dev/null || exit 1; sleep 0.05; done"
    )
    _run(engine, name, script)


def _run(engine: Any, name: str, script: str) -> None:
    done = engine.execute(name, ["sh", "-c", script], timeout=120)
    if done.exit_code:
        log = engine.execute(name, ["sh", "-c", "cat /tmp/log /tmp/out"]).stdout[-800:]
        raise RuntimeError(f"{name}: {done.stderr or done.stdout}\n{log}")


def _address(open_: Shop) -> str:
    taken = {one.address for one in open_.engine.machines()}
    return next(address for address in open_.addresses() if address not in taken)


if __name__ == "__main__":
    main()

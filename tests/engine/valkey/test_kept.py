"""What is kept is backed up while the server goes on, comes back in another machine, and the proof tells them apart."""

from __future__ import annotations

from dataclasses import replace

import pytest
from tests.engine.conftest import Rig, image_cache
from tests.engine.objectstorage.conftest import order as order_storage
from tests.engine.valkey.conftest import Server, order

from souk.blueprints.objectstorage import BLUEPRINT as STORAGE
from souk.blueprints.valkey import BLUEPRINT
from souk.engines import images
from souk.provisioning.contract import BackupKind, BindingRole, ConfigurationFailed, Repository

pytestmark = pytest.mark.engine


@pytest.fixture(scope="module")
def repository(rig_of_module: Rig) -> Repository:
    """The service's repository, on another machine: the platform's."""
    images.ensure(rig_of_module.engine, STORAGE.recipe, image_cache())
    storage = order_storage(rig_of_module, STORAGE.recipe.alias, 4)
    storage.configure()
    return storage.repository(storage.grant("vk_kept01"))


def fill(server: Server) -> None:
    """One of each kind of value, small and large, which the server lays out differently."""
    client = server.client()
    pipe = client.pipeline(transaction=False)
    for number in range(2_000):
        pipe.set(f"mot:{number}", f"valeur {number}")
    pipe.mset({"entier": 12, "long": 2**40, "négatif": -70_000, "texte": "x" * 20_000})
    pipe.set("bref", 1, px=3_600_000)
    pipe.set("durable", 1, ex=30 * 86_400)
    for count in (3, 600):
        names = [f"{'m' * (count // 10)}{number}" for number in range(count)]
        pipe.rpush(f"liste:{count}", *names, 7, -7, 2**33)
        pipe.sadd(f"ensemble:{count}", *names)
        pipe.sadd(f"nombres:{count}", *range(-5, count))
        pipe.hset(f"fiche:{count}", mapping={name: number * 1000 for number, name in enumerate(names)})
        pipe.zadd(f"rang:{count}", {name: number / 3 for number, name in enumerate(names)})
        for name in names[:50]:
            pipe.xadd(f"flux:{count}", {"nom": name})
        pipe.xgroup_create(f"flux:{count}", "lecteurs", "0")
        pipe.xreadgroup("lecteurs", "un", {f"flux:{count}": ">"}, count=2)
    # What was large and is small now is laid out anew when it is read.
    pipe.srem("ensemble:600", *(f"{'m' * 60}{number}" for number in range(3, 600)))
    pipe.function_load("#!lua name=aide\nserver.register_function('aide', function() return 'oui' end)", replace=True)
    pipe.execute()
    server.client(db=3).set("ailleurs", "là")


def test_what_was_there_comes_back_in_another_machine_and_the_proof_sees_what_is_not_as_it_was(
    server: Server, repository: Repository, rig_of_module: Rig, valkey_image: str
) -> None:
    archivist = BLUEPRINT.archivist
    fill(server)
    archivist.attach(server, server.wanted, repository)
    for kind, label in ((BackupKind.FULL, "a" * 32), (BackupKind.DIFFERENTIAL, "b" * 32)):
        archivist.back_up(server, server.wanted, kind, label)
    was = archivist.mark(server, server.wanted, "souk-proof", 7)
    assert set(was.tables) == {"0", "3", "functions"}
    assert {label: each.kind for label, each in archivist.backups(server, server.wanted).items()} == {
        "a" * 32: BackupKind.FULL,
        "b" * 32: BackupKind.DIFFERENTIAL,
    }
    with pytest.raises(ConfigurationFailed, match="in use"):
        archivist.restore(server, server.wanted, repository, None)
    server.grant("reste", BindingRole.WRITER)

    other = order(rig_of_module, valkey_image, server.folder, 5)
    other.wanted = replace(other.wanted, instance=server.wanted.instance)
    for _ in range(2):
        archivist.restore(other, other.wanted, repository, None, "souk-proof")
    other.configure()
    assert was.differences(archivist.fingerprint(other, other.wanted, was.extent)) == []
    client = other.client()
    assert client.dbsize() == server.client().dbsize()
    assert client.get("texte") == "x" * 20_000
    assert client.fcall("aide", 0) == "oui"
    assert 0 < client.pttl("bref") <= 3_600_000
    assert client.xpending("flux:3", "lecteurs")["pending"] == 2
    # What is written from now on is kept as what was there before is.
    client.set("ensuite", 1)
    other.die()
    archivist.shut_out_all_but(other, other.wanted, ["app"])
    assert other.client().mget("ensuite", "entier") == ["1", "12"]

    other.client().zincrby("rang:600", 1, "m" * 60 + "7")
    assert was.differences(archivist.fingerprint(other, other.wanted, was.extent)) == ["0"]
    archivist.expire(server, server.wanted, 1)


def test_of_a_cache_nothing_is_kept_and_a_backup_of_it_is_empty(
    repository: Repository, rig_of_module: Rig, valkey_image: str, server: Server
) -> None:
    archivist = BLUEPRINT.archivist
    cache = order(rig_of_module, valkey_image, server.folder, 6, persistence="none")
    cache.configure()
    cache.client().set("page", "x")
    archivist.attach(cache, cache.wanted, replace(repository, folder="cache"))
    archivist.back_up(cache, cache.wanted, BackupKind.FULL, "c" * 32)
    [made] = archivist.backups(cache, cache.wanted).values()
    assert made.size == 0
    assert archivist.mark(cache, cache.wanted, "souk-proof", 7).tables == {}

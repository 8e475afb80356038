"""A member of a highly available service: its place among the others, and asking Patroni and etcd.

The others are reached in a private network that nobody else is in. Who leads lies in etcd, below a prefix of this
service's own.
"""

from __future__ import annotations

import base64
import http.client
import json
import ssl
import subprocess
import time
import urllib.error
import urllib.request
from typing import Any

from guest import BIN, DATA, FOLDER, SOCKETS, write
from machine import Document, Failure, know_host, wait

CONFIGURATION = FOLDER + "/patroni.yml"
AUTHORITY = FOLDER + "/coordinator.crt"
SERVICE = "souk-patroni.service"
REST = 8008
ANSWER_WITHIN = 5.0
CARD = "eth1"
PREFIX_LENGTH = 24
PAUSE = 0.1
REPLICATION, REWIND = "souk_replication", "souk_rewind"
SHARED = {"max_connections", "max_worker_processes"}
"""Settings that a replica may not have less of than its leader."""

PATRONIS = {"data_directory", "listen_addresses"}
"""Settings that Patroni makes itself."""


def take_place(private: str) -> None:
    """Have an address in the private network, now and at each boot."""
    lines = [
        "[Match]",
        f"Name={CARD}",
        "[Network]",
        f"Address={private}/{PREFIX_LENGTH}",
        "LinkLocalAddressing=no",
        "IPv6AcceptRA=no",
    ]
    path = f"/etc/systemd/network/{CARD}.network"
    with open(path, "w", encoding="utf-8") as file:
        file.write("\n".join(lines) + "\n")
    for words in (
        ["address", "replace", f"{private}/{PREFIX_LENGTH}", "dev", CARD],
        ["link", "set", CARD, "up"],
    ):
        done = subprocess.run(["ip", *words], capture_output=True, text=True)
        if done.returncode != 0:
            raise Failure(f"the private network can't be joined: {done.stderr.strip()}")


def admission(ensemble: Document) -> list[str]:
    """The lines of `pg_hba.conf` that let members copy each other's data, from their private network alone, and each
    one's Patroni ask how far its own has come.
    """
    network = ensemble["private"].rpartition(".")[0] + f".0/{PREFIX_LENGTH}"
    return [
        f"local replication {REPLICATION} scram-sha-256",
        f"hostssl replication {REPLICATION} {network} scram-sha-256",
        f"hostssl postgres {REWIND} {network} scram-sha-256",
        f"hostssl replication,all {REPLICATION},{REWIND} all reject",
    ]


def describe(ensemble: Document, parameters: Document) -> bool:
    """Write what Patroni is told. Returns whether it differed."""
    coordinator = ensemble["coordinator"]
    know_host(coordinator["host"], coordinator["address"])
    changed = write(AUTHORITY, coordinator["authority"])
    # JSON is YAML, too.
    return bool(write(CONFIGURATION, json.dumps(_patroni(ensemble, parameters), indent=1) + "\n")) or bool(changed)


def _patroni(ensemble: Document, parameters: Document) -> Document:
    private, coordinator, passwords = ensemble["private"], ensemble["coordinator"], ensemble["passwords"]
    local = {key: value for key, value in parameters.items() if key not in SHARED | PATRONIS}
    return {
        "scope": ensemble["scope"],
        "namespace": ensemble["namespace"],
        "name": ensemble["name"],
        "restapi": {
            "listen": f"{private}:{REST}",
            "connect_address": f"{private}:{REST}",
            "authentication": {"username": "souk", "password": passwords["rest"]},
        },
        "etcd3": {
            "hosts": [f"{coordinator['host']}:{coordinator['port']}"],
            "protocol": "https",
            "cacert": AUTHORITY,
            "username": coordinator["username"],
            "password": coordinator["password"],
        },
        "postgresql": {
            "listen": "*:5432",
            "connect_address": f"{private}:5432",
            "data_dir": DATA,
            "bin_dir": BIN,
            "pgpass": SOCKETS + "/pgpass",
            "use_unix_socket": True,
            "use_unix_socket_repl": True,
            "authentication": {
                "superuser": {"username": "postgres"},
                "replication": {
                    "username": REPLICATION,
                    "password": passwords["replication"],
                    "sslmode": "require",
                },
                "rewind": {"username": REWIND, "password": passwords["rewind"], "sslmode": "require"},
            },
            "parameters": local,
            "basebackup": {"checkpoint": "fast"},
            "remove_data_directory_on_rewind_failure": True,
            "remove_data_directory_on_diverged_timelines": True,
        },
    }


def _shared(parameters: Document) -> dict[str, Any]:
    """What all members must agree on, and how they watch over each other.

    With a synchronous replica nothing acknowledged is lost. `failsafe_mode` lets the leader go on while etcd is away,
    as long as it reaches every other member.
    """
    return {
        "ttl": 20,
        "loop_wait": 5,
        "retry_timeout": 5,
        "maximum_lag_on_failover": 1024**2,
        "synchronous_mode": True,
        "failsafe_mode": True,
        "postgresql": {
            "use_pg_rewind": True,
            "use_slots": True,
            "parameters": {key: value for key, value in parameters.items() if key in SHARED},
        },
    }


def agree_first(parameters: Document) -> None:
    """Let what the members agree on be there before the first of them looks: by itself it would look ten seconds later.

    While the service begins they look at each other once a second.
    """
    settings = told()
    key = _key(settings, "config")
    unset = {"key": key, "result": "EQUAL", "target": "VERSION", "version": 0}
    value = _encoded(json.dumps({**_shared(parameters), "loop_wait": 1}))
    _etcd(settings, "kv/txn", {"compare": [unset], "success": [{"requestPut": {"key": key, "value": value}}]})


def share(ensemble: Document, parameters: Document, deadline: float) -> None:
    """On the member that leads: have all take what they must agree on, once they all are there."""
    shared = _shared(parameters)
    if sum(one["state"] in ("running", "streaming") for one in members()) < ensemble["members"]:
        shared["loop_wait"] = 1
    wait(deadline, "settings that the members share", lambda: _taken(shared), PAUSE)


def _taken(shared: Document) -> object:
    """A leader that has just begun has nothing yet that could be changed."""
    status, answer = ask("PATCH", "/config", shared)
    return status == 200 or (False if status == 503 else answer)


def told() -> dict[str, Any]:
    """What Patroni was told."""
    try:
        with open(CONFIGURATION, encoding="utf-8") as file:
            found: dict[str, Any] = json.load(file)
    except FileNotFoundError:
        raise Failure("this machine is no member of anything") from None
    return found


def ask(method: str, path: str, body: object = None, timeout: float = ANSWER_WITHIN) -> tuple[int, str]:
    """One request to this machine's own Patroni; its status and its answer, status 0 if there is none."""
    api = told()["restapi"]
    host = api["listen"].partition(":")[0]
    user = f"{api['authentication']['username']}:{api['authentication']['password']}".encode()
    headers = {"Authorization": "Basic " + base64.b64encode(user).decode(), "Content-Type": "application/json"}
    client = http.client.HTTPConnection(host, REST, timeout=timeout)
    try:
        client.request(method, path, body=json.dumps(body) if body is not None else None, headers=headers)
        answer = client.getresponse()
        return answer.status, answer.read().decode()
    except (OSError, http.client.HTTPException) as error:
        return 0, str(error)
    finally:
        client.close()


def members() -> list[dict[str, Any]]:
    """The members as this one sees them; none while it sees nothing."""
    status, answer = ask("GET", "/cluster")
    return list(json.loads(answer)["members"]) if status == 200 else []


def restart(deadline: float) -> None:
    """Have Patroni restart PostgreSQL, and wait until it is back."""
    status, answer = ask("POST", "/restart", {}, timeout=max(1.0, deadline - time.monotonic()))
    if status != 200:
        raise Failure(f"PostgreSQL does not restart: {answer}")
    wait(deadline, "PostgreSQL", _runs, PAUSE)


def _runs() -> bool:
    status, answer = ask("GET", "/patroni")
    return status in (200, 503) and json.loads(answer).get("state") == "running"


def leader() -> str:
    """The name of the member that leads, or nothing."""
    return next((one["name"] for one in members() if one["role"] in ("leader", "standby_leader")), "")


def depose(dead: str) -> bool:
    """Take the lead from a member that is dead, unless another leads already. Returns whether it led."""
    settings = told()
    key = _key(settings, "leader")
    led = {"key": key, "result": "EQUAL", "target": "VALUE", "value": _encoded(dead)}
    done = _etcd(settings, "kv/txn", {"compare": [led], "success": [{"requestDeleteRange": {"key": key}}]})
    return bool(done.get("succeeded"))


def _key(settings: Document, name: str) -> str:
    return _encoded(f"{settings['namespace']}{settings['scope']}/{name}")


def _encoded(text: str) -> str:
    return base64.b64encode(text.encode()).decode()


def _etcd(settings: Document, call: str, body: Document) -> dict[str, Any]:
    user = {"name": settings["etcd3"]["username"], "password": settings["etcd3"]["password"]}
    return _call(settings, call, body, token=_call(settings, "auth/authenticate", user)["token"])


def _call(settings: Document, call: str, body: Document, token: str = "") -> dict[str, Any]:
    url = f"https://{settings['etcd3']['hosts'][0]}/v3/{call}"
    headers = {"Content-Type": "application/json", **({"Authorization": token} if token else {})}
    request = urllib.request.Request(url, json.dumps(body).encode(), headers)
    trusted = ssl.create_default_context(cafile=AUTHORITY)
    try:
        with urllib.request.urlopen(request, timeout=ANSWER_WITHIN, context=trusted) as answer:  # noqa: S310
            found: dict[str, Any] = json.load(answer)
    except (OSError, urllib.error.URLError, ValueError) as error:
        raise Failure(f"etcd: {error}") from None
    return found

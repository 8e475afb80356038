"""What a namespace owns in Incus: a project, a storage pool, an ACL, a bridge and a profile."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

from install import application, isolation, quotas
from install.host import in_container
from install.incus_api import Refused, call, find

POOL_SIZE = "20GiB"
"""Size of the pool's loop file, sparse; `SOUK_POOL_SIZE` overrides it at the first installation."""


def ensure(ns: Any) -> str:
    """Make what is missing, correct what differs. Returns a remark."""
    _project(ns)
    pool = _pool(ns)
    _put("/1.0/network-acls", ns.acl, isolation.acl(ns.subnet, isolation.outside(application.settings(ns))))
    ns.dns_hosts.mkdir(parents=True, exist_ok=True)
    _network(ns)
    _profile(ns)
    return f"{ns.project}, {ns.subnet}{pool}"


def _put(collection: str, name: str, body: dict[str, Any], *, project: str = "") -> None:
    """Create an object, or replace it where it differs from `body`."""
    there = find(f"{collection}/{name}", project=project)
    if there is None:
        call("POST", collection, {"name": name, **body}, project=project)
    elif any(there.get(key) != value for key, value in body.items()):
        call("PUT", f"{collection}/{name}", body, project=project)


def _project(ns: Any) -> None:
    _put(
        "/1.0/projects",
        ns.project,
        {
            "description": "Souk",
            "config": {
                "features.images": "true",
                "features.networks": "false",
                "features.networks.zones": "true",
                "features.profiles": "true",
                "features.storage.buckets": "true",
                "features.storage.volumes": "true",
            },
        },
    )


def _pool(ns: Any) -> str:
    """Make the pool; returns a remark where it is less than it should be.

    A container has no loop devices: there, and only there, a plain folder carries the machines, and their disk
    limits are not enforced.
    """
    path = f"/1.0/storage-pools/{ns.pool}"
    pool = find(path)
    if pool is None:
        size = os.environ.get("SOUK_POOL_SIZE", POOL_SIZE)
        body = {"name": ns.pool, "driver": "btrfs", "description": "Souk", "config": {"size": size}}
        try:
            call("POST", "/1.0/storage-pools", body)
        except Refused:
            if not in_container():
                raise
            call("POST", "/1.0/storage-pools", {"name": ns.pool, "driver": "dir", "description": "Souk"})
        pool = call("GET", path)
    if pool["driver"] != "btrfs":
        return ", a folder as pool: no disk limits"
    return ", disk limits counted anew" if quotas.hold(quotas.POOLS / ns.pool) else ""


def network_config(ns: Any) -> dict[str, str]:
    """The bridge's configuration: our subnet behind NAT, closed by default, endpoint names in its DNS."""
    prefix = ns.subnet.partition("/")[2]
    return {
        "dns.domain": ns.domain,
        "dns.mode": "managed",
        "ipv4.address": f"{ns.gateway}/{prefix}",
        "ipv4.nat": "true",
        "ipv6.address": "none",
        "raw.dnsmasq": f"hostsdir={ns.dns_hosts}",
        "security.acls": ns.acl,
        "security.acls.default.egress.action": "drop",
        "security.acls.default.ingress.action": "drop",
    }


def _network(ns: Any) -> None:
    wanted = network_config(ns)
    there = find(f"/1.0/networks/{ns.bridge}")
    if there is None:
        body = {"name": ns.bridge, "type": "bridge", "description": "Souk", "config": wanted}
        call("POST", "/1.0/networks", body)
    elif any(there["config"].get(key) != value for key, value in wanted.items()):
        call("PATCH", f"/1.0/networks/{ns.bridge}", {"config": wanted})


def watch_names_anew(ns: Any) -> str:
    """Have the bridge's name server begin again: it watches a folder of names, not the one that took its place.

    Only another configuration makes Incus start it again. Machines keep their network meanwhile.
    """
    path, wanted = f"/1.0/networks/{ns.bridge}", network_config(ns)["raw.dnsmasq"]
    for text in (f"{wanted}\n# watched anew", wanted):
        call("PATCH", path, {"config": {"raw.dnsmasq": text}})
    return ""


def _profile(ns: Any) -> None:
    """The project's default profile: a disk, an isolated network card, an id map of its own, no guest API."""
    body = {
        "description": "Souk: every machine",
        "config": {"security.guestapi": "false", "security.idmap.isolated": "true"},
        "devices": {
            "root": {"type": "disk", "path": "/", "pool": ns.pool},
            "eth0": {
                "type": "nic",
                "name": "eth0",
                "network": ns.bridge,
                "security.ipv4_filtering": "true",
                "security.mac_filtering": "true",
                "security.port_isolation": "true",
            },
        },
    }
    _put("/1.0/profiles", "default", body, project=ns.project)


def running_elsewhere(ns: Any) -> bool:
    """Whether machines run in projects that are not the namespace's."""
    everything = call("GET", "/1.0/instances", full=True, project="*")
    return any(one["status"] == "Running" and one["project"] != ns.project for one in everything)


def anything_left() -> bool:
    """Whether Incus holds a machine or a storage pool of anybody."""
    return bool(call("GET", "/1.0/storage-pools") or call("GET", "/1.0/instances", project="*"))


def remove(ns: Any) -> str:
    """Delete everything the namespace owns in Incus. Returns a remark."""
    count = 0
    if find(f"/1.0/projects/{ns.project}") is not None:
        for instance in call("GET", "/1.0/instances", project=ns.project, full=True):
            path = f"/1.0/instances/{instance['name']}"
            if instance["status"] != "Stopped":
                call(
                    "PUT",
                    f"{path}/state",
                    {"action": "stop", "force": True, "timeout": -1},
                    project=ns.project,
                )
            if instance["config"].get("security.protection.delete"):
                call("PATCH", path, {"config": {"security.protection.delete": ""}}, project=ns.project)
            call("DELETE", path, project=ns.project)
            count += 1
        _remove_rest_of_project(ns)
    for network in call("GET", "/1.0/networks", full=True):
        if network["config"].get("user.souk.project") == ns.project:
            call("DELETE", f"/1.0/networks/{network['name']}")
    for path in (f"networks/{ns.bridge}", f"network-acls/{ns.acl}", f"storage-pools/{ns.pool}"):
        if find(f"/1.0/{path}") is not None:
            call("DELETE", f"/1.0/{path}")
    Path(f"/var/lib/incus/disks/{ns.pool}.img").unlink(missing_ok=True)
    return f"{count} machines deleted"


def _remove_rest_of_project(ns: Any) -> None:
    for image in call("GET", "/1.0/images", project=ns.project):
        call("DELETE", image, project=ns.project)
    for volume in call("GET", f"/1.0/storage-pools/{ns.pool}/volumes", project=ns.project, full=True):
        if volume["type"] == "custom":
            call("DELETE", f"/1.0/storage-pools/{ns.pool}/volumes/custom/{volume['name']}", project=ns.project)
    _put("/1.0/profiles", "default", {"description": "", "config": {}, "devices": {}}, project=ns.project)
    for profile in call("GET", "/1.0/profiles", project=ns.project, full=True):
        if profile["name"] != "default":
            call("DELETE", f"/1.0/profiles/{profile['name']}", project=ns.project)
    call("DELETE", f"/1.0/projects/{ns.project}")

"""Bringing up what serves a site on this machine, and seeing that it does."""

from __future__ import annotations

import base64
import contextlib
import http.client
import os
import socket
import ssl
from collections.abc import Mapping
from typing import Any, NamedTuple

from machine import Failure, has_address, journal, systemctl, systemd_answers, wait, write

FOLDER = "/etc/souk/web"
WEB, PHP, SSH = "souk-web.service", "souk-php.service", "ssh.service"
UNITS = (WEB, PHP)
_PAUSE = 0.05
"""Seconds between two looks."""


class Changed(NamedTuple):
    """Whether anything did that the web server, or PHP, reads when it starts."""

    web: bool
    php: bool


def write_files(document: Mapping[str, Any]) -> Changed:
    """Write what differs. `configured` comes last: it lets them start."""
    tls = document["tls"]
    web = write(FOLDER + "/server.pem", tls["certificate"].rstrip() + "\n" + tls["key"], "root")
    write(FOLDER + "/ca.crt", tls["authority"], "root")
    for name, content in document["files"].items():
        web = write(f"{FOLDER}/{name}", content, "root") or web
    php = bool(document["php"]) and write(FOLDER + "/php.conf", document["php"], "site")
    write(FOLDER + "/configured", "", "root")
    return Changed(web, php)


def serve(document: Mapping[str, Any], changed: Changed, path: str, deadline: float) -> None:
    """Have all of it run as it was written down, and wait until it answers its owner at this path.

    Raises:
        Failure.
    """
    wait(deadline, "systemd", systemd_answers)
    wait(deadline, "address " + document["address"], lambda: has_address(document["address"]))
    if document["php"]:
        bring_up(PHP, "reload" if changed.php else "start", deadline)
    elif systemctl("stop", PHP, deadline=deadline) != 0:
        raise Failure("PHP does not end")
    else:
        with contextlib.suppress(FileNotFoundError):
            os.unlink(FOLDER + "/php.conf")
    bring_up(WEB, "reload" if changed.web else "start", deadline)
    bring_up(SSH, "start", deadline)
    wait(deadline, "host key", lambda: os.path.exists("/etc/ssh/ssh_host_ed25519_key.pub"))
    try:
        wait(deadline, "answer", lambda: answers(document, path), _PAUSE)
    except Failure as failure:
        raise Failure(f"{failure}\n{journal(*UNITS)}") from None


def bring_up(unit: str, verb: str, deadline: float) -> None:
    """Start a unit, or make a running one take what changed; one that the boot has just begun may not take it yet."""
    if systemctl("is-active", "--quiet", unit, deadline=deadline) != 0:
        verb = "start"
    done = systemctl(verb, unit, deadline=deadline)
    if done != 0 and verb == "reload":
        done = systemctl("restart", unit, deadline=deadline)
    if done != 0:
        raise Failure(f"{unit} does not {verb}:\n{journal(*UNITS)}")


def answers(document: Mapping[str, Any], path: str) -> object:
    """Whether the server serves, with the certificate that it was just given, and answers its owner at this path."""
    owner, host = document["owner"], document["hostname"]
    trusted = ssl.create_default_context(cafile=FOLDER + "/ca.crt")
    known = base64.b64encode(f"{owner['username']}:{owner['password']}".encode()).decode()
    try:
        plain = socket.create_connection((document["address"], 443), timeout=5)
        with trusted.wrap_socket(plain, server_hostname=host) as encrypted:
            client = http.client.HTTPConnection(host)
            client.sock = encrypted
            client.request("GET", path, headers={"authorization": "Basic " + known})
            status = client.getresponse().status
    except (OSError, http.client.HTTPException) as error:
        return str(error)
    return status == 200 or status

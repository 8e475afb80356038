"""How HAProxy is told of names, and shows what proves them."""

from __future__ import annotations

import socket
from collections.abc import Sequence
from typing import Any

from machine import Failure, write

FOLDER = "/etc/souk/balancer"
UNIT = "souk-balancer.service"
CONFIGURATION = FOLDER + "/certificates"
PROOFS = FOLDER + "/proofs.map"
PATH = "/.well-known/acme-challenge/"
_ADMIN = "/run/souk-balancer/admin"


def show(token: str, proof: str) -> None:
    """Have a proof be there to be asked for: now, and if the configuration is taken anew meanwhile."""
    _keep([*_others(token), f"{PATH}{token} {proof}"])
    _say(f"add map {PROOFS} {PATH}{token} {proof}")


def hide(token: str) -> None:
    """Have it be there no more."""
    _keep(_others(token))
    _say(f"del map {PROOFS} {PATH}{token}")


def files(hosts: Sequence[Any]) -> dict[str, str]:
    """What is read of names, by the file's path."""
    secured = [f"{each.certificate} {each.name}" for each in hosts if each.certificate]
    plain = [f"{each.name} {_plainly(each)}" for each in hosts if each.https or each.leads]
    return {
        CONFIGURATION: _lines([FOLDER + "/server.pem", *secured]),
        FOLDER + "/plain.map": _lines(plain),
        FOLDER + "/secure.map": _lines([f"{each.name} https://{each.leads}" for each in hosts if each.leads]),
        FOLDER + "/strict.map": _lines([f"{each.name} yes" for each in hosts if each.strict]),
    }


def _plainly(host: Any) -> str:
    scheme = "https" if host.https else "http"
    return f"{scheme}://{host.leads or host.name}"


def _lines(lines: Sequence[str]) -> str:
    return "".join(line + "\n" for line in lines)


def _others(token: str) -> list[str]:
    with open(PROOFS, encoding="ascii") as file:
        return [line for line in file.read().splitlines() if line.split()[0] != PATH + token]


def _keep(lines: Sequence[str]) -> None:
    write(PROOFS, _lines(lines), "root")


def _say(command: str) -> None:
    """Tell the process that runs."""
    try:
        with socket.socket(socket.AF_UNIX) as client:
            client.settimeout(10)
            client.connect(_ADMIN)
            client.sendall(command.encode() + b"\n")
            client.recv(4096)
    except OSError as error:
        raise Failure(f"the load balancer does not take a proof: {error}") from error

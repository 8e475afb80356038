"""Bindings of brokered services: named credentials, whose names are derived from the platform's ids.

So there is nothing to remember, and what the customer sees beside them in the console are the same bindings.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from typing import Any

from souk.doors.osb import errors, instances
from souk.doors.osb.auth import Buyer
from souk.doors.osb.instances import OPEN, Answer, Found
from souk.provisioning.commands import binding_parameters, create_binding, revoke_binding
from souk.provisioning.contract import BindingRole
from souk.provisioning.credentials import reveal
from souk.provisioning.queries import BindingRow, OperationRow, bindings
from souk.provisioning.registry import blueprint

_KINDS = frozenset({"grant", "revoke"})


def name_of(binding: str) -> str:
    """What a platform's binding is called here."""
    return f"osb_{hashlib.sha256(binding.encode()).hexdigest()[:32]}"


def bind(buyer: Buyer, key: str, binding: str, parameters: Mapping[str, Any], *, may_wait: bool) -> Answer:
    """Make credentials for a platform's binding, once.

    Raises:
        NotThere, Malformed, Taken, AsyncRequired, ConcurrencyError, and what new credentials are refused for.
    """
    with instances.one_at_a_time(buyer, key):
        return _bind(buyer, instances.present(buyer, key), name_of(binding), parameters, may_wait=may_wait)


def _bind(buyer: Buyer, known: Found, name: str, parameters: Mapping[str, Any], *, may_wait: bool) -> Answer:
    told = _told(known, parameters)
    role, database = (BindingRole.OWNER, "") if _elsewhere(known) else _entitlement(known, parameters)
    granted, last = _of(buyer, known, name)
    if granted is not None:
        if (granted.role, granted.database or "") != (role, database or granted.database or ""):
            raise errors.Taken
        if told != _told_before(known, name):
            raise errors.Taken
        if last is not None and last.kind == "revoke" and last.state in OPEN:
            raise errors.ConcurrencyError
        operation = "" if last is None else str(last.id)
        return Answer(200 if granted.granted_at else 202, known.service.id, operation)
    if known.service.ready_at is None:
        raise errors.ConcurrencyError
    if not may_wait:
        raise errors.AsyncRequired
    asked = create_binding(buyer.scope, known.service.id, name, role, database, told)
    return Answer(202, known.service.id, str(asked))


def unbind(buyer: Buyer, key: str, binding: str, *, may_wait: bool) -> Answer:
    """Have a binding's credentials work no more.

    Raises:
        Gone, AsyncRequired.
    """
    with instances.one_at_a_time(buyer, key):
        known, name = instances.find(buyer, key), name_of(binding)
        granted, last = (None, None) if known is None or known.gone else _of(buyer, known, name)
        if known is None or granted is None:
            raise errors.Gone
        if not may_wait:
            raise errors.AsyncRequired
        if last is not None and last.kind == "revoke" and last.state in OPEN:
            return Answer(202, known.service.id, str(last.id))
        return Answer(202, known.service.id, str(revoke_binding(buyer.scope, known.service.id, name)))


def last_operation(buyer: Buyer, key: str, binding: str) -> dict[str, Any]:
    """How far the last request for a binding is.

    Raises:
        Gone: it was revoked, which is success for who asked for that.
    """
    known = instances.find(buyer, key)
    if known is None or known.gone:
        raise errors.Gone
    granted, last = _of(buyer, known, name_of(binding))
    if granted is None or last is None:
        raise errors.Gone
    return instances.told([last])


def fetch(buyer: Buyer, key: str, binding: str) -> dict[str, Any]:
    """A binding's credentials and parameters, for who holds the token: each look is recorded.

    Raises:
        NotThere, and what a look at credentials is refused for.
    """
    known, name = instances.present(buyer, key), name_of(binding)
    granted, last = _of(buyer, known, name)
    if granted is None or granted.granted_at is None or (last is not None and last.kind == "revoke"):
        raise errors.NotThere
    found = reveal(buyer.scope, known.service.id, name)
    if _elsewhere(known):
        return {"credentials": dict(found.given), "parameters": _told_before(known, name)}
    credentials: dict[str, Any] = {
        **found.connection.fields,
        "username": found.username,
        "password": found.password,
        "uri": found.connection.uri.replace("PASSWORD", found.password),
        "ca": found.authority,
    }
    parameters = {"role": granted.role, **({"database": granted.database} if granted.database else {})}
    return {"credentials": credentials, "parameters": parameters}


def _elsewhere(known: Found) -> bool:
    return known.service.plan_id is not None


def _told(known: Found, parameters: Mapping[str, Any]) -> Mapping[str, Any]:
    """What the producer of a service is told of a consumer; nothing of one that is produced here."""
    if not _elsewhere(known):
        return {}
    return binding_parameters(known.service.blueprint, known.service.plan_id, parameters)


def _told_before(known: Found, name: str) -> Mapping[str, Any]:
    """The same, as it was told when the binding was made."""
    made = (each for each in known.operations if each.kind == "grant" and each.details.get("binding") == name)
    told: Mapping[str, Any] = next((each.details.get("parameters", {}) for each in made), {})
    return told


def _entitlement(known: Found, parameters: Mapping[str, Any]) -> tuple[BindingRole, str]:
    if unknown := sorted(parameters.keys() - {"role", "database"}):
        raise errors.Malformed(fault=f"parameters.{unknown[0]}")
    binder = blueprint(known.service.blueprint).binder
    roles = sorted(binder.roles) if binder is not None else []
    default = BindingRole.OWNER if BindingRole.OWNER in roles or not roles else roles[0]
    try:
        role = BindingRole(parameters.get("role", default))
    except ValueError as error:
        raise errors.Malformed(fault="parameters.role") from error
    database = parameters.get("database", "")
    if not isinstance(database, str):
        raise errors.Malformed(fault="parameters.database")
    return role, database


def _of(buyer: Buyer, known: Found, name: str) -> tuple[BindingRow | None, OperationRow | None]:
    """A binding that is there, and the last that was asked of it."""
    found = next((each for each in bindings(buyer.scope, known.service.id) if each.name == name), None)
    last = next(
        (each for each in known.operations if each.kind in _KINDS and each.details.get("binding") == name), None
    )
    return found, last

"""A listener and a pool, as parts of the JSON Schema: what may be said of each, and what holds if it is not."""

from __future__ import annotations

from typing import Any

from souk.provisioning.contract import ADVANCED, MemberMode

NAME = r"^[a-z]([a-z0-9-]{0,28}[a-z0-9])?$(?!\n)"
_HOST = r"[A-Za-z0-9]([A-Za-z0-9-]{0,62})(\.[A-Za-z0-9]([A-Za-z0-9-]{0,62})){1,10}"
ROUTE = rf"^{_HOST} [a-z][a-z0-9-]{{0,29}}$(?!\n)"
PATH = r"^/[A-Za-z0-9._~!$&'()*+,;=:@%/?-]{0,200}$(?!\n)"
STATUS = r"^[1-5][0-9]{2}(-[1-5][0-9]{2})?$(?!\n)"
ADDRESS = r"^[0-9]{1,3}(\.[0-9]{1,3}){3}$(?!\n)"
WEIGHT = 100


def listener() -> dict[str, Any]:
    """Where clients connect."""
    return {
        "type": "object",
        "additionalProperties": False,
        "required": ["port", "protocol"],
        "properties": {
            "port": _number(_("Port"), "", 1, 65535),
            "protocol": {
                "title": _("Protocol"),
                "description": _("Without TLS of its own, what comes is passed on as it is."),
                "oneOf": [
                    {"const": "https", "title": _("HTTPS, with the certificates of the service and of its names")},
                    {"const": "http", "title": _("HTTP, not encrypted")},
                    {"const": "redirect", "title": _("HTTP that leads to HTTPS")},
                    {"const": "tcp", "title": _("TCP")},
                    {"const": "passthrough", "title": _("TLS, passed on by the name that is asked for")},
                ],
                "type": "string",
            },
            "pool": {
                "title": _("Pool"),
                "description": _("Who answers what no name below leads elsewhere. Without one, a plain page does."),
                "type": "string",
                "anyOf": [{"const": ""}, {"pattern": NAME}],
                "default": "",
            },
            "routes": {
                "title": _("Names that lead elsewhere"),
                "description": _("One a line: a name, a space, and the pool: api.example.ma api"),
                "type": "array",
                "items": {"type": "string", "pattern": ROUTE, "maxLength": 280},
                "maxItems": 50,
                "default": [],
                ADVANCED: True,
            },
            "rate": _number(
                _("Requests of a client in ten seconds, at most"),
                _("What is beyond is refused. 0: there is no limit. For TCP, connections are counted."),
                *(0, 100_000, 0),
            ),
            "client_connections": _number(
                _("Connections of a client at a time, at most"), _("0: there is no limit."), 0, 10_000, 0
            ),
            "body_megabytes": _number(
                _("Largest request, in megabytes"),
                _("What is larger, or does not tell its size, is refused. 0: there is no limit."),
                *(0, 10_240, 0),
            ),
        },
    }


def pool(most: int) -> dict[str, Any]:
    """Who answers."""
    return {
        "type": "object",
        "additionalProperties": False,
        "required": ["name"],
        "properties": {
            "name": {
                "title": _("Name"),
                "description": _("Lowercase letters, digits and hyphens."),
                "type": "string",
                "pattern": NAME,
            },
            "protocol": {
                "title": _("Protocol"),
                "description": "",
                "oneOf": [{"const": "http", "title": _("HTTP")}, {"const": "tcp", "title": _("TCP")}],
                "type": "string",
                "default": "http",
            },
            "algorithm": {
                "title": _("Whose turn it is"),
                "description": "",
                "oneOf": [
                    {"const": "roundrobin", "title": _("One after another")},
                    {"const": "leastconn", "title": _("Who has the fewest connections")},
                    {"const": "source", "title": _("The same for the same client's address")},
                ],
                "type": "string",
                "default": "roundrobin",
            },
            **_checks(),
            **_ways(),
            "members": {
                "title": _("Members"),
                "description": "",
                "type": "array",
                "items": _member(),
                "maxItems": most,
                "default": [],
            },
        },
    }


def _checks() -> dict[str, Any]:
    """How it is seen whether a member is well."""
    return {
        "check_path": {
            "title": _("Page that is asked for"),
            "description": _("To see whether a member is well. Empty: it is enough that it can be connected to."),
            "type": "string",
            "anyOf": [{"const": ""}, {"pattern": PATH}],
            "default": "",
        },
        "check_status": {
            "title": _("Status that is expected"),
            "description": _("Such as 200, or 200-399."),
            "type": "string",
            "pattern": STATUS,
            "default": "200-399",
            ADVANCED: True,
        },
        "check_seconds": _number(_("Seconds between two checks"), "", 1, 60, 2),
        "check_rise": _number(_("Checks in a row until a member is well again"), "", 1, 10, 2),
        "check_fall": _number(_("Checks in a row until a member is not well"), "", 1, 10, 3),
    }


def _ways() -> dict[str, Any]:
    """How members are spoken to."""
    return {
        "tls": _switch(
            _("Encrypted to members"),
            _("Services are known by their certificates; who is an address is not proved to be who it is."),
            usual=False,
        ),
        "sticky": _switch(
            _("A visitor stays with a member"),
            _("A cookie says which one, as long as that one is well."),
            usual=False,
        ),
        "forwarded": _switch(
            _("Members are told who asks"),
            _("By X-Forwarded-For and X-Forwarded-Proto; what a client itself sends of them is taken away."),
            usual=True,
        ),
        "proxy_protocol": _switch(
            _("PROXY protocol"), _("For members that expect it: they learn who connects, of TCP too."), usual=False
        ),
        "timeout_seconds": _number(
            _("Seconds for an answer"), _("After this a member that says nothing is given up."), 1, 3600, 60
        ),
    }


def _member() -> dict[str, Any]:
    return {
        "type": "object",
        "additionalProperties": False,
        "required": ["port"],
        "properties": {
            "service": {"title": _("Service"), "type": "string", "maxLength": 63, "default": ""},
            "address": {
                "title": _("Address"),
                "type": "string",
                "anyOf": [{"const": ""}, {"pattern": ADDRESS}],
                "default": "",
            },
            "port": {"title": _("Port"), "type": "integer", "minimum": 1, "maximum": 65535},
            "weight": {"title": _("Weight"), "type": "integer", "minimum": 1, "maximum": 256, "default": WEIGHT},
            "mode": {"title": _("Mode"), "type": "string", "enum": [*MemberMode], "default": MemberMode.ACTIVE.value},
        },
    }


def _number(title: str, description: str, least: int, most: int, usual: int | None = None) -> dict[str, Any]:
    rule = {"title": title, "description": description, "type": "integer", "minimum": least, "maximum": most}
    return rule if usual is None else {**rule, "default": usual, ADVANCED: True}


def _switch(title: str, description: str, *, usual: bool) -> dict[str, Any]:
    return {"title": title, "description": description, "type": "boolean", "default": usual, ADVANCED: True}


def _(message: str) -> str:
    """Marks a message id; whoever shows it translates it."""
    return message

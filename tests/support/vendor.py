"""A small broker that stands for a vendor's: it sells key-value stores that really keep what they are given over HTTP.

Run as a process: `python vendor.py` prints its port. What it is to do wrong is told to `/control`, by name of what it
is asked for (catalog, provision, update, deprovision, poll, bind, fetch, unbind, poll_binding): each a list of faults,
used one after another; the last one stays if it says `stays`. A fault that says `done` happens after the deed.
"""

from __future__ import annotations

import base64
import json
import secrets
import sys
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

USER, PASSWORD = "souk", "ein-langes-kennwort"
SERVICE, SMALL, LARGE = "5a1c-kv", "5a1c-small", "5a1c-large"


def catalog() -> dict[str, Any]:
    """What it sells."""
    create = {
        "$schema": "http://json-schema.org/draft-04/schema#",
        "type": "object",
        "properties": {
            "greeting": {"type": "string", "title": "Greeting", "default": "salam", "pattern": "(a+)+$"},
            "shards": {"type": "integer", "minimum": 1, "maximum": 9, "default": 1},
        },
    }
    update = {"type": "object", "properties": {"greeting": {"type": "string"}}}
    bind = {
        "type": "object",
        "properties": {
            "access": {"type": "string", "title": "Access", "enum": ["all", "read"], "default": "all"},
            "hours": {"type": "integer", "title": "Hours", "minimum": 1},
        },
    }
    schemas = {
        "service_instance": {"create": {"parameters": create}, "update": {"parameters": update}},
        "service_binding": {"create": {"parameters": bind}},
    }

    def plan(key: str, name: str, amount: float) -> dict[str, Any]:
        return {
            "id": key,
            "name": name,
            "description": f"A {name} store",
            "free": False,
            "maximum_polling_duration": 600,
            "maintenance_info": {"version": "1.0.0"},
            "metadata": {
                "displayName": name.capitalize(),
                "bullets": [f"{name} keys", "Backed up by its vendor"],
                "costs": [{"amount": {"mad": amount}, "unit": "MONTHLY"}],
            },
            "schemas": schemas,
        }

    service = {
        "id": SERVICE,
        "name": "key-value",
        "description": "Key-value stores over HTTP",
        "bindable": True,
        "plan_updateable": True,
        "instances_retrievable": True,
        "bindings_retrievable": True,
        "metadata": {"displayName": "Magasin clé-valeur", "longDescription": "Keeps what it is given."},
        "plans": [plan(SMALL, "small", 90.0), plan(LARGE, "large", 240.0)],
    }
    return {"services": [service]}


class State:
    """What it has, and what it is to do."""

    def __init__(self) -> None:
        self.lock = threading.Lock()
        self.reset()

    def reset(self) -> None:
        self.catalog: Any = catalog()
        self.asynchronous = False
        self.polls = 1
        self.faults: dict[str, list[dict[str, Any]]] = {}
        self.instances: dict[str, dict[str, Any]] = {}
        self.bindings: dict[str, dict[str, Any]] = {}
        self.stores: dict[str, dict[str, str]] = {}
        self.pending: dict[str, dict[str, Any]] = {}
        self.log: list[dict[str, Any]] = []
        self.most = 0
        self.busy = 0


STATE = State()


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def _any(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        parts = urlsplit(self.path)
        query = {key: value[0] for key, value in parse_qs(parts.query).items()}
        given = json.loads(body) if body[:1] == b"{" else {}
        if parts.path == "/control":
            return self._control(given)
        if parts.path.startswith("/kv/"):
            return self._store(parts.path, body)
        with STATE.lock:
            STATE.busy += 1
            STATE.most = max(STATE.most, STATE.busy)
        try:
            self._broker(parts.path, query, given)
        finally:
            with STATE.lock:
                STATE.busy -= 1

    do_GET = do_PUT = do_PATCH = do_DELETE = do_POST = _any  # noqa: N815

    def _control(self, given: dict[str, Any]) -> None:
        with STATE.lock:
            if given.pop("reset", False):
                STATE.reset()
            for key, value in given.items():
                setattr(STATE, key, value)
            told = {
                key: getattr(STATE, key)
                for key in ("instances", "bindings", "log", "faults", "pending", "catalog", "most")
            }
        self._say(200, told)

    def _store(self, path: str, body: bytes) -> None:
        _, _, instance, key = path.split("/", 3)
        given = base64.b64decode(self.headers.get("Authorization", "")[6:] or "").decode()
        known = [f"{each['username']}:{each['password']}" for each in STATE.bindings.values() if each["of"] == instance]
        if given not in known:
            return self._say(401, {})
        if self.command == "PUT":
            STATE.stores.setdefault(instance, {})[key] = body.decode()
            return self._say(200, {})
        return self._say(200, {"value": STATE.stores.get(instance, {}).get(key)})

    def _broker(self, path: str, query: dict[str, str], given: dict[str, Any]) -> None:
        parts = path.strip("/").split("/")[1:]
        name = self._named(parts)
        with STATE.lock:
            STATE.log.append(
                {"asked": name, "path": path, "query": query, "body": given, "headers": dict(self.headers)}
            )
            waiting = STATE.faults.get(name, [])
            fault = (waiting[0] if waiting[0].get("stays") else waiting.pop(0)) if waiting else None
        expected = "Basic " + base64.b64encode(f"{USER}:{PASSWORD}".encode()).decode()
        if self.headers.get("Authorization") != expected:
            return self._say(401, {"description": "who are you"})
        if fault is not None and not fault.get("done"):
            return self._fail(fault)
        with STATE.lock:
            status, body, headers = self._deed(name, parts, query, given)
        if fault is not None:
            return self._fail(fault)
        return self._say(status, body, headers)

    def _named(self, parts: list[str]) -> str:
        if parts == ["catalog"]:
            return "catalog"
        last, bound = parts[-1] == "last_operation", "service_bindings" in parts
        if last:
            return "poll_binding" if bound else "poll"
        verbs = {"PUT": "provision", "PATCH": "update", "DELETE": "deprovision", "GET": "fetch_instance"}
        bindings = {"PUT": "bind", "DELETE": "unbind", "GET": "fetch"}
        return (bindings if bound else verbs)[self.command]

    def _deed(self, name: str, parts: list[str], query: dict[str, str], given: dict[str, Any]) -> Any:
        if name == "catalog":
            return 200, STATE.catalog, {}
        instance = parts[1]
        if name in {"poll", "poll_binding"}:
            return self._poll(parts[3] if name == "poll_binding" else instance)
        if name == "provision":
            return self._provision(instance, query, given)
        if name == "update":
            if instance not in STATE.instances:
                return 404, {"description": "no such store"}, {}
            return self._slowly(instance, lambda: self._change(instance, given), "update")
        if name == "deprovision":
            if instance not in STATE.instances:
                return 410, {}, {}
            return self._slowly(instance, lambda: STATE.instances.pop(instance, None), "deprovision")
        return self._bindings(name, instance, parts[3], given)

    def _provision(self, instance: str, query: dict[str, str], given: dict[str, Any]) -> Any:
        known = STATE.instances.get(instance)
        said = {key: given.get(key) for key in ("service_id", "plan_id", "parameters")}
        if known is not None:
            if any(known[key] != said[key] for key in said):
                return 409, {"description": "there is another store by this id"}, {}
            return (202 if instance in STATE.pending else 200), {"operation": "provision"}, {}
        if given.get("parameters", {}).get("greeting") == "refuse":
            return 400, {"description": "Such a greeting is not ours"}, {}
        STATE.instances[instance] = said
        url = {"dashboard_url": f"https://stores.example/{instance}"}
        if not STATE.asynchronous:
            return 201, url, {}
        assert query.get("accepts_incomplete") == "true"
        STATE.pending[instance] = {"left": STATE.polls, "what": "provision"}
        return 202, {**url, "operation": "provision"}, {}

    def _change(self, instance: str, given: dict[str, Any]) -> None:
        row = STATE.instances[instance]
        row["plan_id"] = given.get("plan_id", row["plan_id"])
        row["parameters"] = {**(row["parameters"] or {}), **given.get("parameters", {})}

    def _slowly(self, key: str, deed: Any, what: str) -> Any:
        if not STATE.asynchronous:
            deed()
            return 200, {}, {}
        if key in STATE.pending:
            if STATE.pending[key]["what"] == what:
                return 202, {"operation": what}, {}
            # What is under way ends, whether anybody asks after it or not.
            self._poll(key)
            return 422, {"error": "ConcurrencyError", "description": "one after the other"}, {}
        STATE.pending[key] = {"left": STATE.polls, "what": what}
        deeds[key] = deed
        return 202, {"operation": what}, {}

    def _poll(self, key: str) -> Any:
        under_way = STATE.pending.get(key)
        if under_way is None:
            known = key in STATE.instances or key in STATE.bindings
            return (200, {"state": "succeeded"}, {}) if known else (410, {}, {})
        under_way["left"] -= 1
        if under_way["left"] > 0:
            return 200, {"state": "in progress", "description": "at it"}, {"Retry-After": "1"}
        STATE.pending.pop(key)
        deed = deeds.pop(key, None)
        if deed is not None:
            deed()
        if under_way["what"] in {"deprovision", "unbind"}:
            return 410, {}, {}
        return 200, {"state": "succeeded"}, {}

    def _bindings(self, name: str, instance: str, binding: str, given: dict[str, Any]) -> Any:
        if name == "unbind":
            if binding not in STATE.bindings:
                return 410, {}, {}
            return self._slowly(binding, lambda: STATE.bindings.pop(binding, None), "unbind")
        if name == "fetch":
            known = STATE.bindings.get(binding)
            if known is None or binding in STATE.pending:
                return 404, {}, {}
            return 200, {"credentials": self._credentials(instance, known)}, {}
        if instance not in STATE.instances:
            return 404, {"description": "no such store"}, {}
        fresh = binding not in STATE.bindings
        row = STATE.bindings.setdefault(
            binding, {"of": instance, "username": f"u{len(STATE.bindings)}", "password": secrets.token_urlsafe(16)}
        )
        if STATE.asynchronous and fresh:
            STATE.pending[binding] = {"left": STATE.polls, "what": "bind"}
            return 202, {"operation": "bind"}, {}
        return (201 if fresh else 200), {"credentials": self._credentials(instance, row)}, {}

    def _credentials(self, instance: str, row: dict[str, Any]) -> dict[str, Any]:
        host = self.headers.get("Host")
        return {
            "uri": f"http://{row['username']}:{row['password']}@{host}/kv/{instance}",
            "username": row["username"],
            "password": row["password"],
            "endpoint": {"host": host, "path": f"/kv/{instance}"},
        }

    def _fail(self, fault: dict[str, Any]) -> None:
        time.sleep(fault.get("hang", 0))
        if "drip" in fault:
            return self._drip(fault["drip"])
        if "big" in fault:
            return self._say(200, b'{"services": "' + b"x" * fault["big"] + b'"}')
        body = fault.get("body", {})
        return self._say(
            fault.get("status", 500), body.encode() if isinstance(body, str) else body, fault.get("headers")
        )

    def _drip(self, seconds: float) -> None:
        self.send_response(200)
        self.send_header("Content-Length", "100000")
        self.end_headers()
        until = time.monotonic() + seconds
        try:
            while time.monotonic() < until:
                self.wfile.write(b" ")
                self.wfile.flush()
                time.sleep(0.05)
        except OSError:
            pass
        self.close_connection = True

    def _say(self, status: int, body: Any, headers: dict[str, str] | None = None) -> None:
        content = body if isinstance(body, bytes) else json.dumps(body).encode()
        try:
            self.send_response(status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(content)))
            for key, value in (headers or {}).items():
                self.send_header(key, value)
            self.end_headers()
            self.wfile.write(content)
        except OSError:
            self.close_connection = True

    def log_message(self, *given: object) -> None:
        """Say nothing."""


deeds: dict[str, Any] = {}


def main() -> None:
    """Serve until killed."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    sys.stdout.write(f"{server.server_port}\n")
    sys.stdout.flush()
    server.serve_forever()


if __name__ == "__main__":
    main()

"""Namespaces beside a checkout's own, purged with it.

A second one for tests: what needs a real engine runs in two of them side by side, since tests take addresses, names and
whole sites for themselves. And one to try a blueprint out in, whose database and machines are made anew each time.
"""

from __future__ import annotations

import json
import os
from typing import Any

from install import application
from install.here import CHECKOUT, namespace

_LONGEST = 9


def possible() -> bool:
    """Whether there can be a second one: its subnet and port are derived from its name, unless somebody chose them."""
    return os.geteuid() == 0 and not {"SOUK_SUBNET", "SOUK_WEB_PORT", "SOUK_STATE"} & os.environ.keys()


def every(ns: Any) -> tuple[Any, ...]:
    """The namespaces that there may be beside a checkout's own."""
    return second(ns), trial(ns)


def second(ns: Any) -> Any:
    """Where tests run beside those in the checkout's own."""
    return _beside(ns, "b")


def trial(ns: Any) -> Any:
    """Where blueprints are tried out."""
    return _beside(ns, "k")


def told(lane: Any) -> dict[str, str]:
    """What has pytest's second process work in a lane: `tests/support/lanes.py` reads it before any setting is."""
    return {
        "TESTS_SECOND_LANE": json.dumps(application.settings(lane)),
        "PYTEST_PLUGINS": "tests.support.lanes",
        "PYTHONPATH": str(CHECKOUT),
    }


def _beside(ns: Any, letter: str) -> Any:
    name = ns.name[: _LONGEST - 1] + letter
    return namespace.Namespace(name=name, state=ns.state.with_name(name), run=ns.run.with_name(name))

"""What this checkout is called and where it lives: `souk.settings.namespace`, loaded by path."""

from __future__ import annotations

import importlib.util
import sys
from pathlib import Path
from types import ModuleType

CHECKOUT = Path(__file__).resolve().parents[1]
"""The root of the source tree."""

HOST = Path("/var/lib/souk")
"""What all namespaces of this host share: the ledger of changes made to it."""


def _load() -> ModuleType:
    name = "souk_namespace"
    if name in sys.modules:
        return sys.modules[name]
    path = CHECKOUT / "src" / "souk" / "settings" / "namespace.py"
    spec = importlib.util.spec_from_file_location(name, path)
    if spec is None or spec.loader is None:
        raise ImportError(f"{path} can't be loaded")
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module
    spec.loader.exec_module(module)
    return module


namespace = _load()

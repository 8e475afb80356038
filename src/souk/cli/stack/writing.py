"""From a project as it is to a file that says the same."""

from __future__ import annotations

from collections import Counter
from typing import Any

import yaml

from souk.cli.stack.parts import ANYTIME, EVERYONE, VERSION, Present, Service

_AS_IT_BEGINS: dict[str, Any] = {
    "parameters": {},
    "extra_disk": 0,
    "grow_to": None,
    "network": None,
    "access": EVERYONE,
    "bindings": {},
    "protected": False,
    "window": ANYTIME,
    "names": [],
}


def written(present: Present, standards: dict[str, dict[str, float]]) -> str:
    """The file. What a service begins with is left out; `standards` are the thresholds that alerts begin with, by
    service and rule. It holds no secret: credentials are named, and never told.
    """
    regions = Counter(
        [there.service["region"] for there in present.services.values()]
        + [region for region, _identifier in present.networks.values()]
    )
    usual = regions.most_common(1)[0][0] if regions else ""
    told: dict[str, Any] = {"version": VERSION, "project": present.project_name}
    if usual:
        told["defaults"] = {"marketplace": "public", "region": usual}
    if present.networks:
        told["networks"] = {
            name: {} if region == usual else {"region": region}
            for name, (region, _identifier) in sorted(present.networks.items())
        }
    if present.services:
        told["services"] = {
            name: _service(there.service, usual, standards.get(name, {}))
            for name, there in sorted(present.services.items())
        }
    return yaml.safe_dump(told, allow_unicode=True, sort_keys=False, default_flow_style=False)


def _service(service: Service, region: str, standards: dict[str, float]) -> dict[str, Any]:
    told: dict[str, Any] = {"offering": service["offering"], "plan": service["plan"]}
    if service["marketplace"] != "public":
        told["marketplace"] = service["marketplace"]
    if service["region"] != region:
        told["region"] = service["region"]
    for key, begun in _AS_IT_BEGINS.items():
        if service[key] != begun:  # type: ignore[literal-required]
            told[key] = service[key]  # type: ignore[literal-required]
    other = {rule: value for rule, value in service["alerts"].items() if value is False or value != standards.get(rule)}
    if other:
        told["alerts"] = other
    return told

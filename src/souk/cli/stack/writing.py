"""From a project as it is to a file that says the same."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from typing import Any

import yaml

from souk.cli.language import _
from souk.cli.stack.parts import AS_IT_BEGINS, VERSION, Passing, Present, Service


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
    remarks = [
        _("Passwords are in no such file: souk connect --print shows them. What is ordered gets new ones."),
        _("Backups, snapshots, webhooks and addresses that no service has are not in it either."),
    ]
    document = yaml.safe_dump(told, allow_unicode=True, sort_keys=False, default_flow_style=False)
    return "".join(f"# {remark}\n" for remark in remarks) + document


def _service(service: Service, region: str, standards: dict[str, float]) -> dict[str, Any]:
    told: dict[str, Any] = {"offering": service["offering"], "plan": service["plan"]}
    if service["marketplace"] != "public":
        told["marketplace"] = service["marketplace"]
    if service["region"] != region:
        told["region"] = service["region"]
    parts: Mapping[str, object] = service
    for key, begun in AS_IT_BEGINS.items():
        if parts[key] not in (begun, None):
            told[key] = parts[key]
    if service["firewall"] is not None:
        told["firewall"] = [_rule(each) for each in service["firewall"]]
    other = {rule: value for rule, value in service["alerts"].items() if value is False or value != standards.get(rule)}
    if other:
        told["alerts"] = other
    return told


def _rule(rule: Passing) -> dict[str, Any]:
    """Without what is meant where nothing is said."""
    return {key: value for key, value in rule.items() if value not in ("in", "", None)}

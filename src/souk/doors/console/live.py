"""A service in motion: the steps of the operation under way, its log, and whether anything still moves."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.utils.translation import gettext
from django.utils.translation import gettext_noop as _

from souk.doors.console.keeping import called, kept
from souk.doors.console.words import Text
from souk.provisioning.queries import OperationRow, ServiceRow
from souk.provisioning.registry import blueprint
from souk.ui import format as values
from souk.ui.parts import LogLine, Step

_OPEN = frozenset({"queued", "running"})
_MOVING = frozenset({"pending", "provisioning", "updating", "deleting"})
_SOFT = ("stop",)

_LABELS = {
    "prepare": _("Address, credentials and certificate"),
    "create": _("Machine made and started"),
    "stop": _("Machine stopped"),
    "start": _("Machine started"),
    "configure": _("Service configured"),
    "probe": _("Service answers"),
    "resize": _("Processors, memory and disk changed"),
    "grant": _("Credentials work"),
    "revoke": _("Credentials work no more"),
    "entitle": _("Privileges changed"),
    "allow": _("List in force"),
    "firewall": _("Rules in force"),
    "database": _("Database made"),
    "drop": _("Database deleted"),
    "restore": _("Data restored"),
    "attach": _("Repository opened"),
    "backup": _("Data copied"),
    "replicate": _("Data on every machine"),
    "front": _("Machine in front made"),
    "lead": _("First of several machines leads"),
    "part": _("One machine goes on alone"),
    "switch": _("Another machine leads"),
    "export": _("File written"),
    "expire": _("Old backups forgotten"),
    "copy": _("Data copied"),
    "move": _("Machines on other hosts"),
    "renew": _("Machines made anew, one after another"),
    "follow": _("What was written meanwhile copied"),
    "hand_over": _("Other machine in charge"),
    "convert": _("Data in the new version"),
    "settle": _("Extensions, indexes and statistics"),
    "compare": _("Every row compared"),
    "read": _("Every row read"),
    "delete": _("Machine and disk deleted"),
    "snapshot": _("Snapshot taken"),
    "roll_back": _("Disk as it was"),
    "drop_snapshot": _("Snapshot deleted"),
    "release": _("Release live"),
    "stage": _("Live site copied"),
    "publish": _("Staging copy live"),
    "ask": _("Vendor asked"),
    "provide": _("Vendor's service ready"),
    "end": _("Nothing left at the vendor"),
}
_PATHS: dict[str, tuple[str, ...]] = {
    "create": ("prepare", "create", "configure", "probe"),
    "start": ("prepare", "start", "configure", "probe"),
    "restart": ("prepare", "stop", "start", "configure", "probe"),
    "stop": ("stop",),
    "suspend": ("stop",),
    "resume": ("prepare", "start", "configure", "probe"),
    "resize": ("prepare", "resize", "start", "configure", "probe"),
    "recover": ("prepare", "start", "configure", "probe"),
    "delete": ("delete",),
    "grant": ("prepare", "grant"),
    "rotate": ("prepare", "grant"),
    "revoke": ("revoke",),
    "entitle": ("entitle",),
    "reset": ("prepare", "grant"),
    "allow": ("allow",),
    "configure": ("configure", "probe"),
    "create_database": ("database",),
    "drop_database": ("drop",),
    "backup": ("attach", "backup", "expire"),
    "switchover": ("switch",),
    "move": ("move",),
    "update": ("create", "copy", "configure", "follow", "hand_over"),
    "restore": ("attach", "create", "restore", "configure", "probe", "stop"),
    "undo": ("start", "configure", "probe", "stop"),
    "upgrade": ("create", "copy", "configure", "follow", "hand_over", "convert", "start", "settle", "probe"),
    "rehearse": ("create", "restore", "configure", "read", "convert", "start", "settle", "compare", "delete"),
    "export": ("export",),
    "prove": ("create", "restore", "configure", "read", "delete"),
    "snapshot": ("snapshot",),
    "roll_back": ("stop", "roll_back", "start", "configure", "probe"),
    "drop_snapshot": ("drop_snapshot",),
    "release": ("release",),
    "stage": ("stage",),
    "publish": ("publish",),
}
#: What takes another way where a vendor produces the service.
_ELSEWHERE: dict[str, tuple[str, ...]] = {
    "create": ("ask", "provide"),
    "resize": ("ask", "provide"),
    "configure": ("ask", "provide"),
    "resume": ("provide",),
    "suspend": (),
    "delete": ("ask", "end"),
    "grant": ("grant",),
}
#: What takes another way on several machines.
_TOGETHER: dict[str, tuple[str, ...]] = {"update": ("renew",)}
#: What a change of size does where the number of machines changes: to several, and to one.
_MEMBERS: dict[bool, tuple[str, ...]] = {
    True: ("prepare", "front", "lead", "create", "configure", "replicate", "probe"),
    False: ("part", "configure", "probe", "delete"),
}
#: A killed and repeated creation finds the machine and starts it; a start may have to make it anew.
_ALIKE = {"start": "create", "create": "start"}


@dataclass(frozen=True)
class Progress:
    """The operation under way, step by step."""

    kind: Text
    state: str
    steps: Sequence[Step]
    lines: Sequence[LogLine]
    percent: int


def moves(service: ServiceRow) -> bool:
    """Whether a service is on its way from one state to another."""
    return service.state in _MOVING or service.observed_generation < service.generation


def progress(service: ServiceRow, operations: Sequence[OperationRow], parts: Sequence[Step] = ()) -> Progress | None:
    """How far the operation under way has come, or what was last tried on a failed service; None when it rests. The
    steps of a stack are its `parts`.
    """
    newest = operations[0] if operations else None
    if newest is None or not (newest.state in _OPEN or service.state == "failed"):
        return None
    return Progress(
        kind=called(blueprint(service.blueprint), newest.kind),
        state=newest.state,
        steps=parts or _steps(service, newest),
        lines=[_line(entry) for entry in newest.log],
        percent=newest.progress,
    )


def _steps(service: ServiceRow, operation: OperationRow) -> list[Step]:
    soft = operation.kind == "delete" and not operation.details.get("erase")
    paths = {**_PATHS, **_TOGETHER} if service.members > 1 else _PATHS
    if service.plan_id is not None:
        paths = {**_PATHS, **_ELSEWHERE}
    path = _members(operation) or (_SOFT if soft else paths.get(operation.kind, ()))
    made = [_ALIKE.get(step, step) if step not in path else step for step in (entry["step"] for entry in operation.log)]
    # What is done again, because a worker was killed or there is more than one visit, was done before.
    done = max((path.index(step) + 1 for step in made if step in path), default=0)
    seconds = {str(entry["step"]): float(entry["seconds"]) for entry in operation.log}
    steps = []
    for place, name in enumerate(path):
        state = "done" if place < done else "todo"
        if place == done:
            state = "failed" if service.state == "failed" else "current"
        took = values.duration(seconds[name]) if state == "done" and seconds.get(name, 0) >= 1 else ""
        label = kept(blueprint(service.blueprint)).steps.get(name) or gettext(_LABELS[name])
        steps.append(Step(str(label), state, took))
    return steps


def _members(operation: OperationRow) -> tuple[str, ...]:
    """The way of a change of the number of machines; nothing if an operation is none."""
    before, after = (operation.details.get(side, {}) for side in ("from", "to"))
    if not (isinstance(before, dict) and isinstance(after, dict)) or before.get("members") == after.get("members"):
        return ()
    return _MEMBERS[after["members"] > 1]


def _line(entry: dict[str, object]) -> LogLine:
    seconds = float(str(entry["seconds"]))
    took = f" ({values.number(round(seconds, 1))}\u00a0s)" if seconds >= 0.05 else ""
    return LogLine(datetime.fromisoformat(str(entry["at"])), gettext(str(entry["sentence"])) + took, "ok")

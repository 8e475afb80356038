"""A blueprint's service from its order to the last trace of it, on a real engine, with workers killed on the way."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from uuid import UUID

from django.conf import settings

from souk.engines import images
from souk.engines.contract import EngineError
from souk.engines.images import BuildFailed, MirrorUnreachable, Progress
from souk.engines.images.importer import DIGEST
from souk.kit.finding import Absent, Broken, Check
from souk.kit.scratch import Trial
from souk.ordering import commands as ordering
from souk.ordering.queries import order
from souk.provisioning import commands, queries
from souk.provisioning.contract import CHANGEABLE, BackupKind, WebNames
from souk.provisioning.models import InstanceState
from souk.sites.names import Names

_MOST_BOUNDARIES = 200
_EMPTY_FRAME = bytes.fromhex("502a4d1800000000")
"""What zstd skips: the same image with it behind is another one."""


class Life:
    """The checks of one trial, in their order: each begins where the one before left the service."""

    def __init__(self, trial: Trial, images_folder: Path, progress: Progress) -> None:
        self._trial, self._folder, self._progress = trial, images_folder, progress
        self._blueprint = trial.blueprint
        self._service: UUID | None = None

    def checks(self) -> Iterator[tuple[str, Check]]:
        """Each promise with what looks at it."""
        yield "Its image is built", self._build
        yield "Ordered, it is made and answers", self._order
        yield "It refuses a wrong password", self._wrong_password
        yield "Configured again, it stays as it is", self._restart
        yield "Stopped and started, it answers", self._stop
        yield "Its parameters change while it runs", self._change
        yield "On a larger plan it answers", self._grow
        yield "Bindings open it until they are revoked", self._bind
        yield "Rotated, the former credentials open it no more", self._rotate
        yield "It answers to names of its customer's own, and again to none", self._name
        yield "Backed up, its data comes back in a new service", self._restore
        yield "Its backups are proved", self._prove
        yield "A newer image takes over", self._update
        yield "Erased, nothing of it is left", self._erase
        yield "A worker killed at each boundary makes it once and leaves nothing", self._kill

    @property
    def _running(self) -> UUID:
        if self._service is None:
            raise Broken("there is no service to look at")
        return self._service

    def _build(self) -> str:
        try:
            built = images.ensure(self._trial.engine, self._blueprint.recipe, self._folder, self._progress)
        except (BuildFailed, MirrorUnreachable, EngineError) as error:
            raise Broken(str(error)) from error
        found = images.told(built.bill or {"components": ()})
        return f"{len(found)} packages, {built.path.stat().st_size >> 20} MiB"

    def _order(self) -> str:
        instance = self._trial.order("trial")
        self._trial.until(instance, InstanceState.READY)
        self._service = instance
        self._answers(instance)
        [machine] = self._trial.machines(instance)
        return machine.name

    def _answers(self, instance: UUID) -> None:
        health = self._trial.probe(instance)
        if not health.ok:
            raise Broken(f"it does not answer: {health.detail}")

    def _wrong_password(self) -> str:
        target = self._trial.target(self._running)
        told = self._blueprint.connection(target.wanted, target.credentials.username, target.credentials.database)
        if not told.password:
            raise Absent("there is no password to sign in with")
        wrong = replace(target.credentials, password=target.credentials.password[::-1] + "x")
        if self._trial.probe(self._running, wrong).ok:
            raise Broken("a wrong password opens it, or `probe` does not sign in")
        return f"{target.wanted.hostname}:{self._blueprint.port}"

    def _restart(self) -> str:
        before = [machine.name for machine in self._trial.machines(self._running)]
        self._trial.done(commands.restart_instance(self._trial.buyer, self._running))
        self._answers(self._running)
        if [machine.name for machine in self._trial.machines(self._running)] != before:
            raise Broken("it has another machine")
        return ""

    def _stop(self) -> str:
        target = self._trial.target(self._running)
        self._trial.done(commands.stop_instance(self._trial.buyer, self._running))
        if self._blueprint.probe(target.wanted, target.credentials, target.authority).ok:
            raise Broken("it still answers when it is stopped")
        self._trial.done(commands.start_instance(self._trial.buyer, self._running))
        self._answers(self._running)
        return ""

    def _change(self) -> str:
        schema = self._blueprint.schema()
        other = dict(next(iter(schema.get("examples", ())[1:]), {}))
        changes = {
            name: value
            for name, value in other.items()
            if schema["properties"].get(name, {}).get(CHANGEABLE) and value != self._trial.parameters.get(name)
        }
        if not changes:
            raise Absent('no second one of its "examples" differs in a parameter that is changeable')
        self._trial.done(commands.change_parameters(self._trial.buyer, self._running, changes))
        self._answers(self._running)
        return ", ".join(changes)

    def _grow(self) -> str:
        offering = self._blueprint.starting_offering
        larger = [plan for plan in offering.plans if plan.size.members == 1][1:] if offering else []
        if not larger:
            raise Absent("it has one plan")
        self._trial.done(ordering.change_size(self._trial.buyer, self._running, larger[0].key).operation)
        self._answers(self._running)
        [machine] = self._trial.machines(self._running)
        if machine.limits != self._blueprint.limits(larger[0].size):
            raise Broken(f"its machine has {machine.limits}")
        return larger[0].key

    def _bind(self) -> str:
        binder = self._blueprint.binder
        if binder is None:
            raise Absent("it has no binder")
        for role in binder.roles:
            name = f"trial_{role}"
            self._trial.done(commands.create_binding(self._trial.buyer, self._running, name, role))
            given = self._trial.credentials(self._running, name)
            health = self._trial.probe(self._running, given)
            if not health.ok:
                raise Broken(f"the credentials of the role {role} do not open it: {health.detail}")
            self._trial.done(commands.revoke_binding(self._trial.buyer, self._running, name))
            if self._trial.probe(self._running, given).ok:
                raise Broken(f"the credentials of the role {role} still open it when they are revoked")
        return ", ".join(binder.roles)

    def _rotate(self) -> str:
        if self._blueprint.binder is None:
            raise Absent("it has no binder")
        former = self._trial.target(self._running).credentials
        self._trial.done(commands.rotate_binding(self._trial.buyer, self._running, "default", timedelta(0)))
        self._answers(self._running)
        if self._trial.probe(self._running, former).ok:
            raise Broken("the former credentials still open it")
        return ""

    def _name(self) -> str:
        keeper = self._blueprint.domains
        if keeper is None:
            raise Absent("it has no names that people type into a browser")
        guest, wanted = self._trial.guest(self._running)
        for names in (("un.example.ma", "deux.example.ma"), ("deux.example.ma",), ()):
            for _ in range(2):
                keeper.serve(guest, wanted, WebNames(names, main=next(iter(names), ""), hsts=bool(names)))
            told = sorted(each.name for each in keeper.certified(guest, wanted))
            if told != sorted(names):
                raise Broken(f"told to answer to {', '.join(names) or 'none'}, it tells of {', '.join(told) or 'none'}")
            self._answers(self._running)
        return ""

    def _restore(self) -> str:
        archivist = self._blueprint.archivist
        if archivist is None:
            if self._blueprint.holds_data:
                raise Broken("it holds data, and has no archivist that backs it up")
            raise Absent("it holds no data")
        self._trial.done(commands.back_up_instance(self._trial.buyer, self._running, BackupKind.FULL))
        details = ordering.RestoreDetails(self._running, "again")
        again = order(self._trial.buyer, ordering.restore(self._trial.buyer, details)).instance_id
        self._trial.until(again, InstanceState.READY)
        self._answers(again)
        if archivist.replaces_system:
            # What runs in either writes its own from its first second: only a proof, which reads before, can compare.
            self._gone(again)
            return "it answers; the proof compares"
        both = [archivist.fingerprint(*self._trial.guest(each)) for each in (self._running, again)]
        self._gone(again)
        if differing := both[0].differences(both[1]):
            raise Broken(f"not as it was: {', '.join(differing[:5])}")
        return f"{len(both[0].tables)} parts alike"

    def _prove(self) -> str:
        if self._blueprint.archivist is None:
            raise Absent("it has no archivist")
        self._trial.done(commands.prove_backups(self._trial.buyer, self._running))
        return ""

    def _update(self) -> str:
        if self._blueprint.succession is None:
            raise Absent("no other machine can take over from it: it keeps the image that it began with")
        recipe, engine = self._blueprint.recipe, self._trial.engine
        built = images.build(recipe, self._folder)
        properties = {DIGEST: built.digest, "description": recipe.description}
        with tempfile.NamedTemporaryFile(suffix=".tar.zst") as newer:
            newer.write(built.path.read_bytes() + _EMPTY_FRAME)
            newer.flush()
            engine.import_image(newer.name, recipe.alias, properties)
        try:
            self._trial.look_around()
            self._trial.done(commands.update_instance(self._trial.buyer, self._running))
            self._answers(self._running)
        finally:
            engine.import_image(str(built.path), recipe.alias, properties)
        return ""

    def _erase(self) -> str:
        self._gone(self._running)
        self._service = None
        return ""

    def _gone(self, instance: UUID) -> None:
        hostname = queries.service(self._trial.buyer, instance).hostname
        commands.erase_instance(self._trial.buyer, instance)
        self._trial.until(instance, InstanceState.DELETED)
        if left := self._trial.machines(instance):
            raise Broken(f"left on the engine: {', '.join(machine.name for machine in left)}")
        if hostname in Names(settings.NAMESPACE.dns_hosts).published():
            raise Broken(f"the name {hostname} still resolves")

    def _kill(self) -> str:
        for boundary in range(1, _MOST_BOUNDARIES):
            self._progress(boundary / _MOST_BOUNDARIES, f"Killed at boundary {boundary}")
            instance = self._trial.order(f"killed-{boundary}")
            with _at(boundary, "of its creation"):
                made = self._trial.work_and_die(boundary)
                self._trial.until(instance, InstanceState.READY)
                self._answers(instance)
                if len(self._trial.machines(instance)) != 1:
                    raise Broken(f"it has {len(self._trial.machines(instance))} machines")
            with _at(boundary, "of its deletion"):
                commands.erase_instance(self._trial.buyer, instance)
                deleted = self._trial.work_and_die(boundary)
                self._gone_by_now(instance)
            if max(made, deleted) < boundary:
                return f"{boundary - 1} boundaries"
        raise Broken(f"more than {_MOST_BOUNDARIES} calls of the engine")

    def _gone_by_now(self, instance: UUID) -> None:
        self._trial.until(instance, InstanceState.DELETED)
        if left := self._trial.machines(instance):
            raise Broken(f"left on the engine: {', '.join(machine.name for machine in left)}")


@contextmanager
def _at(boundary: int, what: str) -> Iterator[None]:
    try:
        yield
    except Broken as broken:
        raise Broken(f"killed at boundary {boundary} {what}: {broken}") from broken

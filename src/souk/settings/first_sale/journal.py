"""What was done already: `first-sale.json`, written after each step. It holds no secret."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from souk.kernel import clock


@dataclass(frozen=True)
class Done:
    """A step that is done: its seconds, and what came of it in a few words."""

    step: str
    title: str
    seconds: float
    remark: str
    at: str


@dataclass
class Journal:
    """The steps, and the ids, paths and figures they found. `attempt` is part of every idempotency key."""

    path: Path
    attempt: int = 1
    console: str = ""
    finished: bool = False
    steps: list[Done] = field(default_factory=list)
    ids: dict[str, str] = field(default_factory=dict)
    paths: dict[str, str] = field(default_factory=dict)
    figures: dict[str, Any] = field(default_factory=dict)

    @classmethod
    def load(cls, path: Path) -> Journal:
        """What an earlier run left; an empty journal where there is none or it can't be read."""
        try:
            kept = json.loads(path.read_text())
            kept["steps"] = [Done(**step) for step in kept["steps"]]
            return cls(path=path, **kept)
        except (OSError, ValueError, TypeError, KeyError):
            return cls(path=path)

    def done(self, step: str) -> Done | None:
        """The step's result, if it is done."""
        return next((done for done in self.steps if done.step == step), None)

    def add(self, step: str, title: str, seconds: float, remark: str) -> None:
        """Record a step and write the file."""
        self.steps = [done for done in self.steps if done.step != step]
        self.steps.append(Done(step, title, round(seconds, 3), remark, clock.now().isoformat()))
        self.save()

    def forget(self) -> None:
        """Start over: another database, or another attempt."""
        self.finished = False
        self.steps, self.ids, self.paths, self.figures = [], {}, {}, {}

    def key(self, what: str) -> str:
        """The idempotency key of something this attempt makes."""
        return f"first-sale-{self.attempt}-{what}"

    def save(self) -> None:
        """Write the file as a whole."""
        kept = asdict(self)
        del kept["path"]
        draft = self.path.with_suffix(".new")
        draft.write_text(json.dumps(kept, ensure_ascii=False, indent=2) + "\n")
        draft.replace(self.path)

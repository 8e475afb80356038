"""Alternated pairs: what is compared is measured in turns, so that the machine's moods meet both alike."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from statistics import median


@dataclass(frozen=True)
class Pairs:
    """Values measured in turns: `ours[i]` and `floors[i]` right after one another."""

    ours: Sequence[float]
    floors: Sequence[float]

    @property
    def figure(self) -> float:
        """The median of ours."""
        return median(self.ours)

    @property
    def floor(self) -> float:
        """The median of the floors."""
        return median(self.floors)

    @property
    def ratio(self) -> float:
        """The median of the pairs' ratios."""
        return median(ours / floor for ours, floor in zip(self.ours, self.floors, strict=True))

    def told(self) -> dict[str, list[float]]:
        """All values, for who wants to see the spread."""
        return {"ours": [round(value, 4) for value in self.ours], "floors": [round(value, 4) for value in self.floors]}


def alternate(count: int, ours: Callable[[], float], floor: Callable[[], float]) -> Pairs:
    """Measure `count` pairs; every other pair begins with the floor, so that neither always comes second."""
    mine, its = [], []
    for number in range(count):
        if number % 2:
            its.append(floor())
            mine.append(ours())
        else:
            mine.append(ours())
            its.append(floor())
    return Pairs(mine, its)

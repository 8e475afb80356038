"""What is refused about the ground. Each docstring is the sentence that is shown."""

from __future__ import annotations

from souk.kernel.errors import Problem


class InvalidRack(Problem):
    """A rack and a power domain each have a name of 1 to {most} printable characters. Choose such names."""

    status = 422
    field = "rack"

"""What the benchmarks share. A script in `bench/` measures one figure and prints it as JSON."""

import sys
from pathlib import Path

CHECKOUT = Path(__file__).resolve().parents[2]
"""The root of the source tree, whose `install` package knows how the processes are started."""

if str(CHECKOUT) not in sys.path:
    sys.path.insert(0, str(CHECKOUT))

"""Images of machines: a recipe declared as data, built by mmdebstrap from the host's own Debian mirror, cached.

`ensure` is the whole of it. The base recipe lies in `souk/engines/base_image`, inside the package, because an
installed Souk builds images too; a service's recipe lies in its blueprint.
"""

from souk.engines.images.bootstrap import BuildFailed
from souk.engines.images.builder import Built, build
from souk.engines.images.contents import Change, Package, changes, packages, told
from souk.engines.images.importer import ensure
from souk.engines.images.mirror import MirrorUnreachable
from souk.engines.images.progress import Progress, silent
from souk.engines.images.recipe import Recipe, load

__all__ = [
    "BuildFailed",
    "Built",
    "Change",
    "MirrorUnreachable",
    "Package",
    "Progress",
    "Recipe",
    "build",
    "changes",
    "ensure",
    "load",
    "packages",
    "silent",
    "told",
]

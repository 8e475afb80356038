"""Object storage that speaks S3. Found by the entry point group `souk.blueprints`."""

from souk.blueprints.objectstorage.blueprint import ObjectStorage

BLUEPRINT = ObjectStorage()

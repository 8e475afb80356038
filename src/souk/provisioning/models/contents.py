"""What is in images."""

from __future__ import annotations

from django.db import models


class ImageContents(models.Model):
    """The bill of materials of an image (CycloneDX, as `engines.images.contents` writes it), under the fingerprint that
    the engine gives the image, since when new machines were made from it. Nobody's data: it has no wall.
    """

    fingerprint = models.CharField(max_length=64, primary_key=True)
    alias = models.CharField(max_length=120)
    bill = models.JSONField()
    since = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["alias", "-since"], name="image_contents_by_alias")]

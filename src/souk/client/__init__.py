"""A typed client of Souk's REST API: one method for each operation of its OpenAPI document, JSON as typed dicts."""

from souk.client import models
from souk.client.client import Client
from souk.client.errors import Failed, Foreign, Refused, Unreachable
from souk.client.transport import Download

__all__ = ["Client", "Download", "Failed", "Foreign", "Refused", "Unreachable", "models"]

"""DNS zones, served with authority. Found by the entry point group `souk.blueprints`."""

from souk.blueprints.dnszones.blueprint import DnsZones

BLUEPRINT = DnsZones()

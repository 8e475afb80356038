"""Web sites as a managed service. Found by the entry point group `souk.blueprints`."""

from souk.blueprints.website.blueprint import WebSite

BLUEPRINT = WebSite()

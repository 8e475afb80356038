"""What the web server, PHP and the database read on a machine with WordPress."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

from souk.blueprints.web import front
from souk.blueprints.web.front import Php
from souk.blueprints.web.sizing import MIB
from souk.blueprints.wordpress import sizing
from souk.provisioning.contract import Wanted

CORE = "/usr/share/wordpress"
READS = (
    CORE,
    "/usr/share/javascript",
    "/etc/wordpress",
    "/etc/souk/web/site.json",
    "/usr/lib/souk/wordpress",
    "/usr/lib/souk/web/own",
    "/etc/ssl/certs",
)
"""What programs of the site may read beside its own files: WordPress itself, and what it is told."""

_SECONDS = 60


def php(wanted: Wanted, given: Mapping[str, Any]) -> Php:
    """What a page may take."""
    return Php(
        memory=256 * MIB,
        upload=given["upload_megabytes"] * MIB,
        seconds=_SECONDS,
        # WordPress reckons in UTC, and shows its own zone.
        timezone="UTC",
        reads=READS,
        besides=sizing.database(wanted.size.memory),
    )


def sites(settings: Php, *, xmlrpc: bool) -> dict[str, str]:
    """What is read of it, by the file's name: WordPress, out of the image, with the site's own files beside it."""
    around = _AROUND.format(core=CORE, closed="" if xmlrpc else _CLOSED)
    body = _BODY.format(core=CORE, limit=settings.upload + front.FORM, run=front.run(settings))
    return {front.BODY: body, "conf.d/10-site.conf": around + front.LIVE_HOST}


# What lies among uploads is sent as it is, whatever it is called.
_AROUND = """\
<Directory {core}>
    Options FollowSymLinks
    CGIPassAuth On
    Require all granted
</Directory>
<Directory /srv/site/content>
    AllowOverride AuthConfig FileInfo Indexes Limit Options=Indexes,MultiViews,SymLinksIfOwnerMatch Nonfatal=All
    Options SymLinksIfOwnerMatch
    CGIPassAuth On
    Require all granted
</Directory>
<DirectoryMatch "^/srv/site/content/(uploads|languages|upgrade)(/|$)">
    AllowOverride None
    <FilesMatch "\\.(php\\d?|phtml|phar)$">
        Require all denied
    </FilesMatch>
</DirectoryMatch>
<LocationMatch "^/(wp-cron\\.php|wp-config\\.php|wp-admin/(install|setup-config)\\.php|wp-includes/.+\\.php)$">
    Require all denied
</LocationMatch>
{closed}"""

# WordPress is told by which of its names it was asked for, and not whatever a visitor says.
_BODY = """\
    UseCanonicalName On
    DocumentRoot {core}
    Alias /wp-content /srv/site/content
    DirectoryIndex index.php
    FallbackResource /index.php
    LimitRequestBody {limit}
    Header setifempty X-Content-Type-Options nosniff
    Header setifempty Referrer-Policy strict-origin-when-cross-origin
{run}
"""

_CLOSED = """\
<Location /xmlrpc.php>
    Require all denied
</Location>
"""


def settings(hosts: Sequence[str]) -> str:
    """What WordPress is told by the platform; the first name is the site's own."""
    return json.dumps({"hosts": list(hosts)})


def database(wanted: Wanted) -> str:
    """How much memory the database's server takes."""
    return f"[mariadbd]\ninnodb_buffer_pool_size = {sizing.buffers(wanted.size.memory) // MIB}M\n"

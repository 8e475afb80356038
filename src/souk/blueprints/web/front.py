"""What the web server and PHP read: written here from what is wanted, laid down by `configure` in the machine."""

from __future__ import annotations

from dataclasses import dataclass

from souk.blueprints.web import sizing
from souk.provisioning.contract import Wanted

LIVE, STAGING = "/srv/site/live", "/srv/site/staging"
PORT, STAGING_PORT = 443, 8443
FOLDER = "/etc/souk/web"
BODY = "live.conf"


@dataclass(frozen=True)
class Site:
    """How a site is served: by PHP or as files only, out of a `folder` of it (empty: all of it), and whether addresses
    at which nothing lies are its first page's to answer.
    """

    php: bool
    folder: str
    front_controller: bool

    @property
    def index(self) -> str:
        """The page that is shown of a folder."""
        return "index.php" if self.php else "index.html"


@dataclass(frozen=True)
class Php:
    """What a program in PHP may take: bytes of memory and of an upload, seconds. Beside the site's own files it may
    read `reads`; `besides` are bytes of the machine's memory that something else needs.
    """

    memory: int
    upload: int
    seconds: int
    timezone: str
    reads: tuple[str, ...] = ()
    besides: int = 0


def server(wanted: Wanted) -> str:
    """Its name, and how much it does at a time."""
    connections = sizing.connections(wanted.size.memory)
    return f"Define HOST {wanted.hostname}\nDefine CHILDREN {connections // 25}\nDefine CONNECTIONS {connections}\n"


LIVE_HOST = f"<VirtualHost *:{PORT}>\n    SSLEngine on\n    Include {FOLDER}/{BODY}\n</VirtualHost>\n"
"""The site under the platform's name; names of its customer's own show the same `BODY`."""


def sites(site: Site, php: Php) -> dict[str, str]:
    """What is read of them, by the file's name: the live one, and the copy on which things are tried out, that nobody
    sees without a password.
    """
    staging = (
        f"<VirtualHost *:{STAGING_PORT}>\n    SSLEngine on\n{_body(STAGING, site, php)}{_PROTECTED}</VirtualHost>\n"
    )
    return {BODY: _body(LIVE, site, php), "conf.d/10-site.conf": LIVE_HOST + staging}


def _body(folder: str, site: Site, php: Php) -> str:
    root = f"{folder}/{site.folder}".rstrip("/")
    lines = [
        f"    DocumentRoot {_real(root)}",
        f"    DirectoryIndex {site.index} index.html",
        f"    LimitRequestBody {php.upload + FORM}",
    ]
    if site.front_controller:
        lines.append(f"    FallbackResource /{site.index}")
    lines.append(run(php) if site.php else _NOT_RUN)
    return "\n".join(lines) + "\n"


def run(php: Php) -> str:
    """How a host has PHP run programs that lie there."""
    return _RUN.format(seconds=php.seconds + _LATE)


def _real(root: str) -> str:
    """Where the fixed names in the folder that people see lead to."""
    return root.replace("/srv/site/", "/srv/site/releases/", 1)


FORM = 1024**2
"""Bytes of a form beside the file that comes with it."""

_LATE = 5
"""Seconds after which the server gives up what PHP itself should have ended."""

_RUN = """\
    ProxyTimeout {seconds}
    <FilesMatch "\\.php$">
        <If "-f %{{REQUEST_FILENAME}}">
            SetHandler "proxy:unix:/run/souk-php/site|fcgi://site"
        </If>
    </FilesMatch>"""

_NOT_RUN = """\
    <FilesMatch "\\.(php|phtml|phar)$">
        Require all denied
    </FilesMatch>"""

_PROTECTED = """\
    Header always set X-Robots-Tag noindex
    <Location />
        AuthType Basic
        AuthName "Staging"
        AuthUserFile /etc/souk/web/people
        Require valid-user
    </Location>
"""


def pools(wanted: Wanted, php: Php) -> str:
    """PHP's own configuration: the site's workers, and one that only says that PHP is there."""
    return _POOLS.format(
        workers=sizing.workers(wanted.size.memory - php.besides, php.memory),
        memory=php.memory // sizing.MIB,
        upload=php.upload // sizing.MIB,
        post=(php.upload + FORM) // sizing.MIB,
        seconds=php.seconds,
        killed=php.seconds + _LATE,
        timezone=php.timezone,
        reads="".join(f":{path}" for path in php.reads),
    )


_POOLS = """\
[global]
error_log = syslog
syslog.ident = site-php
log_level = warning
daemonize = no

[site]
listen = /run/souk-php/site
listen.mode = 0666
pm = ondemand
pm.max_children = {workers}
pm.process_idle_timeout = 60s
pm.max_requests = 1000
request_terminate_timeout = {killed}s
catch_workers_output = yes
decorate_workers_output = no
clear_env = yes
env[PATH] = /usr/bin:/bin
env[HOME] = /srv/site/private
php_admin_value[open_basedir] = /srv/site:/tmp:/usr/share/php{reads}
php_admin_value[memory_limit] = {memory}M
php_admin_value[upload_max_filesize] = {upload}M
php_admin_value[post_max_size] = {post}M
php_value[max_execution_time] = {seconds}
php_value[date.timezone] = {timezone}

[ping]
listen = /run/souk-php/ping
listen.mode = 0666
pm = static
pm.max_children = 1
ping.path = /.souk/ping
ping.response = pong
security.limit_extensions = .none
"""

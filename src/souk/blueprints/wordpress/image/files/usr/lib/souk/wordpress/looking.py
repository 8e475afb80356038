"""Looking at the site's pages as a visitor does, to see whether one breaks."""

from __future__ import annotations

import http.client
import json
import re
import ssl
import subprocess
import time

SETTINGS = "/etc/souk/web/site.json"
PAGES = {
    "/": r"</html>",
    "/wp-login.php": r'id="loginform"',
    "/wp-json/": r'"namespaces"',
    # What the administrator's pages begin with; it refuses whoever asks for nothing.
    "/wp-admin/admin-ajax.php": r"^0$",
}
"""What each of them has in it where WordPress came to its end."""

_REFUSES = {"/wp-admin/admin-ajax.php": 400}
_WITHIN = 30.0
_MOST = 4 * 1024**2
_FATAL = re.compile(r"PHP (?:Fatal|Parse) error:\s+(.{1,240})")


def look() -> dict[str, str]:
    """What is wrong with each page; nothing, if nothing is."""
    with open(SETTINGS, encoding="utf-8") as file:
        host = str(json.load(file)["hosts"][0])
    return {path: _wrong(host, path, marker) for path, marker in PAGES.items()}


def worse(before: dict[str, str], after: dict[str, str], since: float) -> str:
    """What broke of what did not before, in a sentence with PHP's own words; nothing, if nothing did."""
    broken = [f"{path} {wrong}" for path, wrong in after.items() if wrong and not before.get(path)]
    if not broken:
        return ""
    return "; ".join(broken) + _said(since)


def _wrong(host: str, path: str, marker: str) -> str:
    # On this machine nobody else can be meant.
    context = ssl._create_unverified_context()  # noqa: S323
    client = http.client.HTTPSConnection("127.0.0.1", 443, timeout=_WITHIN, context=context)
    # No page that a cache has kept.
    asked = f"{path}?souk={time.time_ns()}"
    try:
        client.request("GET", asked, headers={"Host": host, "Cache-Control": "no-cache", "User-Agent": "Souk"})
        answer = client.getresponse()
        text = answer.read(_MOST).decode(errors="replace")
    except (OSError, http.client.HTTPException) as error:
        return f"does not answer ({type(error).__name__})"
    finally:
        client.close()
    if answer.status in {301, 302, 303, 307, 308}:
        return ""
    if answer.status != _REFUSES.get(path, 200):
        return f"answers {answer.status}"
    return "" if re.search(marker, text, re.MULTILINE) else "is cut off"


def _said(since: float) -> str:
    """PHP's last words on why a page ended, from the journal."""
    command = ["journalctl", "--no-pager", "--output=cat", f"--since=@{since:.0f}"]
    command += ["--identifier=site-error", "--identifier=site-php"]
    said = subprocess.run(command, capture_output=True, text=True, errors="replace").stdout
    found = _FATAL.findall(said)
    # The server writes the ends of its lines as two letters.
    return ". PHP: " + found[-1].split("\\n")[0].strip() if found else ""

"""A large file on its way to who asked, and the rest of one whose download was cut (RFC 9110, section 14)."""

from __future__ import annotations

import re
from uuid import UUID

from django.http import HttpRequest, HttpResponseBase, StreamingHttpResponse

from souk.kernel.errors import Problem
from souk.kernel.scope import Scope
from souk.provisioning.exports import Download, download
from souk.provisioning.queries import ExportRow, export

_RANGE = re.compile(r"bytes=(\d{1,18})-")


class RangeBeyond(Problem):
    """The file ends before that. Download it from its beginning."""

    status = 416


def send_export(request: HttpRequest, scope: Scope, service: UUID, identifier: UUID) -> HttpResponseBase:
    """An export as a file to be saved. `Range: bytes=N-` gets the rest of it, if it is still the same.

    Raises:
        RangeBeyond, and what a download raises.
    """
    row = export(scope, service, identifier)
    start = _start(request, row)
    found = download(scope, service, identifier, start)
    response = StreamingHttpResponse(
        found.chunks, status=206 if start else 200, content_type="application/octet-stream", headers=_told(found)
    )
    # Nobody on the way may keep or compress it.
    response["Cache-Control"] = "no-store, no-transform"
    return response


def _start(request: HttpRequest, row: ExportRow) -> int:
    asked = _RANGE.fullmatch(request.headers.get("Range", ""))
    unchanged = request.headers.get("If-Range", _tag(row)) == _tag(row)
    if asked is None or not unchanged:
        return 0
    start = int(asked.group(1))
    if row.size is not None and start >= row.size:
        raise RangeBeyond
    return start


def _told(found: Download) -> dict[str, str]:
    size = found.row.size or 0
    part = {"Content-Range": f"bytes {found.start}-{size - 1}/{size}"} if found.start else {}
    return {
        "Content-Disposition": f'attachment; filename="{found.name}"',
        "Content-Length": str(size - found.start),
        "ETag": _tag(found.row),
        "Accept-Ranges": "bytes",
        **part,
    }


def _tag(row: ExportRow) -> str:
    return f'"{row.sha256}"'

"""Files that a page hands out: never shown in the browser, never guessed at."""

from __future__ import annotations

from collections.abc import Iterable

from flask import Response

_KINDS = {
    "csv": "text/csv",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}


def download(name: str, content: bytes | Iterable[bytes]) -> Response:
    """`name` is plain ASCII with its ending."""
    response = Response(content, content_type=_KINDS[name.rpartition(".")[2]])
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return response

"""Parts of pages that follow the chain: one stream of server-sent events tells which of them to ask for again.

A stream names its parts by their own addresses, and each is asked for as the visitor would ask for it: who may not
see a part cannot hear of it either, and what it shows says which topics concern it. Nothing else is sent than the
ids of parts; their content comes from their addresses, as it does without a stream.
"""

from __future__ import annotations

import json
import re
import time
from collections.abc import Iterator, Mapping
from hashlib import sha256
from urllib.parse import parse_qsl, urlsplit

from flask import Blueprint, Flask, Response, abort, current_app, g, request
from flask_limiter.util import get_remote_address
from werkzeug.exceptions import HTTPException

from huizhen.services.changes import Topics
from huizhen_web.access import current_account
from huizhen_web.area import Area
from huizhen_web.live.hub import Hub, Listener

blueprint = Blueprint("live", __name__, url_prefix="/live")
area = Area(blueprint)

MOST_PARTS = 8
BEAT_SECONDS = 10.0
"""How often a silent stream says that it lives; so long a thread is kept for a visitor who has gone."""

LIFE_SECONDS = 240.0
"""Then the browser asks anew, and with it whether the visitor is still signed in."""


_TOKEN = re.compile(r'name="csrf_token"[^>]*')


def init_app(app: Flask, hub: Hub) -> None:
    app.extensions["huizhen_live"] = hub
    app.jinja_env.globals["following"] = _following


def _following(part: str, topics: list[str], moving: object, content: str) -> str:
    """The digest of a part as it is shown now; noted for a stream that is asking for it."""
    # A form's token is another one each time.
    shown = _TOKEN.sub("", content)
    digest = sha256(f"{topics} {bool(moving)} {shown}".encode()).hexdigest()[:16]
    if "live_parts" in g:
        g.live_parts[part] = (digest, frozenset(topics))
    return digest


@blueprint.get("")
def stream() -> Response:
    """?part=/address/of/a/part=its-digest, several of them."""
    hub: Hub = current_app.extensions["huizhen_live"]
    before = hub.mark()
    wanted = dict(part.rpartition("=")[::2] for part in request.args.getlist("part")[:MOST_PARTS])
    parts: dict[str, Topics] = {}
    stale = []
    for address, shown in wanted.items():
        for part, (digest, topics) in _looked_up(address).items():
            parts[part] = topics
            if digest != shown:
                stale.append(part)
    if not parts:
        abort(404)
    listener = Listener(_visitor(), parts)
    mark = hub.join(listener)
    if mark is None:
        # Not an error: the browser gives up the stream without a word, and the page asks by itself.
        abort(Response(status=204))
    if mark != before:
        stale = list(parts)  # something changed while they were looked up
    elif request.headers.get("Last-Event-ID") == mark:
        stale = []
    response = Response(_messages(listener, stale, mark), mimetype="text/event-stream")
    response.headers["Cache-Control"] = "no-store"
    response.headers["X-Accel-Buffering"] = "no"
    response.call_on_close(lambda: hub.leave(listener))
    return response


def _looked_up(address: str) -> Mapping[str, tuple[str, Topics]]:
    """Digest and topics of each part at an address of this site. Refused as its own view refuses it."""
    parts = urlsplit(address)
    try:
        endpoint, arguments = current_app.create_url_adapter(request).match(parts.path, method="GET")  # type: ignore[union-attr]
    except HTTPException:
        abort(404)
    if endpoint.startswith("live.") or parse_qsl(parts.query):
        abort(404)
    g.live_parts = {}
    answer = current_app.make_response(
        current_app.ensure_sync(current_app.view_functions[endpoint])(**arguments)
    )
    found: Mapping[str, tuple[str, Topics]] = g.pop("live_parts")
    if answer.status_code != 200:
        abort(401 if answer.status_code in (302, 401) else answer.status_code)
    return found


def _visitor() -> str:
    account = current_account()
    return f"account:{account.id}" if account else get_remote_address()


def _messages(listener: Listener, stale: list[str], mark: str) -> Iterator[str]:
    end = time.monotonic() + LIFE_SECONDS
    yield f"retry: 2000\nid: {mark}\nevent: refresh\ndata: {json.dumps(sorted(stale))}\n\n"
    while time.monotonic() < end:
        due, mark = listener.wait(BEAT_SECONDS)
        if listener.superseded:
            yield "event: full\ndata: {}\n\n"
            return
        yield f"id: {mark}\nevent: refresh\ndata: {json.dumps(due)}\n\n" if due else ": still here\n\n"

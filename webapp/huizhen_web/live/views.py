"""Parts of pages that follow the chain: one stream of server-sent events tells which of them to ask for again.

A stream names its parts by their own addresses, and each is asked for as the visitor would ask for it: who may not
see a part cannot hear of it either, and what it shows says which topics concern it. Nothing else is sent than the
ids of parts; their content comes from their addresses, as it does without a stream. The address of a list is its
page's own: asked for by htmx a page answers without its frame (base.html), and htmx takes the list out of it.
"""

from __future__ import annotations

import json
import re
import time
from collections.abc import Iterator, Mapping
from hashlib import sha256
from urllib.parse import unquote_to_bytes, urlsplit

from flask import Blueprint, Flask, Response, abort, current_app, g, request
from flask_limiter.util import get_remote_address
from werkzeug.exceptions import HTTPException

from huizhen.domain.accounts import Role
from huizhen.services.changes import Topics
from huizhen_web.access import current_account
from huizhen_web.area import Area
from huizhen_web.container import services
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
    app.jinja_env.globals.update(following=_following, own_address=_own_address, own_topics=_own_topics)


def _following(part: str, topics: list[str], moving: object, content: str) -> str:
    """The digest of a part as it is shown now; noted for a stream that is asking for it."""
    # A form's token is another one each time.
    shown = _TOKEN.sub("", content)
    digest = sha256(f"{topics} {bool(moving)} {shown}".encode()).hexdigest()[:16]
    if "live_parts" in g:
        g.live_parts[part] = (digest, frozenset(topics))
    return digest


def _own_address() -> str | None:
    """Of the page that is being made. One that came back with a form to correct stays as it is: None."""
    if request.method != "GET":
        return None
    return request.full_path if request.query_string else request.path


def _own_topics() -> list[str]:
    """What concerns the viewer's party, and for a doctor the groups that they speak for, on chain and in the inbox."""
    account = current_account()
    if account is None or account.party is None:
        return []
    doctor = account.role is Role.DOCTOR
    parties = services().desk.speaks_for(account.party) if doctor else (account.party,)
    return [f"{kind}:{party}" for party in parties for kind in ("party", "inbox")]


@blueprint.get("")
def stream() -> Response:
    """?part=/address/of/a/part=its-digest, several of them. Parts of one page have one address."""
    hub: Hub = current_app.extensions["huizhen_live"]
    before = hub.mark()
    wanted = [part.rpartition("=")[::2] for part in request.args.getlist("part")[:MOST_PARTS]]
    shown = {digest for _, digest in wanted}
    parts: dict[str, Topics] = {}
    stale = []
    for address in dict.fromkeys(address for address, _ in wanted):
        for part, (digest, topics) in _looked_up(address).items():
            parts[part] = topics
            if digest not in shown:
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
    try:
        parts = urlsplit(address)
    except ValueError:
        abort(404)
    if parts.scheme or parts.netloc or not parts.path.startswith("/"):
        abort(404)
    asked = request.environ | {
        # As a server gives it: decoded, and each byte as one character.
        "PATH_INFO": unquote_to_bytes(parts.path).decode("latin-1"),
        "QUERY_STRING": parts.query,
        "REQUEST_METHOD": "GET",
        "HTTP_HX_REQUEST": "true",
    }
    with current_app.request_context(asked):
        if request.blueprint == blueprint.name:
            abort(404)
        g.live_parts = {}
        try:
            code = current_app.make_response(current_app.dispatch_request()).status_code
        except HTTPException as refusal:
            code = refusal.get_response().status_code
        found: Mapping[str, tuple[str, Topics]] = g.pop("live_parts")
    if code != 200:
        abort(401 if 300 <= code < 400 else code)
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

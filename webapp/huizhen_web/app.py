"""Composition root of the web UI: `create_app(container)`, or `serve()` for gunicorn; nothing at import time."""

from __future__ import annotations

from hashlib import sha256
from pathlib import Path
from typing import Any

from flask import Flask, request

from huizhen.bootstrap import DemoClock, Operator, joined_operator
from huizhen.cli.log import begin_log
from huizhen.domain.ids import PartyId
from huizhen.services.accounts import Accounts, DemoDesk
from huizhen.services.booking_policy import present_policy
from huizhen.services.changes import ChangeReader
from huizhen.services.desk import Desk
from huizhen.services.hospital_rooms import hospital_rooms
from huizhen.services.practice import practice
from huizhen.settings import Settings, load
from huizhen_web import access, i18n, refusals, security, shown
from huizhen_web.area import current_nav, nav_for
from huizhen_web.blueprints import AREAS
from huizhen_web.container import Container, WebSettings
from huizhen_web.live.hub import Hub
from huizhen_web.live.views import init_app as begin_live
from huizhen_web.ops import figures

_YEAR_SECONDS = 365 * 24 * 3600


def serve() -> Flask:
    """The site of the operator that the environment describes."""
    settings = load()
    begin_log(settings)
    return create_app(container_of(joined_operator(settings)))


def container_of(parts: Operator) -> Container:
    settings, stores, statements = parts.settings, parts.stores, parts.statements
    chain, keys, clock = parts.gateway, parts.keys, parts.clock
    probes = parts.probes()
    operator, platform_bps = PartyId(settings.operator_party or 0), present_policy().platform_bps
    return Container(
        web=_web_settings(settings),
        accounts=Accounts(stores.office),
        home=probes.home,
        freshness=probes.fresh,
        changes=ChangeReader(stores),
        probes=probes,
        demo_desk=DemoDesk(stores.office) if settings.demo else None,
        demo_clock=DemoClock(parts.node, clock) if settings.demo else None,
        profiles=parts.profiles(),
        desk=Desk(stores, statements),
        practice=practice(stores, statements, chain, keys, clock, operator, platform_bps),
        offices=parts.offices(),
        rooms=hospital_rooms(stores, statements, chain, clock),
    )


def _web_settings(settings: Settings) -> WebSettings:
    return WebSettings(
        secret_key=settings.session_key(),
        demo=settings.demo,
        secure_cookies=settings.cookies_over_https,
        trusted_proxies=settings.trusted_proxies,
        rate_limit_storage=settings.rate_limit_storage,
    )


class _Site(Flask):
    def get_send_file_max_age(self, filename: str | None) -> int | None:  # noqa: ARG002  # Flask's signature
        """Files asked for by their digest never change; the others are asked for anew."""
        return _YEAR_SECONDS if "v" in request.args else None


def create_app(container: Container) -> Flask:
    app = _Site(__name__)
    app.extensions["huizhen"] = container
    app.extensions["huizhen_areas"] = AREAS
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True
    figures.init_app(app)  # first, so that it also times what the others refuse
    security.init_app(app, container.web)
    i18n.init_app(app)
    shown.init_app(app)
    access.init_app(app)
    refusals.init_app(app)
    begin_live(app, Hub(container.changes))
    _version_static_files(app)
    app.jinja_env.globals["current_nav"] = current_nav
    app.context_processor(lambda: _frame(container))
    for area in AREAS:
        app.register_blueprint(area.blueprint)
    return app


def _frame(container: Container) -> dict[str, Any]:
    """What base.html needs on every page."""
    return {
        "freshness": container.freshness.freshness(),
        "nav_for": nav_for,
        "demo_clock": container.demo_clock,
    }


def _version_static_files(app: Flask) -> None:
    digests: dict[tuple[str, int], str] = {}

    @app.url_defaults
    def add_digest(endpoint: str, values: dict[str, Any]) -> None:
        if endpoint != "static" or "filename" not in values:
            return
        path = Path(str(app.static_folder)) / values["filename"]
        key = (values["filename"], path.stat().st_mtime_ns)
        if key not in digests:
            digests[key] = sha256(path.read_bytes()).hexdigest()[:10]
        values["v"] = digests[key]

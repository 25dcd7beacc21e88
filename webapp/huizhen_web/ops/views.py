"""For those who run an operator: liveness, readiness, Prometheus figures. None holds a personal fact."""

from __future__ import annotations

from flask import Blueprint, Response, jsonify

from huizhen_web.area import Area
from huizhen_web.container import services
from huizhen_web.ops.figures import exposition
from huizhen_web.security import limiter

blueprint = Blueprint("ops", __name__)
limiter.exempt(blueprint)
area = Area(blueprint)


@blueprint.get("/healthz")
def alive() -> Response:
    return jsonify(status="ok")


@blueprint.get("/readyz")
def ready() -> tuple[Response, int]:
    readiness = services().probes.readiness()
    checks = {
        check.name: {"ok": check.ok, "zh": check.sentence.zh, "en": check.sentence.en}
        for check in readiness.checks
    }
    return jsonify(ready=readiness.ready, checks=checks), 200 if readiness.ready else 503


@blueprint.get("/metrics")
def metrics() -> Response:
    body, content_type = exposition(services().probes.gauges())
    return Response(body, content_type=content_type)

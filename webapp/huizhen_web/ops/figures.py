"""Requests counted as they pass, and the current values of the probes, in Prometheus' text format."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from time import perf_counter

from flask import Flask, Response, current_app, g, request
from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, Gauge, Histogram, generate_latest


@dataclass(frozen=True, slots=True)
class _Requests:
    registry: CollectorRegistry
    seconds: Histogram


def init_app(app: Flask) -> None:
    registry = CollectorRegistry()
    seconds = Histogram(
        "huizhen_request_seconds", "Time to answer", ["endpoint", "method", "status"], registry=registry
    )
    app.extensions["huizhen_requests"] = _Requests(registry, seconds)
    app.before_request(_begin)
    app.after_request(_count)


def _begin() -> None:
    g.began = perf_counter()


def _count(response: Response) -> Response:
    requests: _Requests = current_app.extensions["huizhen_requests"]
    # Endpoints, not addresses: an address can hold a token, and there are endlessly many.
    labels = (request.endpoint or "none", request.method, str(response.status_code))
    requests.seconds.labels(*labels).observe(perf_counter() - g.began)
    return response


def exposition(gauges: Mapping[str, float]) -> tuple[bytes, str]:
    """`gauges` are read now; those of the requests have been counted since this worker started."""
    now = CollectorRegistry()
    for name, value in gauges.items():
        Gauge(f"huizhen_{name}", name.replace("_", " "), registry=now).set(value)
    requests: _Requests = current_app.extensions["huizhen_requests"]
    return generate_latest(requests.registry) + generate_latest(now), CONTENT_TYPE_LATEST

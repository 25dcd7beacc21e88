"""The browser's side of safety: cookies, CSRF, content policy, headers, rate limits.

The policy allows no inline script and no inline style: behaviour lives in static/js, looks in static/css.
"""

from __future__ import annotations

from datetime import timedelta

from flask import Flask, Response, request, session
from flask_limiter import Limiter
from flask_limiter.util import get_remote_address
from flask_wtf import CSRFProtect
from werkzeug.middleware.proxy_fix import ProxyFix

from huizhen_web.container import WebSettings

CONTENT_POLICY = "; ".join(
    (
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self'",
        "img-src 'self' data:",
        "connect-src 'self'",
        "form-action 'self'",
        "manifest-src 'self'",
        "base-uri 'none'",
        "frame-ancestors 'none'",
    )
)
_HEADERS = {
    "Content-Security-Policy": CONTENT_POLICY,
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), microphone=(), geolocation=(), payment=()",
}
_UPLOAD_BYTES = 32 * 1024 * 1024

# Every POST of one visitor; sign-in and registration are narrower (see account/views.py).
MUTATIONS = "120 per minute"
SIGN_IN = "10 per minute"


def _visitor() -> str:
    """Whoever signed in, else the address: a hospital's people share one address."""
    return f"account:{session['account']}" if "account" in session else get_remote_address()


csrf = CSRFProtect()
limiter = Limiter(
    _visitor,
    application_limits=[MUTATIONS],
    application_limits_exempt_when=lambda: request.method in {"GET", "HEAD", "OPTIONS"},
    headers_enabled=True,
)


def init_app(app: Flask, settings: WebSettings) -> None:
    app.config.update(
        SECRET_KEY=settings.secret_key,
        SESSION_COOKIE_NAME="__Host-huizhen" if settings.secure_cookies else "huizhen",
        SESSION_COOKIE_SECURE=settings.secure_cookies,
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SAMESITE="Lax",
        PERMANENT_SESSION_LIFETIME=timedelta(hours=12),
        MAX_CONTENT_LENGTH=_UPLOAD_BYTES,
        WTF_CSRF_TIME_LIMIT=None,  # the token lives as long as its session
        WTF_CSRF_SSL_STRICT=settings.secure_cookies,
        RATELIMIT_STORAGE_URI=settings.rate_limit_storage,
        RATELIMIT_ENABLED=settings.rate_limits,
    )
    csrf.init_app(app)
    limiter.init_app(app)
    if settings.trusted_proxies:
        hops = settings.trusted_proxies
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=hops, x_proto=hops, x_host=hops)  # type: ignore[method-assign]
    app.after_request(lambda response: _dress(response, settings.secure_cookies))


def _dress(response: Response, secure: bool) -> Response:
    for name, value in _HEADERS.items():
        response.headers.setdefault(name, value)
    if secure:
        response.headers.setdefault("Strict-Transport-Security", "max-age=31536000; includeSubDomains")
    if request.endpoint != "static":
        response.headers.setdefault("Cache-Control", "no-store" if "account" in session else "no-cache")
        response.vary.add("HX-Request")  # htmx is given a page without its frame
    return response

"""Pages for what goes wrong: each says what happened and what to do next, never how we are built."""

from __future__ import annotations

from flask import Flask, current_app, render_template, request
from flask_babel import gettext as _
from flask_wtf.csrf import CSRFError
from werkzeug.exceptions import HTTPException

from huizhen.errors import Forbidden, HuizhenError, NodeError, NotFound
from huizhen_web.i18n import say

Page = tuple[str, int, dict[str, str]]


def init_app(app: Flask) -> None:
    app.register_error_handler(HTTPException, _http)
    app.register_error_handler(CSRFError, _stale_form)
    app.register_error_handler(HuizhenError, _refusal)
    app.register_error_handler(OverflowError, _beyond)
    app.register_error_handler(Exception, _fault)


def _page(code: int, title: str, sentence: str, headers: dict[str, str] | None = None) -> Page:
    return render_template("errors/page.html", code=code, title=title, sentence=sentence), code, headers or {}


def _http(error: HTTPException) -> Page:
    code = error.code or 500
    title, sentence = _words(code)
    kept = {name: value for name, value in error.get_headers() if name in {"Allow", "Retry-After"}}
    return _page(code, title, sentence, kept)


def _words(code: int) -> tuple[str, str]:
    match code:
        case 401:
            return _("Please sign in"), _(
                "This page is for people who are signed in. Sign in and open it again."
            )
        case 403:
            return _("Not for this role"), _(
                "This page belongs to another role than your account's. Sign in with an account of that role."
            )
        case 404:
            return _("Nothing here"), _(
                "This page does not exist, or what it shows is not yours. "
                "Check the address, or start from your own pages."
            )
        case 405:
            return _("Not that way"), _(
                "This address takes only what a form sends. Go back and use the button again."
            )
        case 413:
            return _("Too large"), _(
                "The file is larger than 32 MB. Split it and send the parts one after another."
            )
        case 429:
            return _("Too many attempts"), _(
                "Please wait a minute, then try again. Nothing of yours was lost."
            )
        case 503:
            return _("Not reachable right now"), _(
                "A part of the service does not answer. Nothing was lost; please try again in a minute."
            )
        case _ if code >= 500:
            return _("This is our fault"), _(
                "Something broke on our side and was recorded. Your last step may not have been taken: "
                "look at its page before you repeat it."
            )
        case _:
            return _("That did not work"), _(
                "The request could not be read. Go back, reload the page and try again."
            )


def _stale_form(error: CSRFError) -> Page:
    del error
    return _page(
        400,
        _("This form has expired"),
        _("The page was open for too long. Go back, reload it, and send the form again."),
    )


def _beyond(error: OverflowError) -> Page:
    """An address or a form with a number or a day that no store can hold: there is nothing of that name."""
    del error
    return _page(404, *_words(404))


def _refusal(error: HuizhenError) -> Page:
    """A refusal that the view did not turn into a message of its form."""
    match error:
        case NotFound():
            # Its sentence may say more than a stranger should learn.
            return _page(404, *_words(404))
        case Forbidden():
            return _page(403, _words(403)[0], say(error.sentence))
        case NodeError():
            return _page(503, _words(503)[0], say(error.sentence))
        case _:
            return _page(400, _words(400)[0], say(error.sentence))


def _fault(error: Exception) -> Page:
    if current_app.testing or current_app.debug:
        raise error
    # The address may hold a token of a consent link: the endpoint's name is enough to find the fault.
    current_app.logger.error("fault in %s", request.endpoint, exc_info=error)
    return _page(500, *_words(500))

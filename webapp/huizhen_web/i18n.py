"""Chinese first, English by a switch; times are those of Asia/Shanghai whoever looks at them."""

from __future__ import annotations

import re

from babel.support import Translations
from flask import Flask, request
from flask_babel import Babel, Domain
from markupsafe import Markup
from werkzeug.wrappers import Response

from huizhen.domain.sentence import Sentence
from huizhen_web import catalogue

LOCALES = {"zh": "中文", "en": "English"}
_COOKIE = "locale"
_YEAR = 365 * 24 * 3600
_CHINESE = re.compile(r"[\u3400-\u9fff]")


class _PoDomain(Domain):  # type: ignore[misc]  # Flask-Babel has no types
    """Flask-Babel's domain over the .po files of all areas."""

    def get_translations(self) -> Translations:
        return catalogue.load(language())


class _PoBabel(Babel):  # type: ignore[misc]
    domain_instance = _PoDomain()


def init_app(app: Flask) -> None:
    _PoBabel(app, default_locale="zh", default_timezone="Asia/Shanghai", locale_selector=language)
    app.jinja_env.globals.update(locales=LOCALES, language=language)
    app.jinja_env.filters.update(say=say, written=written)
    app.jinja_env.tests["foreign"] = foreign


def language() -> str:
    """The reader's language; Chinese until somebody chose."""
    chosen = request.cookies.get(_COOKIE, "") if request else ""
    return chosen if chosen in LOCALES else "zh"


def remember(response: Response, chosen: str, secure: bool) -> Response:
    """Keep the choice in a cookie of its own: it outlives the session."""
    response.set_cookie(_COOKIE, chosen, max_age=_YEAR, secure=secure, httponly=True, samesite="Lax")
    return response


def say(sentence: Sentence) -> str:
    """A bilingual sentence or name in the reader's language."""
    return sentence.in_language(language())


def foreign(text: str | None) -> bool:
    """Whether a page in the reader's language has to say that this text is Chinese."""
    return language() != "zh" and bool(_CHINESE.search(text or ""))


def written(text: str | None) -> str:
    """What a person or a bank's file wrote: kept as it is, and marked with its language for screen readers."""
    return Markup('<span lang="zh">{}</span>').format(text) if foreign(text) else text or ""

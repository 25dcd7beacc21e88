"""Who is looking, and what they may see.

A page for one role:            @signed_in(Role.HOSPITAL)          stranger -> sign-in page, other role -> 403
A page for anybody signed in:   @signed_in()
A thing that has an owner:      case = found(services().cases.of_hospital(case_id, viewer().party))
The lookup names the owner, so what is not yours does not exist: 404, never a hint that it is somebody else's.
"""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import ParamSpec, TypeVar, cast
from urllib.parse import urlsplit

from flask import Flask, Response, abort, flash, g, redirect, request, session, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response as BaseResponse

from huizhen.domain.accounts import Account, AccountId, Role
from huizhen.domain.ids import PartyId
from huizhen_web.container import services

P = ParamSpec("P")
T = TypeVar("T")
Shown = str | BaseResponse | tuple[str, int]


def init_app(app: Flask) -> None:
    app.context_processor(lambda: {"viewer": current_account()})


def enter(account: Account) -> None:
    """Begin a session; whatever stood in the old one is gone, so a planted session is worth nothing."""
    session.clear()
    session["account"] = account.id
    session["stamp"] = account.stamp
    session.permanent = True
    g.account = account


def leave() -> None:
    session.clear()
    g.account = None


def current_account() -> Account | None:
    if "account" not in g:
        g.account = _account_of_session()
    return cast("Account | None", g.account)


def _account_of_session() -> Account | None:
    if "account" not in session:
        return None
    account = services().accounts.find(AccountId(session["account"]))
    if account is None or account.stamp != session.get("stamp"):
        session.clear()
        return None
    return account


def viewer() -> Account:
    """The signed-in account, inside a view behind `signed_in`."""
    account = current_account()
    if account is None:
        abort(401)
    return account


def party() -> PartyId:
    """The party that the viewer acts for; without one yet there is nothing of theirs to see."""
    return found(viewer().party)


def found(thing: T | None) -> T:
    """What a lookup by owner returned, or 404."""
    if thing is None:
        abort(404)
    return thing


def signed_in(*roles: Role) -> Callable[[Callable[P, Shown]], Callable[P, Shown]]:
    """Lets in the given roles, or any account when none is given."""

    def guard(view: Callable[P, Shown]) -> Callable[P, Shown]:
        @functools.wraps(view)
        def guarded(*args: P.args, **kwargs: P.kwargs) -> Shown:
            account = current_account()
            if account is None:
                return _ask_to_sign_in()
            if roles and account.role not in roles:
                abort(403)
            return view(*args, **kwargs)

        return guarded

    return guard


def _ask_to_sign_in() -> BaseResponse:
    wanted = request.full_path.rstrip("?") if request.method == "GET" else None
    target = url_for("account.sign_in", next=wanted)
    if request.headers.get("HX-Request"):
        # A part of a page must not paste the sign-in page into itself.
        return Response(status=401, headers={"HX-Redirect": url_for("account.sign_in")})
    flash(_("Please sign in first."), "note")
    return redirect(target)


def safe_next(target: str | None) -> str | None:
    """A path of this site, or None: sign-in never sends anybody elsewhere."""
    if not target or not target.startswith("/") or target.startswith("//") or "\\" in target:
        return None
    parts = urlsplit(target)
    return target if not parts.scheme and not parts.netloc else None

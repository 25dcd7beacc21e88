"""An area is what one folder adds to the site: its pages, and where they stand in the navigation."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from flask import Blueprint, current_app, request, url_for
from flask_babel.speaklater import LazyString

from huizhen.domain.accounts import Role


@dataclass(frozen=True, slots=True)
class NavItem:
    """`endpoint` is "area.view"; shown to signed-in people of these roles, in the order of the areas."""

    endpoint: str
    label: LazyString
    roles: frozenset[Role]


@dataclass(frozen=True, slots=True)
class Area:
    """`starts` names the first page after sign-in for the roles that work in this area."""

    blueprint: Blueprint
    nav: tuple[NavItem, ...] = ()
    starts: tuple[tuple[Role, str], ...] = ()


def areas() -> tuple[Area, ...]:
    found: tuple[Area, ...] = current_app.extensions["huizhen_areas"]
    return found


def nav_for(role: Role) -> list[NavItem]:
    return [item for area in areas() for item in area.nav if role in item.roles]


def current_nav(items: Sequence[NavItem]) -> NavItem | None:
    """Where the page stands: the item with the longest address that the page's address begins with."""
    around = [item for item in items if f"{request.path}/".startswith(f"{url_for(item.endpoint)}/")]
    return max(around, key=lambda item: len(url_for(item.endpoint)), default=None)


def first_page(role: Role) -> str:
    """The endpoint that people of this role land on; the account page where no area claims them."""
    return next(
        (start for area in areas() for claimed, start in area.starts if claimed is role), "account.show"
    )

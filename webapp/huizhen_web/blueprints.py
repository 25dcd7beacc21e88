"""All areas of the site, in the order of the navigation. A new area adds one import and one line."""

from __future__ import annotations

from huizhen_web.account.views import area as account
from huizhen_web.area import Area
from huizhen_web.demo.views import area as demo
from huizhen_web.home.views import area as home
from huizhen_web.ops.views import area as ops
from huizhen_web.styleguide.views import area as styleguide

AREAS: tuple[Area, ...] = (
    home,
    account,
    demo,
    ops,
    styleguide,
)

"""The public explorer and the auditor's questions."""

from __future__ import annotations

from huizhen_web.audit import chain, questions  # noqa: F401 (they register their views)
from huizhen_web.audit.area import area

__all__ = ["area"]

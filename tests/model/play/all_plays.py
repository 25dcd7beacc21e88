"""All plays, in the order of the contracts."""

from __future__ import annotations

from tests.model.play import consultation_plays, group_plays, ledger_plays, registry_plays
from tests.model.play.plays import PLAYS

__all__ = ["PLAYS", "consultation_plays", "group_plays", "ledger_plays", "registry_plays"]

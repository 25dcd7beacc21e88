"""Ids that the domain modules share."""

from __future__ import annotations

from typing import NewType

PartyId = NewType("PartyId", int)
"""Sequential uint32 of the registry; 0 means nobody (a seat without a group)."""

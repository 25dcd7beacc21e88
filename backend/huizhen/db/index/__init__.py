"""Projections of the chain: tables with natural keys, and the queries that pages read them by."""

from __future__ import annotations

from huizhen.db.index import chain, consents, consultations, groups, ledger, parties, payouts

__all__ = ["chain", "consents", "consultations", "groups", "ledger", "parties", "payouts"]

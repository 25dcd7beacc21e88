"""KeyReplacement and InstitutionAccounts: lost keys, and keys of several officers."""

from __future__ import annotations

import json
from typing import Final

from huizhen.db.index.parties import InstitutionAccount, Party, Replacement
from huizhen.domain import chain_events as on
from huizhen.indexer.rows import Projections, RowSet

NO_SIGNER = "0x"


def requested(rows: RowSet, event: on.ReplacementRequested) -> None:
    """Whether a key has cancelled before stays as it was."""
    before = rows.find(Replacement, event.party)
    rows.put(
        Replacement,
        event.party,
        sequence=event.sequence,
        authority=event.authority,
        authority_revision=rows.get(Party, event.authority)["revision"],
        not_before=event.not_before,
        contested=before["contested"] if before else False,
        allowed=False,
        signer="0x" + event.signer.hex(),
    )


def cancelled(rows: RowSet, event: on.ReplacementCancelled) -> None:
    _end(rows, event.party, event.sequence, contested=True)


def ruled(rows: RowSet, event: on.ReplacementRuled) -> None:
    if event.allowed:
        rows.change(Replacement, event.party, sequence=event.sequence, allowed=True)
    else:
        _end(rows, event.party, event.sequence, contested=False)


def replaced(rows: RowSet, event: on.SignersReplaced) -> None:
    _end(rows, event.party, event.sequence, contested=False)


def account_created(rows: RowSet, event: on.AccountCreated) -> None:
    rows.add(
        InstitutionAccount,
        account=event.account,
        officers=json.dumps(["0x" + officer.hex() for officer in event.officers], separators=(",", ":")),
        threshold=event.threshold,
        created_at=event.at.block_time,
    )


def _end(rows: RowSet, party: int, sequence: int, *, contested: bool) -> None:
    """Nothing is left but the count of acts and whether a key has cancelled."""
    rows.change(
        Replacement,
        party,
        sequence=sequence,
        authority=0,
        authority_revision=0,
        not_before=0,
        contested=contested,
        allowed=False,
        signer=NO_SIGNER,
    )


PROJECTIONS: Final[Projections] = {
    on.ReplacementRequested: requested,
    on.ReplacementCancelled: cancelled,
    on.ReplacementRuled: ruled,
    on.SignersReplaced: replaced,
    on.AccountCreated: account_created,
}

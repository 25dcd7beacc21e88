"""CredentialRegistry: parties, keys, institutions of practice, agreements."""

from __future__ import annotations

from typing import Final

from huizhen.db.index.parties import Affiliation, Agreement, Party, Signer
from huizhen.domain import chain_events as on
from huizhen.domain.chain_ids import Specialties
from huizhen.domain.statuses import PartyStatus
from huizhen.indexer.rows import Projections, RowSet

FOREVER = 2**40 - 1
FIRST_AUTHORITY = 1


def applied(rows: RowSet, event: on.Applied) -> None:
    rows.add(
        Party,
        id=event.party,
        kind=event.kind,
        status=PartyStatus.APPLIED,
        powers=0,
        specialties=Specialties(0),
        city=0,
        valid_until=0,
        signers=0,
        home=event.home,
        revision=0,
        applied_at=event.at.block_time,
        profile=event.profile,
        licence=event.licence,
        suspension=None,
        removal_index=None,
        removal_not_before=None,
    )


def accredited(rows: RowSet, event: on.Accredited) -> None:
    rows.change(
        Party,
        event.party,
        status=PartyStatus.ACCREDITED,
        powers=event.powers,
        specialties=event.specialties,
        city=event.city,
        valid_until=event.valid_until,
        revision=_revision(rows, event.party) + (0 if _by_constructor(rows, event) else 1),
    )


def suspended(rows: RowSet, event: on.Suspended) -> None:
    revision = _revision(rows, event.party) + 1
    rows.change(Party, event.party, status=PartyStatus.SUSPENDED, suspension=event.reason, revision=revision)


def reinstated(rows: RowSet, event: on.Reinstated) -> None:
    revision = _revision(rows, event.party) + 1
    rows.change(Party, event.party, status=PartyStatus.ACCREDITED, suspension=None, revision=revision)


def signer_added(rows: RowSet, event: on.SignerAdded) -> None:
    party = rows.get(Party, event.party)
    rows.put(Signer, event.party, event.index, signer="0x" + event.signer.hex(), active=True)
    # The first key comes with the application; each later one is an act on the party.
    rows.change(
        Party,
        event.party,
        signers=max(party["signers"], event.index + 1),
        revision=party["revision"] + (1 if party["signers"] else 0),
    )


def removal_requested(rows: RowSet, event: on.SignerRemovalRequested) -> None:
    rows.change(
        Party,
        event.party,
        removal_index=event.index,
        removal_not_before=event.not_before,
        revision=_revision(rows, event.party) + 1,
    )


def removal_cancelled(rows: RowSet, event: on.SignerRemovalCancelled) -> None:
    revision = _revision(rows, event.party) + 1
    rows.change(Party, event.party, removal_index=None, removal_not_before=None, revision=revision)


def signer_removed(rows: RowSet, event: on.SignerRemoved) -> None:
    rows.change(Signer, event.party, event.index, active=False)
    rows.change(Party, event.party, removal_index=None, removal_not_before=None)


def affiliated(rows: RowSet, event: on.Affiliated) -> None:
    rows.put(
        Affiliation,
        event.doctor,
        event.institution,
        valid_until=event.valid_until,
        standing_until=event.standing_until,
        version=event.version,
        ended_by=None,
    )


def affiliation_ended(rows: RowSet, event: on.AffiliationEnded) -> None:
    rows.change(
        Affiliation,
        event.doctor,
        event.institution,
        valid_until=0,
        standing_until=0,
        version=event.version,
        ended_by=event.by,
    )


def agreed(rows: RowSet, event: on.Agreed) -> None:
    rows.put(
        Agreement,
        event.a,
        event.b,
        commitment=event.commitment,
        valid_until=event.valid_until,
        version=event.version,
    )


def _revision(rows: RowSet, party: int) -> int:
    revision: int = rows.get(Party, party)["revision"]
    return revision


def _by_constructor(rows: RowSet, event: on.Accredited) -> bool:
    """The officials without whom nothing could begin are accredited without a statement."""
    founded_at = rows.get(Party, FIRST_AUTHORITY)["applied_at"]
    party = rows.get(Party, event.party)
    return (
        party["status"] is PartyStatus.APPLIED
        and event.valid_until == FOREVER
        and event.at.block_time == founded_at
    )


PROJECTIONS: Final[Projections] = {
    on.Applied: applied,
    on.Accredited: accredited,
    on.Suspended: suspended,
    on.Reinstated: reinstated,
    on.SignerAdded: signer_added,
    on.SignerRemovalRequested: removal_requested,
    on.SignerRemovalCancelled: removal_cancelled,
    on.SignerRemoved: signer_removed,
    on.Affiliated: affiliated,
    on.AffiliationEnded: affiliation_ended,
    on.Agreed: agreed,
}

"""CaseAccess: patients' consents, files, keys, and the anchors of the log of openings."""

from __future__ import annotations

from typing import Final

from huizhen.db.index.consents import CaseFile, Consent, KeyGrant, LogHead
from huizhen.domain import chain_events as on
from huizhen.indexer.rows import Projections, RowSet, Touches, Wanted


def consent_granted(rows: RowSet, event: on.ConsentGranted) -> None:
    rows.add(
        Consent,
        case_file=event.case_file,
        consent=event.consent,
        hospital=event.hospital,
        key=event.key,
        valid_until=event.valid_until,
        withdrawn=False,
        granted_at=event.at.block_time,
        withdrawn_at=None,
    )


def consent_withdrawn(rows: RowSet, event: on.ConsentWithdrawn) -> None:
    """A consent ends when it is withdrawn, if it has not ended before."""
    now = event.at.block_time
    until = min(rows.get(Consent, event.case_file, event.consent)["valid_until"], now)
    rows.change(Consent, event.case_file, event.consent, withdrawn=True, withdrawn_at=now, valid_until=until)


def file_committed(rows: RowSet, event: on.FileCommitted) -> None:
    rows.add(
        CaseFile,
        case_file=event.case_file,
        file=event.file,
        by=event.by,
        index=event.index,
        committed_at=event.at.block_time,
    )


def key_granted(rows: RowSet, event: on.KeyGranted) -> None:
    rows.put(
        KeyGrant,
        event.case_file,
        event.recipient,
        hospital=event.hospital,
        consent=event.consent,
        key=event.key,
        valid_until=event.valid_until,
        version=event.version,
        ended_by=None,
    )


def key_grant_ended(rows: RowSet, event: on.KeyGrantEnded) -> None:
    place = (event.case_file, event.recipient)
    rows.change(KeyGrant, *place, valid_until=0, version=event.version, ended_by=event.by)


def log_anchored(rows: RowSet, event: on.LogAnchored) -> None:
    rows.put(
        LogHead,
        event.platform,
        head=event.head,
        entries=event.entries,
        anchored_at=event.at.block_time,
        sequence=event.sequence,
    )


def _grant(event: on.KeyGranted | on.KeyGrantEnded) -> Wanted:
    yield KeyGrant, (event.case_file, event.recipient)


def _consent(event: on.ConsentWithdrawn) -> Wanted:
    yield Consent, (event.case_file, event.consent)


TOUCHES: Final[Touches] = {
    on.KeyGranted: _grant,
    on.KeyGrantEnded: _grant,
    on.ConsentWithdrawn: _consent,
}

PROJECTIONS: Final[Projections] = {
    on.ConsentGranted: consent_granted,
    on.ConsentWithdrawn: consent_withdrawn,
    on.FileCommitted: file_committed,
    on.KeyGranted: key_granted,
    on.KeyGrantEnded: key_grant_ended,
    on.LogAnchored: log_anchored,
}

"""Texts of which the chain holds only the commitment: opinions, reasons. Deleting the key erases the link."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from sqlalchemy import select
from sqlalchemy.orm import Mapped, Session, mapped_column

from huizhen.db.base import OfficeBase
from huizhen.domain.chain_ids import Hash32, hex32
from huizhen.domain.commitments import commit, new_key


class SealedText(OfficeBase):
    """`key` is hex; `commit(key, text)` gives the commitment again. `sealed_at` is chain time."""

    __tablename__ = "sealed_text"

    commitment: Mapped[Hash32] = mapped_column(primary_key=True)
    key: Mapped[str]
    text: Mapped[str]
    sealed_at: Mapped[int]


def seal(session: Session, text: str, sealed_at: int) -> bytes:
    """Keep the text and answer what the chain may see of it."""
    key = new_key()
    commitment = commit(key, text)
    session.add(SealedText(commitment=hex32(commitment), key=key.hex(), text=text, sealed_at=sealed_at))
    return commitment


def texts(session: Session, commitments: Iterable[Hash32]) -> Mapping[Hash32, str]:
    """Only of those that are kept here."""
    wanted = sorted(set(commitments))
    rows = session.execute(
        select(SealedText.commitment, SealedText.text).where(SealedText.commitment.in_(wanted))
    )
    return dict(rows.all())

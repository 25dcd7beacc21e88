"""What every row that came from the chain carries."""

from __future__ import annotations

from sqlalchemy.orm import Mapped, mapped_column

from huizhen.domain.chain_ids import Hash32


class Traced:
    """The block and the transaction of the row's last change: a row is final when its block is."""

    block_number: Mapped[int] = mapped_column(index=False)
    tx_hash: Mapped[Hash32]

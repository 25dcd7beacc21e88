"""Where the index stands, as a value."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from huizhen.domain.chain_ids import Hash32
from huizhen.domain.ids import PartyId
from huizhen.errors import IndexCorrupt


@dataclass(frozen=True, slots=True)
class Ground:
    """What an index stands on: the chain, the block before which there is nothing, a constant of the ledger."""

    chain_id: int
    first_block: int
    tax_authority: PartyId


@dataclass(frozen=True, slots=True)
class Cursor:
    """The last block whose logs are in the tables; rows can be taken back to `undo_floor`."""

    block_number: int
    block_hash: Hash32
    undo_floor: int

    @classmethod
    def from_row(cls, row: Mapping[str, Any], ground: Ground) -> Cursor:
        """Raises IndexCorrupt where the tables were made from another chain or deployment."""
        stored = Ground(row["chain_id"], row["first_block"], PartyId(row["tax_authority"]))
        if stored != ground:
            raise IndexCorrupt(
                f"索引属于另一条链或另一次部署（链{stored.chain_id}，起始区块{stored.first_block}）。"
                "若要改用当前的部署，请运行 huizhen index --rebuild。",
                f"The index belongs to another chain or deployment (chain {stored.chain_id}, first block "
                f"{stored.first_block}). To follow the present one, run huizhen index --rebuild.",
            )
        return cls(row["block_number"], row["block_hash"], row["undo_floor"])

"""What the use cases need of the world outside, and nothing more."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Protocol

from huizhen.domain.chain_events import PayoutItem
from huizhen.domain.chain_ids import Address, Hash32
from huizhen.domain.contract_reads import Read
from huizhen.domain.ids import PartyId
from huizhen.domain.signed_transaction import SignedTransaction
from huizhen.domain.statement import Signature, Statement


class Clock(Protocol):
    """The chain's time: what contracts compare deadlines with."""

    def now(self) -> int:
        """Unix seconds of the newest block that this operator knows."""


class Keys(Protocol):
    """Keys that this operator may use for people. Only the demo on a development chain has any."""

    def sign(self, party: PartyId, digest: bytes) -> Signature:
        """Raises Forbidden where this operator holds no key of the party."""

    def create(self) -> bytes:
        """A new key; answers its ERC-7913 signer."""

    def sign_as(self, signer: bytes, digest: bytes) -> bytes:
        """The plain signature of a key that belongs to no party yet."""

    def assign(self, signer: bytes, party: PartyId, index: int) -> None: ...


class Receipt(Protocol):
    """Of a transaction that was mined."""

    @property
    def tx_hash(self) -> Hash32: ...

    @property
    def block_number(self) -> int: ...

    @property
    def succeeded(self) -> bool: ...


class ChainGateway(Protocol):
    """The contracts of this deployment, as statements see them. All methods may raise NodeError."""

    def digest(self, statement: Statement) -> bytes: ...

    def typed_data(self, statement: Statement) -> dict[str, object]: ...

    def calldata(self, statement: Statement, signatures: Sequence[Signature]) -> bytes: ...

    def signers_of(self, terms: bytes) -> tuple[PartyId, ...]:
        """Who has to sign packed terms now, in order. Raises ChainRefusal where they cannot be booked."""

    def dry_run(self, contract: str, calldata: bytes) -> int:
        """Gas that the call would take now. Raises ChainRefusal with the contract's reason."""

    def sign_transaction(
        self, contract: str, calldata: bytes, gas: int, nonce: int, fee: int, raised: int = 0
    ) -> SignedTransaction:
        """`raised` counts the transactions with this nonce that it replaces: each has to pay more."""

    def fee(self) -> int:
        """A fee cap that gets a transaction mined soon."""

    def nonce(self) -> int:
        """The relay's next nonce by the newest block."""

    def broadcast(self, raw: bytes) -> None:
        """Sends; a transaction that the node has already is no error."""

    def receipt(self, tx_hash: Hash32) -> Receipt | None: ...

    def head(self) -> int: ...

    def final(self) -> int:
        """The newest block that counts as final."""

    def address(self, contract: str) -> Address: ...


class BlockHeader(Protocol):
    @property
    def hash(self) -> Hash32: ...

    @property
    def parent_hash(self) -> Hash32: ...

    @property
    def time(self) -> int: ...


class ContractState(Protocol):
    """The contracts' storage at a block, in bulk. All methods may raise NodeError or FatalNodeError."""

    def read_many(self, reads: Sequence[Read], block: int) -> list[Any]:
        """Answers in order: structs as mappings by snake_case name, bytes and hashes as hex text."""

    def stands(self, contract: str) -> bool:
        """Whether the deployment has it: of the rails there is one."""

    def headers(self, numbers: Sequence[int]) -> Sequence[BlockHeader]: ...

    def terms_hash(self, packed: bytes) -> Hash32: ...

    def items_hash(self, items: Sequence[PayoutItem]) -> Hash32: ...


class ChainReplay(Protocol):
    """What the chain's own logs come to, computed anew. Both methods may raise NodeError."""

    def logs(self, last: int) -> Sequence[Any]:
        """All logs of our contracts up to block `last`."""

    def rows(
        self, logs: Sequence[Any], headers: Mapping[int, BlockHeader], last: int
    ) -> Mapping[str, Sequence[tuple[Any, ...]]]:
        """Rows by table name as of block `last`, as they are stored; headers are by number."""

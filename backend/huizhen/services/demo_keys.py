"""The demo's keyring (port Keys). It exists only where settings allow the demo: the local development chain."""

# ruff: noqa: ARG002 (NoKeys answers every call of the port in the same way)
from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

from huizhen.db.office import demo_keys as repository
from huizhen.db.office.demo_keys import DemoKeyRow
from huizhen.db.session import Store
from huizhen.domain.ids import PartyId
from huizhen.domain.statement import Signature
from huizhen.errors import Forbidden


class KeyMaker(Protocol):
    """The mathematics of software keys."""

    def create(self) -> tuple[bytes, bytes]:
        """A new key's ERC-7913 signer and its secret."""

    def sign(self, secret: bytes, digest: bytes) -> bytes: ...


@dataclass(frozen=True, slots=True)
class DemoKeys:
    office: Store
    maker: KeyMaker

    def sign(self, party: PartyId, digest: bytes) -> Signature:
        with self.office.reading() as session:
            row = repository.of_party(session, party)
        if row is None or row.signer_index is None:
            raise _no_key()
        return Signature(row.signer_index, self.maker.sign(bytes.fromhex(row.secret), digest))

    def create(self) -> bytes:
        signer, secret = self.maker.create()
        self.keep(signer, secret)
        return signer

    def keep(
        self, signer: bytes, secret: bytes, party: PartyId | None = None, index: int | None = None
    ) -> None:
        """Take in a key that was made elsewhere: the simulated world's."""
        with self.office.writing() as session:
            session.merge(
                DemoKeyRow(signer=signer.hex(), secret=secret.hex(), party=party, signer_index=index)
            )

    def sign_as(self, signer: bytes, digest: bytes) -> bytes:
        with self.office.reading() as session:
            row = repository.of_signer(session, signer)
        if row is None:
            raise _no_key()
        return self.maker.sign(bytes.fromhex(row.secret), digest)

    def assign(self, signer: bytes, party: PartyId, index: int) -> None:
        with self.office.writing() as session:
            row = repository.of_signer(session, signer)
            if row is not None:
                row.party, row.signer_index = party, index

    def unassigned(self) -> tuple[bytes, ...]:
        """Signers of applications that are not on chain yet."""
        with self.office.reading() as session:
            return tuple(bytes.fromhex(row.signer) for row in repository.unassigned(session))


@dataclass(frozen=True, slots=True)
class NoKeys:
    """Everywhere but in the demo: people sign with keys of their own."""

    def sign(self, party: PartyId, digest: bytes) -> Signature:
        raise _no_key()

    def create(self) -> bytes:
        raise _no_key()

    def sign_as(self, signer: bytes, digest: bytes) -> bytes:
        raise _no_key()

    def assign(self, signer: bytes, party: PartyId, index: int) -> None:
        raise _no_key()


def _no_key() -> Forbidden:
    return Forbidden(
        "本平台不保管您的密钥，请用您自己的钱包或密钥设备签名。",
        "This operator holds no key of yours. Sign with your own wallet or key device.",
    )

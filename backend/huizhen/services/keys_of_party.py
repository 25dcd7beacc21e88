"""The signing keys of a party: adding one is immediate, removing one takes a day."""

from __future__ import annotations

from dataclasses import dataclass

from huizhen.db.index import doctor_queries as queries
from huizhen.db.index.parties import Party
from huizhen.db.session import Stores
from huizhen.domain import acts
from huizhen.domain.ids import PartyId
from huizhen.domain.statement import Statement
from huizhen.errors import InvalidInput, NotFound
from huizhen.services.ports import Clock
from huizhen.services.statements import StatementService, StatementView
from huizhen.services.trace import Trace, finality

DAY = 24 * 3600
MOST_SIGNERS = 8
_ADDRESS_BYTES = 20


@dataclass(frozen=True, slots=True)
class KeyLine:
    index: int
    signer: str
    leaving: bool
    trace: Trace


@dataclass(frozen=True, slots=True)
class KeysPage:
    """`removal_due` is when the pending removal may be carried out (unix), None without one."""

    keys: tuple[KeyLine, ...]
    removal_due: int | None
    due_now: bool
    waiting: StatementView | None


@dataclass(frozen=True, slots=True)
class PartyKeys:
    stores: Stores
    statements: StatementService
    clock: Clock

    def page(self, party: PartyId) -> KeysPage:
        with self.stores.index.reading() as session:
            final = finality(session)
            row = session.get(Party, party)
            keys = tuple(
                KeyLine(
                    each.index,
                    each.signer,
                    row is not None and row.removal_index == each.index,
                    final.of(each),
                )
                for each in queries.signers(session, party)
                if each.active
            )
        due = row.removal_not_before if row else None
        return KeysPage(keys, due, due is not None and due <= self.clock.now(), self._waiting(party))

    def propose_add(self, party: PartyId, signer: str, possession: str = "") -> StatementView:
        """`signer` is hex: an address, or a verifier's address with the public key; so is `possession`, its signature.

        Raises InvalidInput, without a possession one that shows the digest for the new key to sign.
        """
        raw = _hex(signer)
        if raw is None or len(raw) < _ADDRESS_BYTES:
            raise _no_signer()
        page = self.page(party)
        if len(page.keys) >= MOST_SIGNERS:
            raise InvalidInput(
                f"最多{MOST_SIGNERS}把密钥，请先移除一把。", f"At most {MOST_SIGNERS} keys: remove one first."
            )
        statement = acts.add_signer(party, self._revision(party), raw, self._lasting_deadline())
        proof = _hex(possession)
        if not proof:
            raise _no_possession(self.statements.chain.digest(statement))
        return self._propose(party, statement.with_possession(proof))

    def propose_removal(self, party: PartyId, index: int) -> StatementView:
        """Raises NotFound for a key that the party has not, InvalidInput for its last one."""
        page = self.page(party)
        if index not in {key.index for key in page.keys}:
            raise NotFound("没有这把密钥。", "There is no such key.")
        if len(page.keys) == 1:
            raise InvalidInput(
                "这是最后一把密钥：请先添加新的密钥。", "This is the last key: add another one first."
            )
        statement = acts.request_signer_removal(party, self._revision(party), index, self._deadline())
        return self._propose(party, statement)

    def propose_keep(self, party: PartyId) -> StatementView:
        """Take the pending removal back."""
        if self.page(party).removal_due is None:
            raise InvalidInput("没有待移除的密钥。", "No key is to be removed.")
        return self._propose(
            party, acts.cancel_signer_removal(party, self._revision(party), self._deadline())
        )

    def remove(self, party: PartyId) -> StatementView:
        """Carry out a removal that is due: nobody has to sign. Raises InvalidInput before that."""
        if not self.page(party).due_now:
            raise InvalidInput(
                "移除尚未到期，请到期后再执行。",
                "The removal is not due yet: carry it out when its time has come.",
            )
        return self.statements.submit_unsigned(
            acts.remove_signer(party), proposer=party, subject=_subject(party)
        )

    def _propose(self, party: PartyId, statement: Statement) -> StatementView:
        waiting = self._waiting(party)
        if waiting is not None:
            raise InvalidInput(
                "上一次更改还在途中，请先完成或撤回。",
                "An earlier change is still under way: finish or withdraw it first.",
            )
        return self.statements.propose(statement, proposer=party, subject=_subject(party))

    def _waiting(self, party: PartyId) -> StatementView | None:
        changes = ("addSigner", "requestSignerRemoval", "cancelSignerRemoval", "removeSigner")
        views = self.statements.of_subject(_subject(party))
        return next((v for v in views if v.function in changes and (v.open or v.pending)), None)

    def _revision(self, party: PartyId) -> int:
        with self.stores.index.reading() as session:
            return session.get_one(Party, party).revision

    def _deadline(self) -> int:
        return self.clock.now() + DAY

    def _lasting_deadline(self) -> int:
        """The same all day long, so that a key can sign in the meantime what the form showed."""
        return (self.clock.now() // DAY + 2) * DAY


def _subject(party: PartyId) -> str:
    return f"party:{party}"


def _hex(text: str) -> bytes | None:
    try:
        return bytes.fromhex(text.strip().lower().removeprefix("0x"))
    except ValueError:
        return None


def _no_possession(digest: bytes) -> InvalidInput:
    return InvalidInput(
        f"请用新密钥对摘要 0x{digest.hex()} 签名，以证明由您持有，再粘贴签名的十六进制。",
        f"Sign the digest 0x{digest.hex()} with the new key, which proves that you hold it, and paste the signature.",
    )


def _no_signer() -> InvalidInput:
    return InvalidInput(
        "请粘贴公钥的十六进制：账户地址，或“验证合约地址+公钥”。",
        "Paste the key in hex: an account's address, or a verifier's address followed by the public key.",
    )

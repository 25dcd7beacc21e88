"""A hand that draws: values at their boundaries, moments at the edges of windows, signatures right or wrong.

Half of the hands are honest: all that they draw fits together, as far as the state allows. The others slip now and
then. What comes of a call is for the specification to say, in both cases.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any, NamedTuple, TypeVar

from eth_utils.crypto import keccak

from huizhen.domain.statuses import PartyKind, PartyStatus
from tests.model.engines import RELAY
from tests.model.pens import pack
from tests.model.play.dice import Dice
from tests.model.play.signing import PROVING, digest_of, finished
from tests.model.spec.act import Act
from tests.model.spec.registry import MAX_SIGNERS
from tests.model.spec.state import UINT32, UINT40, State
from tests.model.stage import Stage

T = TypeVar("T")
DAY = 86_400
CURVE_ORDER = 0xFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFEBAAEDCE6AF48A03BBFD25E8CD0364141


class Plan(NamedTuple):
    act: Act
    at: int


class Hand:
    def __init__(self, stage: Stage, dice: Dice) -> None:
        self.stage, self._dice = stage, dice
        self._slippery = dice.below(2) == 1
        self._odds = 6
        self.at = self.s.now

    @property
    def s(self) -> State:
        return self.stage.state

    # Drawing

    def below(self, limit: int) -> int:
        return self._dice.below(limit)

    def one(self, options: Sequence[T]) -> T:
        return options[self._dice.below(len(options))] if len(options) > 1 else options[0]

    def some(self, options: Sequence[T], most: int) -> list[T]:
        """Up to so many of them, at least one, in their order."""
        wanted = 1 + self._dice.below(min(most, len(options)))
        places = list(range(len(options)))
        chosen = sorted(places.pop(self._dice.below(len(places))) for _ in range(wanted))
        return [options[place] for place in chosen]

    def usually(self, value: T, *others: T) -> T:
        return value if self._dice.below(4) else self.one(others)

    def mostly(self) -> bool:
        return self.below(4) != 0

    def slips(self) -> bool:
        return self._slippery and self._dice.below(self._odds) == 0

    @contextmanager
    def careful(self) -> Iterator[None]:
        """Where much is drawn for one call, that not all of them go wrong."""
        self._odds = 40
        yield
        self._odds = 6

    def near(self, value: int, limit: int = UINT32) -> int:
        """The value; after a slip one beside it, at the ends of its type or beyond."""
        return self.one([max(value - 1, 0), value + 1, 0, limit, limit + 1]) if self.slips() else value

    def fresh(self, *parts: object) -> bytes:
        """32 bytes that nobody has seen before."""
        return keccak(repr((parts, len(self.stage.sent))).encode())

    # Time

    def waits(self, earliest: int = 0, latest: int = UINT40) -> None:
        """Moves to the edge of a window, on either side of it; or stays, or moves a little within."""
        now = self.s.now
        moments = [now, now + 1] if earliest <= now <= latest else []
        if earliest <= now + DAY or not self.below(3):
            moments += [earliest - 1, earliest, earliest, earliest + 1]
        if not self._is_patient(latest):
            moments += [latest - 1, latest, latest, latest + 1]
        possible = [each for each in moments if now <= each < now + 400 * DAY]
        self.at = self.one(possible or [now])

    def _is_patient(self, moment: int) -> bool:
        """Whoever always waited for the last moment would find all other windows closed."""
        days = (moment - self.s.now) // DAY
        return days > 0 and self.below(4 * min(days, 8)) != 0

    def passes(self) -> None:
        """A little time, or none."""
        self.at = self.s.now + self.one([0, 0, 1, 60])

    def deadline(self) -> int:
        if self.slips():
            return self.one([self.at - 1, 0, UINT40 + 1])
        return self.one([self.at, self.at + 1, self.at + DAY, UINT40])

    def later(self) -> int:
        """A validity that ends after now."""
        if self.slips():
            return self.one([self.at, self.at - 1, 0, UINT40 + 1])
        return self.usually(self.at + 3650 * DAY, self.at + 1, self.at + DAY, UINT40)

    # Parties

    def party(self, kind: PartyKind | None = None, *, status: PartyStatus = PartyStatus.ACCREDITED) -> int:
        """One of a kind; after a slip any, or one that does not exist."""
        if self.slips():
            return self._dice.below(len(self.s.parties) + 2)
        return self.one(
            [
                party
                for party, row in self.s.parties.items()
                if kind in (None, row.kind) and row.status == status
            ]
            or [0]
        )

    def instead(self, party: int) -> int:
        """The party; after a slip any other."""
        return self.party() if self.slips() else party

    # Acts

    def signed(self, contract: str, function: str, values: Mapping[str, Any], signers: Sequence[int]) -> Plan:
        """By these parties in this order, each with one of its signers."""
        digest = digest_of(self.stage, contract, function, values)
        signatures = [self._signature(digest, party) for party in signers]
        if self.slips():
            broken = (signatures[::-1], signatures[1:], signatures[:-1], signatures + signatures[:1])
            signatures = self.one(broken)
        packed = pack(signatures)
        if self.slips():
            packed = self.one([packed[:-1], packed[:2], b"", packed + b"\0", packed + b"\0\0\0"])
        proof = self._proof(digest, values["signer"]) if function in PROVING else b""
        return self.plan(contract, function, values, digest, packed, possession=proof)

    def _proof(self, digest: bytes, signer: bytes) -> bytes:
        known = signer in self.stage.pens
        return (
            self._spoiled(digest, signer)
            if self.slips()
            else self.stage.pens.sign(signer if known else self.stranger(), digest)
        )

    def signed_by_key(self, contract: str, function: str, values: Mapping[str, Any], signer: bytes) -> Plan:
        digest = digest_of(self.stage, contract, function, values)
        signature = self._spoiled(digest, signer) if self.slips() else self.stage.pens.sign(signer, digest)
        return self.plan(contract, function, values, digest, signature)

    def plan(
        self,
        contract: str,
        function: str,
        values: Mapping[str, Any],
        digest: bytes = b"",
        signatures: bytes = b"",
        sender: str = RELAY,
        possession: bytes = b"",
    ) -> Plan:
        act = finished(self.stage, contract, function, values, digest, signatures, sender, possession)
        return Plan(act, self.at)

    def _signature(self, digest: bytes, party: int) -> tuple[int, bytes]:
        mine = {index: signer for (owner, index), signer in self.s.signers.items() if owner == party}
        if not mine:
            return 0, self.stage.pens.sign(self.stranger(), digest)
        index = self.one(sorted(mine))
        if self.slips():
            return self.one([index, MAX_SIGNERS - 1, 255]), self._spoiled(digest, mine[index])
        return index, self.stage.pens.sign(mine[index], digest)

    def _spoiled(self, digest: bytes, signer: bytes) -> bytes:
        """A signature that is none: of somebody else, of something else, used before, or bent."""
        pens = self.stage.pens
        right = pens.sign(signer if signer in pens else self.stranger(), digest)
        used = list(pens.seals)
        return self.one(
            [
                pens.sign(self.stranger(), digest),
                pens.sign(signer if signer in pens else self.stranger(), keccak(digest)),
                used[self._dice.below(len(used))],
                _mirrored(right),
                right[:64],
                b"",
            ]
        )

    def stranger(self) -> bytes:
        return self.stage.pens.take("stranger")


def _mirrored(signature: bytes) -> bytes:
    """The other signature that the curve allows for the same digest, with s in the upper half."""
    if len(signature) != 65:
        return bytes(65)
    s = CURVE_ORDER - int.from_bytes(signature[32:64], "big")
    return signature[:32] + s.to_bytes(32, "big") + bytes([55 - signature[64]])

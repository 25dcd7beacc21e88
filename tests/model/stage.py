"""The contracts on an engine beside their specification: each act is played on both, and all must agree."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from types import SimpleNamespace
from typing import Any, NamedTuple, cast

from huizhen.chain.artifacts import Artifacts
from huizhen.chain.client import Node
from huizhen.chain.deployer import Deployer
from huizhen.chain.sender import Sender
from tests.model.engines import BOOKER, CHAIN_ID, DEPLOYER, RELAY, Engine, Outcome, Undoing
from tests.model.ghost import Ghost
from tests.model.invariants import INVARIANTS, Step
from tests.model.pens import AUTHORITY_PEN, TAX_PEN, Pens
from tests.model.rebuilt import Entry
from tests.model.spec import RULES
from tests.model.spec.act import Act
from tests.model.spec.state import Refusal, State
from tests.model.spec.views import answers
from tests.model.wire import NESTED, Wire, encode, word

MANY_VIEWS = "ManyViews"
ACCOUNTS = (DEPLOYER, RELAY, BOOKER)


class Sent(NamedTuple):
    """What was sent, for other engines to do again."""

    sender: str
    to: str
    calldata: bytes
    at: int


class Question(NamedTuple):
    """A view to call, the types of its answer, and how it reads; `packed` as ManyViews takes it."""

    to: str
    calldata: bytes
    packed: bytes
    kinds: tuple[str, ...]
    asked: str


class Result(NamedTuple):
    """`refusal` is what the specification said no with."""

    refusal: Refusal | None
    outcome: Outcome


@dataclass(eq=False)
class Stage:
    """`cast` is the last party on which all else depends; `other_hospital` pays for what another booker escrows.
    `terms` are all that anybody tried to book, `done` the acts that succeeded, `history` what they left."""

    engine: Undoing
    wire: Wire
    state: State
    pens: Pens
    cast: int
    arbiter: int
    other_hospital: int
    sent: list[Sent] = field(default_factory=list)
    outcomes: list[Outcome] = field(default_factory=list)
    terms: list[bytes] = field(default_factory=list)
    done: list[Act] = field(default_factory=list)
    history: list[Entry] = field(default_factory=list)
    ghost: Ghost = field(default_factory=Ghost)

    def play(self, act: Act, at: int) -> Result:
        """Raises AssertionError where contracts and specification differ in anything that can be seen."""
        state, refusal, answer = self._specified(act, at)
        sent = Sent(act.sender, self.wire.addresses[act.contract], self.wire.calldata(act), at)
        outcome = self.engine.execute(*sent)
        self.sent.append(sent)
        self.outcomes.append(outcome)
        if refusal is not None:
            expected = Outcome(False, self.wire.error(act.contract, refusal), ())
        else:
            returned = b"" if answer is None else encode(("uint256",), (answer,))
            expected = Outcome(True, returned, tuple(map(self.wire.log, state.logs)))
        assert outcome == expected, self._difference(act, at, refusal, state, outcome)
        before, self.state = self.state.at(at), state
        if act.function in NESTED and (act.values.get("to") or act.terms) not in self.terms:
            self.terms.append(act.values.get("to") or act.terms)
        if refusal is None:  # a reverted call has changed nothing: that is the EVM's own promise
            self._remember(act, before)
            self.compare()
            for invariant in INVARIANTS:
                invariant(Step(before, act, state, self.ghost))
        return Result(refusal, outcome)

    def _specified(self, act: Act, at: int) -> tuple[State, Refusal | None, object]:
        state = self.state.at(at)
        try:
            if not self.wire.takes(act):
                raise Refusal
            return state, None, RULES[act.contract, act.function](state, act)
        except Refusal as refusal:
            return self.state.at(at), refusal, None

    def _remember(self, act: Act, before: State) -> None:
        self.done.append(act)
        self.history += [(self.state.now, log) for log in self.state.logs]
        self.ghost.learn(act, before, self.state)

    def compare(self) -> None:
        """All views against the specification's answers."""
        asked = list(self.questions())
        found = self.engine.view(self.wire.addresses[MANY_VIEWS], b"".join(q.packed for q, _ in asked))
        if found != b"".join(expected for _, expected in asked):
            self._tell_difference(asked)

    def _tell_difference(self, asked: list[tuple[Question, bytes]]) -> None:
        for question, expected in asked:
            found = self.engine.view(question.to, question.calldata)
            assert found == expected, f"{question.asked}: {found.hex()}, specified {expected.hex()}"
        raise AssertionError("Answers differ together, but not one by one.")

    def questions(self) -> Iterator[tuple[Question, bytes]]:
        for contract, view, arguments, values in answers(self.state, (*ACCOUNTS, *self.bookers)):
            question = self._question(contract, view, arguments)
            yield question, _answer(question.kinds, values)

    def mark(self) -> None:
        """Remembers all of this, for `back`."""
        self.engine.mark()
        counts = tuple(map(len, self._logs()))
        self._marked = self.state.at(self.state.now), self.ghost.copy(), counts, self.pens.mark()

    def back(self) -> None:
        self.engine.back()
        state, ghost, counts, pens = self._marked
        self.state, self.ghost = state.at(state.now), ghost.copy()
        self.pens.back(pens)
        for kept, count in zip(self._logs(), counts, strict=True):
            del kept[count:]

    def _logs(self) -> tuple[list[Any], ...]:
        return self.sent, self.outcomes, self.terms, self.done, self.history

    @property
    def bookers(self) -> tuple[str, ...]:
        return (self.wire.addresses["Consultations"],)

    @lru_cache(maxsize=65536)  # noqa: B019 (a stage lives as long as the run)
    def _question(self, contract: str, view: str, arguments: tuple[object, ...]) -> Question:
        function = self.wire.function(contract, view)
        outputs = function.entry["outputs"]
        if len(outputs) == 1 and "components" in outputs[0]:
            outputs = outputs[0]["components"]
        kinds = tuple(each["type"] for each in outputs)
        to = self.wire.addresses[contract]
        calldata = function.calldata(arguments)
        packed = bytes.fromhex(to[2:]) + len(calldata).to_bytes(2, "big") + calldata
        return Question(to, calldata, packed, kinds, f"{contract}.{view}{arguments}")

    def _difference(self, act: Act, at: int, refusal: Refusal | None, state: State, outcome: Outcome) -> str:
        found = f"logs {outcome.logs}" if outcome.succeeded else self.wire.reading(outcome.output or b"")
        said = refusal or f"success with {state.logs}"
        return f"{act.contract}.{act.function}({dict(act.values)}) at {at}: {found}\n  specified: {said}"


@lru_cache(maxsize=65536)
def _answer(kinds: tuple[str, ...], values: tuple[object, ...]) -> bytes:
    """A struct that has a part of any length stands behind a word that says where."""
    nested = len(kinds) > 1 and "bytes" in kinds
    return (word(32) if nested else b"") + encode(kinds, values)


def deploy(engine: Engine, at: int) -> dict[str, str]:
    """By the product's own deployer, and ManyViews before them; answers where they stand."""

    def create(code: bytes) -> Any:
        return SimpleNamespace(contract=engine.create(code, at), succeeded=True, block_number=1)

    def send(to: str, calldata: bytes) -> None:
        assert engine.execute(DEPLOYER, to, calldata, at).succeeded

    sender = SimpleNamespace(address=DEPLOYER, create=create, send=send)
    node = SimpleNamespace(
        chain_id=lambda: CHAIN_ID,
        header=lambda _: SimpleNamespace(hash=""),
        code=lambda _: b"checked elsewhere",
        call_many=lambda calls: [engine.view(*call) for call in calls],
    )
    artifacts = Artifacts()
    many_views = engine.create(bytes.fromhex(artifacts.artifact(MANY_VIEWS)["bytecode"][2:]), at)
    with tempfile.TemporaryDirectory() as folder:
        signers = AUTHORITY_PEN.signer, TAX_PEN.signer
        deployer = Deployer(cast(Node, node), cast(Sender, sender), artifacts, Path(folder), *signers)
        return {**deployer.deploy().addresses, MANY_VIEWS: many_views}

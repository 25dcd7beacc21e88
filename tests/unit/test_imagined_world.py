"""The imagined world tells every kind of event, in orders that the contracts allow, and keeps its books."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Iterator
from itertools import islice

import pytest

from huizhen.domain import chain_events as on
from tests.support.imagined.courses import course
from tests.support.imagined_world import OPEN_FOR_EACH_DOCTOR, STEPS, ImaginedWorld
from tests.support.log_encoding import Emitted

ACTS = 4_000
MANY = 12_000
RAILS = ("BankRail", "Erc20Rail")
NEVER_EMITTED = {"Eip712DomainChanged"}
OF_TOKENS = {"PaidIn", "TakenBack", "PayoutLeftOutstanding"}
"""A bank records what has come and confirms what it has paid; only a token is paid in first, or refuses a payee."""

# In which states a consultation may take a step.
STATES = {
    "Escrowed": {"Booked"},
    "Amended": {"Booked"},
    "AttendanceRecorded": {"Booked", "Cancelled"},
    "NoShowMarked": {"Booked", "Delivered"},
    "Delivered": {"Booked"},
    "Cancelled": {"Booked"},
    "Expired": {"Booked"},
    "Disputed": {"Delivered", "Disputed"},
    "UncontestedReleased": {"Disputed"},
    "DisputeResolved": {"Disputed"},
    "Settled": {"Delivered", "Disputed"},
    "EscrowReleased": {"Disputed", "Settled", "Cancelled", "Expired"},
}
LEADING = {"Delivered", "Cancelled", "Expired", "Disputed", "Settled"}
ENDED = {"Settled", "Cancelled", "Expired"}


def told(
    rail: str = "BankRail", acts: int = ACTS, seed: int = 5
) -> Iterator[tuple[ImaginedWorld, list[Emitted]]]:
    """The world after each of its transactions, and the logs."""
    world = ImaginedWorld(8, 2, 2, seed, rail)
    for _ in range(acts):
        yield world, world.act()


@pytest.mark.parametrize("rail", RAILS)
def test_act__some_thousand_times__tells_every_event_that_has_a_projection(rail: str) -> None:
    kinds = {kind.__name__ for kind in on.ChainEvent.__subclasses__()}
    left_out = NEVER_EMITTED | (OF_TOKENS if rail == "BankRail" else set())
    assert {event for _, logs in told(rail, MANY) for _, event, _ in logs} == kinds - left_out


def test_act__steps_of_a_consultation__are_those_that_its_state_allows() -> None:
    states: dict[int, str] = {}
    for _, logs in told():
        for _, event, values in logs:
            if event == "Booked":
                states[values[0]] = event
            elif event in STATES:
                assert states[values[0]] in STATES[event], (event, values)
                if event in LEADING:
                    states[values[0]] = event
    assert set(states.values()) > ENDED


@pytest.mark.parametrize("rail", RAILS)
def test_act__money__is_conserved_and_nobody_owes_any(rail: str) -> None:
    for world, _ in told(rail):
        owned = [
            *world.available.values(),
            *world.credit.values(),
            *(case.escrowed for case in world.open),
            *(net for batch in world.outstanding for _, net in batch.items.values()),
        ]
        assert min(owned, default=0) >= 0
        if not world.waiting:
            assert world.custody == sum(owned)


def test_act__escrow__is_empty_when_a_consultation_has_ended() -> None:
    held: Counter[int] = Counter()
    for _, logs in told():
        ended = {values[0] for _, event, values in logs if event in ENDED}
        for _, event, values in logs:
            held[values[0]] += values[2] if event == "Escrowed" else 0
            held[values[0]] -= values[2] if event == "EscrowReleased" else 0
        assert not [number for number in ended if held[number]]
        assert min(held.values()) >= 0


def test_act__hours_of_a_doctor__are_never_taken_twice() -> None:
    taken: Counter[tuple[int, int]] = Counter()
    for _, logs in told():
        for _, event, values in logs:
            if event in ("Reserved", "Released"):
                start, slots, doctors = values
                hours = [(doctor, slot) for doctor in doctors for slot in range(start, start + slots)]
                assert {taken[hour] for hour in hours} == {event == "Released"}
                taken.update(dict.fromkeys(hours, 1 if event == "Reserved" else -1))


def test_act__mix__is_about_that_of_a_simulation() -> None:
    """In percent of all events, of a world large enough that founding it is felt as there."""
    counts = Counter(event for _, logs in told(acts=10_000) for _, event, _ in logs)
    expected = {"ConsentGranted": 11.7, "Booked": 10.4, "EscrowReleased": 9.8, "KeyGranted": 7.6}
    expected |= {"Delivered": 7.2, "Settled": 6.3, "FileCommitted": 3.8, "AttendanceRecorded": 3.3}
    expected |= {"Released": 2.8, "Cancelled": 1.7, "DisputeResolved": 1.3, "Disputed": 1.2, "Amended": 1.1}
    for event, percent in expected.items():
        assert 100 * counts[event] / counts.total() == pytest.approx(percent, rel=0.25), event


def test_act__for_long__keeps_the_state_small() -> None:
    """Ended things are forgotten; what is left belongs to parties."""
    sizes = [len(world.frozen()) for world, _ in islice(told(acts=12_001), 4_000, None, 4_000)]
    assert max(sizes) < 1.5 * sizes[0]
    world, _ = next(told(acts=1))
    for _ in range(3_000):
        world.act()
        assert len(world.open) <= OPEN_FOR_EACH_DOCTOR * world.doctors


def test_thawed__same_salts__have_the_same_future() -> None:
    *_, (world, _) = told(acts=500)
    copies = [ImaginedWorld.thawed(world.frozen()) for _ in range(3)]
    one, same, other = (
        [copy.act(salt) for _ in range(200)] for copy, salt in zip(copies, (0, 0, 1), strict=True)
    )
    assert one == same != other
    assert [world.act() for _ in range(200)] == one


def test_course__every_step__is_known() -> None:
    dice = random.Random(1)
    steps = {step for _ in range(5_000) for step in course(dice)}
    assert steps == set(STEPS) - {"release_uncontested"}

"""What is to become of a case, drawn when its patient consents. Shares are those of a real simulation."""

from __future__ import annotations

import random


def course(dice: random.Random) -> list[str]:
    """Steps in order; a step that does not fit when its turn comes is left out."""
    steps = ["commit_file"] if dice.random() < 0.25 else []
    if dice.random() < 0.10:
        return [*steps, "withdraw"] if dice.random() < 0.1 else steps
    steps.append("book")
    if dice.random() < 0.28:
        steps += _keys(dice)
    if dice.random() < 0.14:
        steps.append(dice.choice(("reschedule", "substitute")))
    return steps + _end(dice)


def _keys(dice: random.Random) -> list[str]:
    chance = dice.random()
    if chance < 0.06:
        return ["grant_keys", "renew_key"]
    return ["grant_keys", "end_key"] if chance < 0.12 else ["grant_keys"]


def _end(dice: random.Random) -> list[str]:
    chance = dice.random()
    if chance < 0.03:
        return ["expire"]
    if chance < 0.17:
        return ["cancel"]
    if chance < 0.19:
        return ["withdraw", "cancel_withdrawn"]
    if chance < 0.22:
        return ["attend_without_required"]
    return _session(dice) + _payment(dice)


def _session(dice: random.Random) -> list[str]:
    chance = dice.random()
    if chance < 0.05:
        return ["mark_hospital"]
    steps = ["deliver"]
    if chance < 0.11:
        steps = ["mark_seats", "deliver"]
    elif chance < 0.51:
        steps = ["attend", "deliver"]
    return [*steps, "commit_file"] if dice.random() < 0.15 else steps


def _payment(dice: random.Random) -> list[str]:
    chance = dice.random()
    if chance > 0.17:
        return ["accept"] if chance < 0.85 else ["accept_by_time"]
    steps = ["dispute_left_out"] if chance < 0.04 else []
    return [*steps, "dispute", dice.choice(("agree", "rule", "rule", "default"))]

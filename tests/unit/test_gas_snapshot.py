"""bench/gas.py --check: which figures count as risen."""

from bench._gas_snapshot import read_snapshot, risen


def test_risen__within_one_per_cent__is_not() -> None:
    assert risen({"deliver": 50_500, "cancel": 90_000}, {"deliver": 50_000, "cancel": 98_000}) == []


def test_risen__beyond_one_per_cent__names_figure_and_both_values() -> None:
    (sentence,) = risen({"deliver": 50_501}, {"deliver": 50_000})
    assert sentence == "deliver rose from 50,000 to 50,501 (+1.0%, allowed 1%)"


def test_risen__what_only_one_of_both_has__is_named() -> None:
    assert risen({"new": 1}, {"gone": 1}) == [
        "new is not in gas_snapshot.json; run bench/gas.py --write",
        "gone was not measured",
    ]


def test_read_snapshot__of_the_repository__has_every_step() -> None:
    assert {"book_5_first", "deliver", "cancel", "payout_repeat", "dispute"} <= read_snapshot().keys()

"""Which topics pages hear of, from one look at the stores to the next."""

from __future__ import annotations

from huizhen.domain.chain_ids import Hash32
from huizhen.services.changes import EVERYTHING, HEAD, Moving, Picture, Told, changed

A, B = Hash32("0x" + "aa" * 32), Hash32("0x" + "bb" * 32)
BOOKED = Told(A, frozenset(["consultation:7", "party:3", f"tx:{A}"]))
SENT = Moving(("submitted", A, 2), frozenset(["statement:4", "draft:5"]))


def picture(
    block: int, final: int, *events: tuple[int, Told], hash_: Hash32 = A, sent: Moving | None = None
) -> Picture:
    told = {(number, place): each for place, (number, each) in enumerate(events)}
    return Picture(block, hash_, final, told, {("statement", 4): sent} if sent else {})


def test_changed__same_look__is_nothing() -> None:
    assert changed(picture(9, 7, (9, BOOKED)), picture(9, 7, (9, BOOKED))) == set()


def test_changed__new_event__is_heard_by_whom_it_concerns() -> None:
    assert changed(picture(8, 6), picture(9, 7, (9, BOOKED))) == {HEAD} | BOOKED.topics


def test_changed__event_becomes_final__is_heard_once_more() -> None:
    confirming, final = picture(10, 8, (9, BOOKED)), picture(11, 9, (9, BOOKED))
    assert changed(confirming, final) == {HEAD} | BOOKED.topics
    assert changed(final, picture(12, 10)) == {HEAD}
    assert changed(final, picture(12, 10, (9, BOOKED))) == {HEAD}


def test_changed__event_gone_in_a_reorganisation__is_heard() -> None:
    assert changed(picture(9, 7, (9, BOOKED)), picture(9, 7, hash_=B)) == {HEAD} | BOOKED.topics


def test_changed__event_in_another_transaction__is_heard_by_both() -> None:
    other = Told(B, frozenset(["consultation:8"]))
    heard = changed(picture(9, 7, (9, BOOKED)), picture(9, 7, (9, other), hash_=B))
    assert heard == {HEAD} | BOOKED.topics | other.topics


def test_changed__statement_signed_or_gone__is_heard() -> None:
    signed = Moving(("submitted", A, 3), SENT.topics)
    assert changed(picture(9, 7, sent=SENT), picture(9, 7, sent=signed)) == SENT.topics
    assert changed(picture(9, 7, sent=SENT), picture(9, 7)) == SENT.topics
    assert changed(picture(9, 7), picture(9, 7, sent=SENT)) == SENT.topics


def test_changed__index_built_anew_or_far_behind__is_everything() -> None:
    assert changed(picture(9, 7), Picture()) == EVERYTHING
    assert changed(picture(9, 7), picture(5, 3)) == EVERYTHING
    assert changed(picture(9, 7), Picture(5_000, A, 4_998, overflow=True)) == EVERYTHING


def test_changed__too_much_to_compare_and_no_new_block__is_what_moves_alone() -> None:
    """On a chain that takes long to be final that is how it always is."""
    before, after = (
        Picture(5_000, A, 4_900, moving={("statement", 4): Moving((state,), SENT.topics)}, overflow=True)
        for state in ("signed", "submitted")
    )
    assert changed(before, before) == set()
    assert changed(before, after) == SENT.topics


def test_mark__says_whether_two_looks_saw_the_same() -> None:
    assert picture(9, 7, sent=SENT).mark == picture(9, 7, sent=SENT).mark
    marks = {
        picture(9, 7).mark,
        picture(9, 8).mark,
        picture(9, 7, hash_=B).mark,
        picture(9, 7, sent=SENT).mark,
    }
    assert len(marks) == 4

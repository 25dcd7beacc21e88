from __future__ import annotations

import inspect
from collections.abc import Callable
from dataclasses import replace

import pytest

from huizhen.domain import acts
from huizhen.domain.ids import PartyId
from huizhen.domain.money import Fen
from huizhen.domain.sentence import Sentence
from huizhen.domain.slots import Slot, china_time
from huizhen.domain.statement import Statement
from huizhen.domain.terms import encode_terms
from huizhen.services import statement_words as words
from huizhen.services.statement_rows import deadline_of
from tests.support.practice import booking_terms

ACTS = [
    act
    for _, act in inspect.getmembers(acts, inspect.isfunction)
    if inspect.signature(act).return_annotation == "Statement"
]
SAMPLES: dict[str, object] = {
    "int": 7,
    "PartyId": PartyId(7),
    "Fen": Fen(7),
    "bool": True,
    "bytes": bytes(32),
    "str": "0x07",
    "Sequence[bytes]": (bytes(20),),
    "Sequence[PartyId]": (PartyId(3), PartyId(7)),
    "Sequence[PayoutLine]": (acts.PayoutLine(PartyId(7), Fen(500), Fen(20), bytes(32)),),
}


def sample(act: Callable[..., Statement]) -> Statement:
    given: dict[str, object] = {
        name: SAMPLES[parameter.annotation] for name, parameter in inspect.signature(act).parameters.items()
    }
    if "terms" in given:
        given["terms"] = encode_terms(booking_terms(Slot(2_000_000)))
    if "to" in given:
        given["to"] = encode_terms(booking_terms(Slot(2_000_100)))
    if "kind" in given:
        given["kind"] = 1
    return act(**given)


@pytest.mark.parametrize("act", ACTS, ids=lambda act: act.__name__)
def test_words__every_act__can_be_read_in_both_languages(act: Callable[..., Statement]) -> None:
    statement = sample(act)
    names = {PartyId(7): Sentence("李文静", "Li Wenjing")}
    said = words.says(statement.function, statement.values, names)
    shown = words.fields(statement.values, names)
    assert said.zh.endswith("。")
    assert said.en.endswith(".")
    assert words.title(statement.function).en
    assert all(label.zh and label.en and value.zh and value.en for label, value in shown)


@pytest.mark.parametrize("act", ACTS, ids=lambda act: act.__name__)
def test_words__every_field_of_the_digest__stands_on_the_page(act: Callable[..., Statement]) -> None:
    """Nothing is signed that the reader was not shown; the deadline stands beside the fields."""
    statement = sample(act)
    shown = words.fields(statement.values, {})
    assert len(shown) >= len([name for name in statement.values if name != "deadline"])


def test_parties__of_terms__are_all_named() -> None:
    asked = words.parties({"terms": encode_terms(booking_terms(Slot(2_000_000)))})
    assert asked == {PartyId(number) for number in (1, 2, 3, 4, 10, 11, 20)}


def test_parties__of_terms_that_replace_others__are_of_both() -> None:
    terms = booking_terms(Slot(2_000_000))
    joining = replace(terms.seats[1], doctor=PartyId(77), institution=PartyId(78))
    to = replace(terms, seats=(terms.seats[0], joining))
    asked = words.parties({"terms": encode_terms(terms), "to": encode_terms(to)})
    assert asked == {PartyId(number) for number in (1, 2, 3, 4, 10, 11, 20, 77, 78)}


def test_fields__of_a_reschedule__say_both_starts_and_the_new_terms_in_full() -> None:
    terms, to = booking_terms(Slot(2_000_000)), booking_terms(Slot(2_000_100))
    statement = acts.reschedule(encode_terms(terms), encode_terms(to), (PartyId(7),))
    shown = words.fields(statement.values, {})
    (replaced, *others) = shown
    assert replaced[1].en == f"{china_time(terms.starts_at):%Y-%m-%d %H:%M}"
    assert others == list(words.fields({"terms": encode_terms(to)}, {}))


@pytest.mark.parametrize("act", [acts.reschedule, acts.substitute])
def test_deadline__of_terms_that_replace_others__is_when_they_have_to_be_signed(
    act: Callable[[bytes, bytes, tuple[PartyId, ...]], Statement],
) -> None:
    terms = booking_terms(Slot(2_000_000))
    to = replace(terms, sign_by=terms.sign_by + 999)
    assert deadline_of(act(encode_terms(terms), encode_terms(to), ())) == to.sign_by

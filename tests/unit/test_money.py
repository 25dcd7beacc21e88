from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from huizhen.domain.money import Fen, format_yuan, parse_yuan, plain_yuan
from huizhen.errors import AmountUnreadable


@pytest.mark.parametrize(
    ("text", "fen"),
    [
        ("1,234.50", 123_450),
        ("¥1,234.5", 123_450),
        ("￥１２３４．５０", 123_450),
        ("-12元", -1_200),
        ("-¥0.01", -1),
        ("¥-0.01", -1),
        (" 0 ", 0),
        ("79228162514264337593543950335.99", 7_922_816_251_426_433_759_354_395_033_599),
    ],
)
def test_parse_yuan__is_exact(text: str, fen: int) -> None:
    assert parse_yuan(text) == fen


@pytest.mark.parametrize(
    "text", ["", "-", "1.234", "1,23", "12,34.5", "1e3", "1.2.3", "--1", "-¥-1", "NaN", "壹"]
)
def test_parse_yuan__refuses_what_is_not_an_amount(text: str) -> None:
    with pytest.raises(AmountUnreadable) as refused:
        parse_yuan(text)
    assert "1234.50" in refused.value.sentence.zh
    assert "1234.50" in refused.value.sentence.en


def test_format_yuan__groups_thousands() -> None:
    assert format_yuan(Fen(123_400)) == "¥1,234.00"
    assert format_yuan(Fen(-5)) == "-¥0.05"
    assert plain_yuan(Fen(123_400)) == "1234.00"
    assert plain_yuan(Fen(-123_456)) == "-1234.56"


@given(st.integers(-(2**96), 2**96))
def test_format_and_parse__round_trip(fen: int) -> None:
    assert parse_yuan(format_yuan(Fen(fen))) == fen
    assert parse_yuan(plain_yuan(Fen(fen))) == fen

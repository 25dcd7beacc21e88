from __future__ import annotations

import pytest

from huizhen.domain.money import Fen
from huizhen.domain.shares import EXAMPLE_FEE, shares_of
from huizhen.errors import SharesDoNotSum


def test_shares_of__a_thousand_yuan__in_plain_numbers() -> None:
    shares = shares_of(EXAMPLE_FEE, 500, 2000, 1000)
    assert (shares.doctor, shares.institution, shares.fund, shares.platform) == (66_500, 19_000, 9_500, 5_000)


@pytest.mark.parametrize(("institution", "fund"), [(0, 0), (10_000, 0), (3333, 3333), (1, 9_999)])
@pytest.mark.parametrize("fee", [1, 3, 99_999, 100_000])
def test_shares_of__any_rule__sum_to_the_fee(fee: int, institution: int, fund: int) -> None:
    shares = shares_of(Fen(fee), 500, institution, fund)
    assert shares.doctor + shares.institution + shares.fund + shares.platform == fee


def test_shares_of__more_than_all__is_refused() -> None:
    with pytest.raises(SharesDoNotSum):
        shares_of(EXAMPLE_FEE, 500, 9_000, 2_000)

"""Who may press what in finance, at the bank and at the authority: strangers, other roles, GET."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.support.money_site import MoneySite

FINANCE, BANK, AUTHORITY = {"preparer", "approver"}, {"bank"}, {"authority"}
POSTS = {
    "/finance/payouts": {"preparer"},
    "/finance/payouts/1/approve": {"approver"},
    "/finance/bank-files": FINANCE,
    "/finance/matching/run": FINANCE,
    "/finance/matching/1/accept": FINANCE,
    "/finance/matching/1/dismiss": FINANCE,
    "/finance/matching/1/undo": FINANCE,
    "/finance/matching/link": FINANCE,
    "/bank/deposits": BANK,
    "/bank/batches/1/confirm": BANK,
    "/bank/batches/1/return": BANK,
    "/bank/batches/1/simulate": BANK,
    "/authority/parties/9/accredit": AUTHORITY,
    "/authority/parties/9/suspend": AUTHORITY,
    "/authority/parties/9/reinstate": AUTHORITY,
}
PAGES = {
    "/finance": FINANCE,
    "/finance/payouts": FINANCE,
    "/finance/payouts/new": {"preparer"},
    "/finance/bank-files": FINANCE,
    "/finance/matching": FINANCE,
    "/finance/matching/history": FINANCE,
    "/bank": BANK,
    "/authority": AUTHORITY,
    "/authority/parties": AUTHORITY,
    "/authority/parties/9": AUTHORITY,
    "/audit/statements": {"auditor"},
    "/audit/ledger": {"auditor", "preparer", "approver"},
}
PUBLIC = ("/audit", "/audit/licence", "/audit/groups", "/chain/blocks", "/chain/blocks/20", "/parties/9")
EVERYBODY = ("preparer", "approver", "bank", "authority", "auditor", "doctor")


@pytest.fixture(scope="module")
def money(tmp_path_factory: pytest.TempPathFactory) -> MoneySite:
    """Nothing in this module gets through to change it."""
    return MoneySite.on(tmp_path_factory.mktemp("money"))


@pytest.mark.parametrize("address", POSTS)
def test_post__stranger__is_asked_to_sign_in(money: MoneySite, address: str) -> None:
    answer = money.browser().post(address)
    assert (answer.status_code, answer.location.split("?")[0]) == (302, "/sign-in")


@pytest.mark.parametrize(
    ("address", "name"), [(a, name) for a, may in POSTS.items() for name in EVERYBODY if name not in may]
)
def test_post__wrong_role__is_refused(money: MoneySite, address: str, name: str) -> None:
    assert money.browser(name).post(address).status_code == 403


@pytest.mark.parametrize("address", [a for a in POSTS if a not in PAGES])
def test_post_only__get__changes_nothing(money: MoneySite, address: str) -> None:
    name = next(iter(POSTS[address]))
    assert money.browser(name).get(address).status_code == 405


@pytest.mark.parametrize("locale", ["zh", "en"])
@pytest.mark.parametrize("address", PAGES)
def test_page__of_each_role__is_shown_to_that_role_alone(money: MoneySite, address: str, locale: str) -> None:
    for name in EVERYBODY:
        expected = 200 if name in PAGES[address] else 403
        assert money.browser(name, locale).get(address).status_code == expected, name
    assert money.browser(None, locale).get(address).status_code == 302


@pytest.mark.parametrize("locale", ["zh", "en"])
@pytest.mark.parametrize("address", PUBLIC)
def test_public_page__stranger__may_read(money: MoneySite, address: str, locale: str) -> None:
    assert money.browser(None, locale).get(address).status_code == 200


@pytest.mark.parametrize(
    ("name", "address"),
    [
        ("preparer", "/finance/payouts/99"),
        ("preparer", "/finance/payouts/99/instruction.csv"),
        ("preparer", "/finance/bank-files/99"),
        ("bank", "/bank/batches/99"),
        ("authority", "/authority/parties/99"),
        ("auditor", "/parties/99"),
        ("auditor", "/chain/blocks/999999"),
        ("auditor", "/chain/tx/0x" + "ab" * 32),
        ("auditor", "/chain/tx/nonsense"),
        ("auditor", "/chain/consultations/99"),
        ("auditor", "/chain/batches/99"),
    ],
)
def test_page__of_what_is_not_there__is_404(money: MoneySite, name: str, address: str) -> None:
    assert money.browser(name).get(address).status_code == 404


def test_simulation__outside_the_demo__does_not_exist(tmp_path: Path) -> None:
    money = MoneySite.on(tmp_path, demo=False)
    assert money.browser("bank").post("/bank/batches/1/simulate").status_code == 404
    assert money.browser("bank").get("/bank/statement.csv").status_code == 404
    assert "simulat" not in money.browser("bank").get("/bank").text.lower()

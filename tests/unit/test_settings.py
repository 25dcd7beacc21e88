"""Settings: defaults that run by themselves, and refusals that name the variable."""

from __future__ import annotations

import stat
from pathlib import Path

import pytest

from huizhen.errors import ConfigurationError
from huizhen.settings import load


@pytest.fixture(autouse=True)
def _elsewhere(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.chdir(tmp_path)


def test_load__bare_environment__runs_by_itself_below_var(tmp_path: Path) -> None:
    settings = load()
    assert settings.embedded_chain
    assert settings.state_dir == tmp_path / "var"
    assert settings.index_url == f"sqlite:///{tmp_path}/var/index.sqlite"
    assert settings.office_url == f"sqlite:///{tmp_path}/var/office.sqlite"
    assert settings.deployments == tmp_path / "var" / "deployments"


def test_load__environment_and_override__the_override_wins(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HUIZHEN_PORT", "9000")
    monkeypatch.setenv("HUIZHEN_INDEX_URL", "postgresql+psycopg:///huizhen")
    monkeypatch.setenv("HUIZHEN_RPC_URL", "")
    assert load().port == 9000
    assert load(port=9001).port == 9001
    assert load().index_url == "postgresql+psycopg:///huizhen"
    assert load().embedded_chain


def test_load__unreadable_value__names_the_variable(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HUIZHEN_PORT", "eighty")
    with pytest.raises(ConfigurationError, match="HUIZHEN_PORT"):
        load()


def test_finality__by_default__is_the_nodes_word_but_on_a_chain_of_our_own() -> None:
    far = {"rpc_url": "http://node.example:8545", "chain_id": 2026}
    assert load().finality == 2
    assert load(**far).finality is None
    assert (load(**far, confirmations=0).finality, load(confirmations=5).finality) == (0, 5)


def test_load__window_below_confirmations__says_which_to_raise() -> None:
    with pytest.raises(
        ConfigurationError, match=r"HUIZHEN_REORG_WINDOW \(64\) to at least HUIZHEN_CONFIRMATIONS"
    ):
        load(confirmations=65)
    assert load(confirmations=65, reorg_window=65).reorg_window == 65


@pytest.mark.parametrize(
    ("given", "missing"),
    [
        ({"rail": "erc20"}, "set HUIZHEN_RAIL_TOKEN and HUIZHEN_RAIL_FEN_UNIT"),
        ({"rail": "erc20", "rail_token": "0x" + "ab" * 20}, "HUIZHEN_RAIL_FEN_UNIT"),
        ({"rail_token": "0x" + "ab" * 20, "rail_fen_unit": 1}, "set HUIZHEN_RAIL=erc20"),
        ({"rail": "erc20", "rail_token": "somewhere", "rail_fen_unit": 1}, "HUIZHEN_RAIL_TOKEN"),
        ({"rail": "erc20", "rail_token": "0x" + "ab" * 20, "rail_fen_unit": 0}, "HUIZHEN_RAIL_FEN_UNIT"),
    ],
)
def test_load__a_rail_without_its_token_or_the_reverse__says_what_to_set(
    given: dict[str, object], missing: str
) -> None:
    with pytest.raises(ConfigurationError, match=missing):
        load(**given)


def test_load__a_rail_with_its_token__is_accepted() -> None:
    settings = load(rail="erc20", rail_token="0x" + "ab" * 20, rail_fen_unit=10_000)
    assert (settings.rail, settings.rail_fen_unit) == ("erc20", 10_000)
    assert load().rail == "bank"


@pytest.mark.parametrize("elsewhere", [{"rpc_url": "https://node.example"}, {"chain_id": 1}])
def test_load__demo_on_another_chain__refuses(elsewhere: dict[str, object]) -> None:
    with pytest.raises(ConfigurationError, match="HUIZHEN_DEMO"):
        load(demo=True, **elsewhere)


def test_load__deployed_on_a_shared_chain__addresses_belong_to_the_code() -> None:
    assert load(rpc_url="https://node.example", chain_id=1).deployments.parts[-2:] == ("chain", "deployments")


def test_session_key__demo__is_kept_and_private() -> None:
    settings = load(demo=True)
    assert settings.session_key() == load(demo=True).session_key()
    assert stat.S_IMODE((settings.state_dir / "session.key").stat().st_mode) == 0o600
    assert not settings.cookies_over_https


def test_session_key__not_set_outside_the_demo__says_what_to_set() -> None:
    with pytest.raises(ConfigurationError, match="HUIZHEN_SECRET_KEY"):
        load().session_key()
    assert load(secret_key="s" * 32).session_key() == "s" * 32
    assert load().cookies_over_https

"""The console command: what it teaches, and how it refuses."""

from __future__ import annotations

import pytest

from huizhen.cli import main
from huizhen.cli.commands import huizhen
from huizhen.errors import ConfigurationError

FIXED = ["up", "compile", "deploy", "index", "relay", "web", "verify", "simulate", "show", "check", "finance"]


@pytest.fixture(autouse=True)
def _no_locale(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("LC_ALL", "LC_MESSAGES", "LANG"):
        monkeypatch.delenv(name, raising=False)


def run(*arguments: str) -> int:
    with pytest.raises(SystemExit) as ended:
        main(arguments)
    return int(ended.value.code or 0)


def test_help__the_group__lists_every_fixed_command(capsys: pytest.CaptureFixture[str]) -> None:
    assert run("--help") == 0
    shown = capsys.readouterr().out
    assert all(f"\n  {name} " in shown for name in FIXED)
    assert "worker" not in shown


@pytest.mark.parametrize(
    "command",
    [(name,) for name in FIXED if name != "finance"] + [("finance", "import"), ("finance", "match")],
)
def test_help__each_command__teaches_by_an_example(
    command: tuple[str, ...], capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(*command, "--help") == 0
    shown = capsys.readouterr().out
    assert f"huizhen {' '.join(command)}" in shown.split("示例：")[1]


def test_commands__declared__all_have_help() -> None:
    assert all(command.help for command in huizhen.commands.values())


@pytest.mark.parametrize("wrong", [["nonsense"], ["up", "--port", "0"], ["up", "--port", "70000"], ["show"]])
def test_main__wrong_command_line__exits_2(wrong: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert run(*wrong) == 2
    assert "Traceback" not in capsys.readouterr().err


@pytest.mark.parametrize(
    ("locale", "said"), [("", "设置有误"), ("zh_CN.UTF-8", "设置有误"), ("en_US.UTF-8", "A setting is wrong")]
)
def test_main__refusal__one_sentence_in_the_locales_language(
    locale: str, said: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("LANG", locale)
    monkeypatch.setenv("HUIZHEN_CHAIN_ID", "none")
    assert run("check") == 1
    heard = capsys.readouterr()
    assert heard.out == ""
    assert heard.err.startswith(said)
    assert "HUIZHEN_CHAIN_ID" in heard.err
    assert "Traceback" not in heard.err


def test_main__lc_all__outweighs_lang(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("LANG", "zh_CN.UTF-8")
    monkeypatch.setenv("LC_ALL", "en_GB.UTF-8")
    monkeypatch.setenv("HUIZHEN_PORT", "none")
    assert run("check") == 1
    assert capsys.readouterr().err.startswith("A setting is wrong")


@pytest.mark.parametrize("raised", [KeyboardInterrupt(), ConfigurationError("不行。", "No.")])
def test_main__interrupted_or_refused__no_traceback(
    raised: BaseException, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def end(**_: object) -> None:
        raise raised

    monkeypatch.setattr("huizhen.cli.commands.load", end)
    assert run("check") == (130 if isinstance(raised, KeyboardInterrupt) else 1)
    heard = capsys.readouterr()
    assert heard.out == ""
    assert heard.err.strip() in ("", "不行。")


def test_up__demo_elsewhere__refuses(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("HUIZHEN_RPC_URL", "https://node.example")
    assert run("up", "--demo") == 1
    assert "HUIZHEN_DEMO" in capsys.readouterr().err

"""forge fuzzes what ships: foundry.toml and ape-config.yaml compile alike."""

from __future__ import annotations

import json
import re
import tomllib
from pathlib import Path

import yaml

CHECKOUT = Path(__file__).resolve().parents[2]
SHIPPED = yaml.safe_load((CHECKOUT / "ape-config.yaml").read_text(encoding="utf-8"))
FUZZED = tomllib.loads((CHECKOUT / "foundry.toml").read_text(encoding="utf-8"))["profile"]["default"]
PINNED = json.loads((CHECKOUT / "package.json").read_text(encoding="utf-8"))["dependencies"]


def test_settings__forge_and_ape__are_the_same() -> None:
    solidity = SHIPPED["solidity"]
    assert FUZZED["evm_version"] == solidity["evm_version"]
    assert FUZZED["optimizer"] == solidity["optimize"]
    assert FUZZED["optimizer_runs"] == solidity["optimization_runs"]
    assert FUZZED["via_ir"] is solidity["via_ir"] is False


def test_versions__package_json_and_ape__are_the_same() -> None:
    assert SHIPPED["solidity"]["version"] == PINNED["solc"]
    assert SHIPPED["dependencies"][0]["version"] == PINNED["@openzeppelin/contracts"]
    assert f"'{PINNED['solc']}'" in (CHECKOUT / "tools" / "solc").read_text(encoding="utf-8")


def test_package_lock__every_platform__is_there() -> None:
    """npm drops builds that the registry at hand does not carry; `make lock` puts them back."""
    lock = json.loads((CHECKOUT / "package-lock.json").read_text(encoding="utf-8"))["packages"]
    assert all(f"node_modules/{name}" in lock for name in lock[""]["optionalDependencies"])


def test_pragma__every_source__is_pinned() -> None:
    sources = [f for f in (CHECKOUT / "contracts").rglob("*.sol") if ".cache" not in f.parts]
    for source in [*sources, *(CHECKOUT / "tests" / "contracts" / "forge").rglob("*.sol")]:
        pragma = re.findall(r"^pragma solidity (.*);$", source.read_text(encoding="utf-8"), re.MULTILINE)
        assert pragma == [PINNED["solc"]], source


def test_lock_files__all__name_no_registry() -> None:
    locks = ["requirements.lock", "requirements-dev.lock", "package-lock.json"]
    for text in ((CHECKOUT / lock).read_text(encoding="utf-8") for lock in locks):
        assert not re.search(r"resolved|--index-url|--find-links|file:|(registry|files)\.", text)

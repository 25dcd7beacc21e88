"""The import table of HOUSE.md and CONTRIBUTING.md, held against every module of the two packages."""

from __future__ import annotations

import ast
import re
import sys
from collections.abc import Iterator
from functools import cache
from pathlib import Path

CHECKOUT = Path(__file__).resolve().parents[2]
PACKAGES = {"huizhen": CHECKOUT / "backend", "huizhen_web": CHECKOUT / "webapp"}

PAGES = {
    "flask",
    "flask_babel",
    "flask_limiter",
    "flask_wtf",
    "wtforms",
    "jinja2",
    "markupsafe",
    "werkzeug",
    "babel",
}
NODE = {
    "web3",
    "eth_account",
    "eth_abi",
    "eth_hash",
    "eth_keys",
    "eth_typing",
    "eth_utils",
    "hexbytes",
    "coincurve",
    "rlp",
}
WIRE = {"orjson", "urllib3", "websockets"}
CORE = {"huizhen.domain", "huizhen.errors"}

# What a room may import: rooms of ours, and libraries. A room always imports itself and the standard library.
# `reference` holds facts from public sources, as data: it is read like part of the domain.
ROOMS: dict[str, set[str]] = {
    "huizhen.domain": {"huizhen.errors", "rapidfuzz"},
    "huizhen.errors": {"huizhen.domain"},
    "huizhen.reference": CORE,
    "huizhen.settings": {"huizhen.errors", "pydantic", "pydantic_settings"},
    "huizhen.db": CORE | {"sqlalchemy", "psycopg"},
    "huizhen.chain": CORE | NODE | WIRE | {"solcx", "yaml", "cryptography"},
    "huizhen.services": CORE | {"huizhen.reference", "huizhen.db"},
    "huizhen.indexer": CORE | {"huizhen.services", "huizhen.chain", "huizhen.db", "orjson"},
    "huizhen.simulation": CORE
    | {f"huizhen.{room}" for room in ("reference", "services", "chain", "db", "finance")},
    "huizhen.finance": CORE | {"openpyxl", "xlsxwriter"},
    "huizhen.adapters": CORE | {"segno", "cryptography"},
    "huizhen.api": CORE | PAGES | {"huizhen.services", "huizhen.reference"},
    "huizhen_web": CORE | PAGES | {"huizhen.services", "huizhen.reference", "segno", "prometheus_client"},
}

# Modules above 300 lines, each with its reason.
LONG = {
    "huizhen.domain.acts": "one function for each signed function of the contracts, read side by side",
    "huizhen.domain.chain_events": "one class for each event of the contracts, read side by side",
    "huizhen.domain.refusal_sentences": "one sentence for each error of the contracts: a table, not a program",
    "huizhen.services.statement_words": "two sentences for each signed function: a table, not a program",
}

# The only places that put the parts together.
COMPOSITION_ROOTS = {"huizhen.bootstrap", "huizhen.cli", "huizhen_web.app"}


def within(module: str, names: set[str]) -> bool:
    """Whether `module` is one of `names` or lies below one of them."""
    return any(module == name or module.startswith(f"{name}.") for name in names)


def modules() -> Iterator[tuple[str, Path]]:
    for package, root in PACKAGES.items():
        for file in sorted((root / package).rglob("*.py")):
            parts = file.relative_to(root).with_suffix("").parts
            yield ".".join(parts[:-1] if parts[-1] == "__init__" else parts), file


@cache
def tree_of(file: Path) -> ast.Module:
    return ast.parse(file.read_text(encoding="utf-8"))


def imports_of(file: Path) -> Iterator[str]:
    """Dotted names of all that `file` imports, wherever in it the import stands.

    Of `from a import b` both a and a.b count as read where a is ours: b may be a module.
    """
    for node in ast.walk(tree_of(file)):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.module and not node.level, f"{file}: imports are absolute"  # noqa: PT018 (one fact)
            ours = node.module.split(".")[0] in PACKAGES
            yield from (f"{node.module}.{alias.name}" if ours else node.module for alias in node.names)


MODULES = dict(modules())


def room_of(module: str) -> str | None:
    return next((room for room in ROOMS if within(module, {room})), None)


def test_modules__each__lies_in_a_room_or_puts_parts_together() -> None:
    homeless = [
        module
        for module in MODULES
        if room_of(module) is None and not within(module, COMPOSITION_ROOTS) and module != "huizhen"
    ]
    assert not homeless, f"in no room of the import table (move them, or add their room): {homeless}"


def test_imports__every_module__keeps_to_the_table() -> None:
    strays = [
        f"{module} imports {imported}"
        for module, file in MODULES.items()
        if (room := room_of(module)) is not None and not within(module, COMPOSITION_ROOTS)
        for imported in imports_of(file)
        if imported.split(".")[0] not in sys.stdlib_module_names
        and not within(imported, ROOMS[room] | {room})
    ]
    assert not strays


def test_imports__the_backend__never_the_pages() -> None:
    strays = [
        f"{module} imports {imported}"
        for module, file in MODULES.items()
        if within(module, {"huizhen"})
        for imported in imports_of(file)
        if within(imported, {"huizhen_web"})
    ]
    assert not strays


def test_imports__migrations__db_and_settings_alone() -> None:
    for file in sorted((CHECKOUT / "migrations").rglob("*.py")):
        ours = [name for name in imports_of(file) if within(name, set(PACKAGES))]
        assert all(within(name, {"huizhen.db", "huizhen.settings"}) for name in ours), (
            f"{file} imports {ours}"
        )


def test_environment__read__in_settings_alone() -> None:
    readers = [
        module
        for module, file in MODULES.items()
        for node in ast.walk(tree_of(file))
        if isinstance(node, ast.Attribute) and node.attr in {"environ", "getenv", "putenv"}
        if ast.unparse(node) != "request.environ"  # what the web server says of a request
    ]
    assert set(readers) <= {"huizhen.settings"}, f"these ask the environment, not settings: {readers}"


def test_size__every_module__at_most_300_lines_or_a_reason() -> None:
    lines = {module: len(file.read_text(encoding="utf-8").splitlines()) for module, file in MODULES.items()}
    long = {module: count for module, count in lines.items() if count > 300 and module not in LONG}
    assert not long, f"split these by concept: {long}"


def test_contracts__each_other__through_interfaces() -> None:
    """A contract imports interfaces, types and libraries of ours; another contract only to make it, so that
    nobody else can stand in its place.
    """
    for source in sorted((CHECKOUT / "contracts").glob("*.sol")):
        text = source.read_text(encoding="utf-8")
        ours = re.findall(r'^(?:import|}).*"(\./[^"]+)";$', text, re.MULTILINE)
        made = {f"./{name}.sol" for name in re.findall(r"\bnew (\w+)[({]", text)}
        shared = ("./interfaces/", "./types/", "./libraries/")
        assert all(path.startswith(shared) or path in made for path in ours), f"{source.name} imports {ours}"

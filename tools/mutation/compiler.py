"""Compiles mutants: a compiler that stays loaded, asked only for the contracts that a change can reach."""

from __future__ import annotations

import shutil
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import orjson

from huizhen.chain.compiler import OUTPUTS, artefacts_of, standard_request
from huizhen.errors import CompileError
from tools.mutation.child import Child
from tools.mutation.mutants import Mutant
from tools.mutation.source import Source

BASELINE = "build/contracts"
# What the optimizer takes its time for is left out; the code does the same for more gas.
DRAFT = {
    "enabled": False,
    "details": {
        **dict.fromkeys(("peephole", "jumpdestRemover", "deduplicate", "inliner", "orderLiterals"), True),
        **dict.fromkeys(("cse", "constantOptimizer", "yul"), False),
    },
}


def compiler(checkout: Path) -> Child:
    """Answers one standard JSON request after another."""
    return Child([str(checkout / "tools" / "solc"), "--json-lines", "--base-path", str(checkout)], checkout)


@dataclass(frozen=True, slots=True)
class Build:
    """One way to compile, and what comes of the contracts as they are."""

    folder: Path
    settings: dict[str, Any]

    def with_changes(self, folder: Path, changed: Mapping[str, dict[str, Any]]) -> None:
        """All artefacts in a folder of their own, the changed ones in place of the baseline's."""
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir(parents=True)
        for file in self.folder.glob("*.json"):
            (folder / file.name).symlink_to(file.resolve())
        for name, artefact in changed.items():
            (folder / f"{name}.json").unlink(missing_ok=True)
            (folder / f"{name}.json").write_bytes(orjson.dumps(artefact))

    def differs(self, name: str, artefact: Mapping[str, Any]) -> bool:
        was = orjson.loads((self.folder / f"{name}.json").read_bytes())
        return bool(artefact["bytecode"] != was["bytecode"])


@dataclass(frozen=True, slots=True)
class Project:
    """`sources` are all of ours by path; `reached` names for each file the files that import it, itself included.

    `shipped` is the build that ships, `draft` one that the compiler makes in a third of the time.
    """

    checkout: Path
    sources: dict[str, Source]
    reached: dict[str, frozenset[str]]
    shipped: Build
    draft: Build

    @classmethod
    def read(cls, checkout: Path, folder: Path, compiler: Child) -> Project:
        """Makes the draft's artefacts in `folder`."""
        request = standard_request(checkout)
        asked = {**request["settings"], "outputSelection": {"*": {"": ["ast"]}}}
        answer = compiler.ask({**request, "settings": asked})
        sources = {
            name: Source(name, (checkout / name).read_bytes(), made["ast"])
            for name, made in answer["sources"].items()
            if name.startswith("contracts/")
        }
        shipped = Build(checkout / BASELINE, request["settings"])
        draft = Build(folder, {**request["settings"], "optimizer": DRAFT})
        made = cls(checkout, sources, _reached(sources), shipped, draft)
        drafts = made._artefacts(draft, compiler, dict.fromkeys(sources, ""))
        if drafts is None:
            raise CompileError(
                "未经优化的合约无法编译。", "The contracts do not compile without the optimizer."
            )
        shipped.with_changes(folder, drafts)
        return made

    def compile(self, mutant: Mutant, build: Build, compiler: Child) -> dict[str, dict[str, Any]] | None:
        """The artefacts that differ from the build's own, by name; None where the compiler refuses."""
        changed = dict.fromkeys(self.reached[mutant.source.name], "")
        changed[mutant.source.name] = mutant.source.changed(mutant.change)
        made = self._artefacts(build, compiler, changed)
        return made and {name: artefact for name, artefact in made.items() if build.differs(name, artefact)}

    def _artefacts(
        self, build: Build, compiler: Child, contents: Mapping[str, str]
    ) -> dict[str, dict[str, Any]] | None:
        """Of these files, with the content of the checkout where it is empty."""
        asked = {
            name: {"content": new or self.sources[name].content.decode()} for name, new in contents.items()
        }
        settings = {**build.settings, "outputSelection": {name: {"*": OUTPUTS} for name in asked}}
        answer = compiler.ask({"language": "Solidity", "sources": asked, "settings": settings})
        if any(said["severity"] == "error" for said in answer.get("errors", ())):
            return None
        return artefacts_of(answer, set(asked))


def _reached(sources: Mapping[str, Source]) -> dict[str, frozenset[str]]:
    importers: dict[str, set[str]] = defaultdict(set)
    for name, source in sources.items():
        for node in source.tree["nodes"]:
            if node["nodeType"] == "ImportDirective":
                importers[node["absolutePath"]].add(name)
    return {name: frozenset(_closure(name, importers)) for name in sources}


def _closure(name: str, importers: Mapping[str, Iterable[str]]) -> set[str]:
    found: set[str] = set()
    waiting = [name]
    while waiting:
        each = waiting.pop()
        if each not in found:
            found.add(each)
            waiting += importers.get(each, ())
    return found

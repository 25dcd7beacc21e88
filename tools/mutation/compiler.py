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
from tools.mutation.child import Child
from tools.mutation.mutants import Mutant
from tools.mutation.source import Source

BASELINE = "build/contracts"


def compiler(checkout: Path) -> Child:
    """Answers one standard JSON request after another."""
    return Child([str(checkout / "tools" / "solc"), "--json-lines", "--base-path", str(checkout)], checkout)


@dataclass(frozen=True, slots=True)
class Project:
    """`sources` are all of ours by path; `reached` names for each file the files that import it, itself included."""

    checkout: Path
    request: dict[str, Any]
    sources: dict[str, Source]
    reached: dict[str, frozenset[str]]

    @classmethod
    def read(cls, checkout: Path, compiler: Child) -> Project:
        request = standard_request(checkout)
        asked = {**request["settings"], "outputSelection": {"*": {"": ["ast"]}}}
        answer = compiler.ask({**request, "settings": asked})
        sources = {
            name: Source(name, (checkout / name).read_bytes(), made["ast"])
            for name, made in answer["sources"].items()
            if name.startswith("contracts/")
        }
        return cls(checkout, request, sources, _reached(sources))

    def compile(self, mutant: Mutant, compiler: Child) -> dict[str, dict[str, Any]] | None:
        """The artefacts that differ from the baseline's, by name; None where the mutant is no Solidity."""
        asked = self.reached[mutant.source.name]
        contents = {name: {"content": self.sources[name].content.decode()} for name in asked}
        contents[mutant.source.name] = {"content": mutant.source.changed(mutant.change)}
        selection = {name: {"*": OUTPUTS} for name in asked}
        settings = {**self.request["settings"], "outputSelection": selection}
        answer = compiler.ask({**self.request, "sources": contents, "settings": settings})
        if any(said["severity"] == "error" for said in answer.get("errors", ())):
            return None
        made = artefacts_of(answer, set(asked))
        return {name: artefact for name, artefact in made.items() if artefact["bytecode"] != self._was(name)}

    def build(self, folder: Path, changed: Mapping[str, dict[str, Any]]) -> None:
        """All artefacts in a folder of their own, the changed ones in place of the baseline's."""
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir(parents=True)
        for file in (self.checkout / BASELINE).glob("*.json"):
            (folder / file.name).symlink_to(file)
        for name, artefact in changed.items():
            (folder / f"{name}.json").unlink()
            (folder / f"{name}.json").write_bytes(orjson.dumps(artefact))

    def _was(self, name: str) -> str:
        bytecode: str = orjson.loads((self.checkout / BASELINE / f"{name}.json").read_bytes())["bytecode"]
        return bytecode


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

"""Compiles the contracts with marks in them."""

from __future__ import annotations

import shutil
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import orjson

from huizhen.chain.compiler import standard_request
from huizhen.errors import CompileError
from tools.covering.marking import Assembly, Jump, Marker, Stretch
from tools.covering.text import Text
from tools.mutation.child import Child
from tools.mutation.compiler import BASELINE, compiler
from tools.mutation.source import Source

# Nothing is folded, merged or moved: each decision of the text keeps its jump.
_OFF = (
    "peephole",
    "deduplicate",
    "inliner",
    "cse",
    "constantOptimizer",
    "yul",
    "jumpdestRemover",
    "orderLiterals",
)
PLAIN = {"enabled": False, "details": dict.fromkeys(_OFF, False)}


@dataclass(frozen=True, slots=True)
class Marked:
    """`points[n]` is what mark n stands for."""

    texts: dict[str, Text]
    points: list[Stretch | Jump]


def build(checkout: Path, folder: Path) -> Marked:
    """Writes the artefacts of `build/contracts` to `folder`, ours with marked code."""
    request = standard_request(checkout)
    ours = [name for name in request["sources"] if name.startswith("contracts/")]
    request["sources"] = {name: request["sources"][name] for name in ours}
    wanted = {"*": ["evm.legacyAssembly"], "": ["ast"]}
    request["settings"] |= {"optimizer": PLAIN, "outputSelection": dict.fromkeys(ours, wanted)}
    with closing(compiler(checkout)) as asked:
        answer = _answer(asked, request)
        texts = {
            name: Text(Source(name, (checkout / name).read_bytes(), made["ast"]))
            for name, made in answer["sources"].items()
            if name in ours
        }
        # A rail gives a token so much gas and no more, so those of the tests carry no marks.
        marker = Marker(frozenset(name for name in ours if not name.startswith("contracts/mocks/")))
        shutil.rmtree(folder, ignore_errors=True)
        shutil.copytree(checkout / BASELINE, folder)
        for source in ours:
            for name, contract in answer["contracts"].get(source, {}).items():
                assembly = contract["evm"]["legacyAssembly"]
                if assembly and source in marker.files:
                    code = _assembled(asked, marker.marked(assembly), request["settings"])
                    file = folder / f"{name}.json"
                    file.write_bytes(
                        orjson.dumps(orjson.loads(file.read_bytes()) | {"bytecode": f"0x{code}"})
                    )
    return Marked(texts, marker.points)


def _assembled(asked: Child, assembly: Assembly, settings: dict[str, Any]) -> str:
    """The code in hex."""
    kept = {key: settings[key] for key in ("evmVersion", "optimizer", "metadata")}
    answer = _answer(
        asked,
        {
            "language": "EVMAssembly",
            "sources": {"marked": {"assemblyJson": assembly}},
            "settings": {
                **kept,
                "experimental": True,
                "outputSelection": {"*": {"": ["evm.bytecode.object"]}},
            },
        },
    )
    return str(answer["contracts"]["marked"][""]["evm"]["bytecode"]["object"])


def _answer(asked: Child, request: dict[str, Any]) -> dict[str, Any]:
    answer = asked.ask(request)
    errors = [said["formattedMessage"] for said in answer.get("errors", ()) if said["severity"] == "error"]
    if errors:
        raise CompileError(f"合约未能编译：{errors[0]}", f"The contracts do not compile: {errors[0]}")
    return answer

"""What every bench prints as its last line, and where it finds the support of the tests."""

from __future__ import annotations

import json
import os
import platform
import sys
from importlib.metadata import version
from pathlib import Path

CHECKOUT = Path(__file__).resolve().parents[1]
ANVIL = CHECKOUT / "node_modules" / ".bin" / "anvil"


def print_figures(bench: str, figures: dict[str, float], packages: tuple[str, ...]) -> None:
    """One JSON object as DESIGN.md describes it; `packages` are those whose versions matter to the figures."""
    machine = {
        "cpus": os.cpu_count(),
        "architecture": platform.machine(),
        "system": f"{platform.system()} {platform.release()}",
    }
    versions = {"python": platform.python_version()} | {name: version(name) for name in packages}
    npm = json.loads((CHECKOUT / "package.json").read_text(encoding="utf-8"))["dependencies"]
    versions |= {name.split("/")[-1] if name.startswith("@foundry") else name: npm[name] for name in npm}
    print(json.dumps({"bench": bench, "machine": machine, "versions": versions, "figures": figures}))
    sys.stdout.flush()

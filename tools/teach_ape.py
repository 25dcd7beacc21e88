"""Lets every program of this environment, `ape` above all, find the compiler and anvil of the checkout.

Ape looks for solc in a folder named by SOLCX_BINARY_PATH and would otherwise try to download one. A .pth file
sets it whenever the environment's Python starts, so that a plain `ape test` works without a word in anybody's
shell profile.
"""

from __future__ import annotations

import sysconfig
from pathlib import Path

checkout = Path(__file__).resolve().parents[1]
defaults = {
    "SOLCX_BINARY_PATH": checkout / "build" / "solc",
    "APE_DATA_FOLDER": checkout / "build" / "ape",
}
lines = [f"import os; os.environ.setdefault({name!r}, {str(value)!r})" for name, value in defaults.items()]
tools = f"{checkout / 'node_modules' / '.bin'}:"
lines.append(
    f"import os; path = os.environ.get('PATH', ''); "
    f"os.environ['PATH'] = path if {tools!r} in path else {tools!r} + path"
)
Path(sysconfig.get_path("purelib"), "huizhen_tools.pth").write_text("\n".join(lines) + "\n", encoding="utf-8")

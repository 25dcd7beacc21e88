"""Runs every script of bench/ and collects the figures in bench/results.json.

Each prints as its last line one JSON object {"bench", "machine", "versions", "figures"}. Names on the command
line choose some of them: `python tools/bench.py gas index`.
"""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

BENCH = Path(__file__).resolve().parents[1] / "bench"


def run(script: Path) -> dict[str, object]:
    """The script's last line; whatever it prints on the way there is passed on."""
    print(f"· {script.name}", flush=True)
    finished = subprocess.run([sys.executable, str(script)], stdout=subprocess.PIPE, text=True, check=False)
    *said, last = finished.stdout.strip().splitlines() or [""]
    print("\n".join([*said, last]), flush=True)
    if finished.returncode != 0:
        sys.exit(f"{script.name} failed; run it alone to see why: .venv/bin/python bench/{script.name}")
    figures: dict[str, object] = json.loads(last)
    return figures


def main() -> None:
    asked = sys.argv[1:]
    # Modules that the scripts share start with an underscore.
    scripts = [s for s in sorted(BENCH.glob("[!_]*.py")) if not asked or s.stem in asked]
    results = BENCH / "results.json"
    kept = json.loads(results.read_text()) if asked and results.exists() else {}
    kept |= {script.stem: run(script) for script in scripts}
    results.write_text(json.dumps(kept, indent=2, sort_keys=True) + "\n", encoding="utf-8")
    print(f"{len(scripts)} benches written to bench/results.json")


if __name__ == "__main__":
    main()

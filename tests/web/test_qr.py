"""static/js/qr.js against segno, module by module; at full capacity, as segno pads by one zero byte too many."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path

import pytest
import segno

SCRIPT = Path(__file__).resolve().parents[2] / "webapp" / "huizhen_web" / "static" / "js" / "qr.js"
CAPACITY = [17, 32, 53, 78, 106, 134, 154, 192, 230]


def drawn(texts: list[str]) -> list[list[list[int]]]:
    program = f"""import {{ qrMatrix }} from {json.dumps(SCRIPT.as_uri())};
    console.log(JSON.stringify({json.dumps(texts)}.map(qrMatrix)));"""
    done = subprocess.run(
        ["node", "--input-type=module", "-e", program],  # noqa: S607
        capture_output=True,
        check=True,
        text=True,
    )
    read: list[list[list[int]]] = json.loads(done.stdout)
    return read


@pytest.fixture(scope="module")
def ours() -> list[list[list[int]]]:
    return drawn([("http://localhost:8000/consent/Zx9_" + "a1" * 120)[:size] for size in CAPACITY])


@pytest.mark.parametrize("version", range(1, 10))
def test_qr__each_version__equals_segno(ours: list[list[list[int]]], version: int) -> None:
    text = ("http://localhost:8000/consent/Zx9_" + "a1" * 120)[: CAPACITY[version - 1]]
    code = segno.make(text, error="l", mask=0, version=version, boost_error=False, mode="byte")
    assert ours[version - 1] == [[int(bool(module)) for module in row] for row in code.matrix]

"""`python -m huizhen.cli`: how a command starts another one as its child."""

from __future__ import annotations

from huizhen.cli import main

main()

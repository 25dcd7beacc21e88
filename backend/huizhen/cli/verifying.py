"""`huizhen verify`: the index against the contracts."""

from __future__ import annotations

import contextlib
import sys

import click

from huizhen.bootstrap import operator
from huizhen.cli.contracts import require_chain
from huizhen.cli.words import spoken
from huizhen.errors import IndexHalted
from huizhen.settings import Settings


def run_verify(settings: Settings) -> None:
    """Exits 1 where a row and the chain do not agree."""
    with operator(settings) as parts:
        require_chain(settings, parts.node)
        # Nodes know the state of recent blocks only. What halts the index, the comparison below will name.
        with contextlib.suppress(IndexHalted):
            parts.indexer().once()
        report = parts.verifier().run()
    for sentence in report.sentences():
        click.echo(spoken(sentence))
    if not report.agrees:
        sys.exit(1)

"""The console command `huizhen`: every refusal ends as one sentence, never as a traceback."""

from __future__ import annotations

import sys
from collections.abc import Sequence

import click

from huizhen.cli.commands import huizhen
from huizhen.cli.words import spoken
from huizhen.errors import HuizhenError

INTERRUPTED = 130


def main(arguments: Sequence[str] | None = None) -> None:
    """Exits 0; 1 after a refusal; 2 where the command line itself is wrong; 130 when interrupted."""
    try:
        code = huizhen.main(arguments, prog_name="huizhen", standalone_mode=False)
    except HuizhenError as refusal:
        click.echo(spoken(refusal.sentence), err=True)
        sys.exit(1)
    except click.ClickException as wrong:
        wrong.show()
        sys.exit(wrong.exit_code)
    except (KeyboardInterrupt, click.Abort):
        sys.exit(INTERRUPTED)
    sys.exit(code if isinstance(code, int) else 0)

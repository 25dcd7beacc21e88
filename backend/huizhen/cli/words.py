"""What the console says: Chinese, or English where the terminal's locale asks for it."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager

import click

from huizhen.domain.sentence import Sentence
from huizhen.settings import english_console


def say(zh: str, en: str) -> str:
    return en if english_console() else zh


def spoken(sentence: Sentence) -> str:
    return say(sentence.zh, sentence.en)


def tell(zh: str, en: str) -> None:
    """A sentence for the person; figures and answers go to standard output, this goes beside them."""
    click.echo(say(zh, en), err=True)


@contextmanager
def step(zh: str, en: str) -> Iterator[None]:
    """Names a step when it begins and says how long it took when it has succeeded."""
    began = time.monotonic()
    click.echo(f"· {say(zh, en)}")
    yield
    click.echo(f"  {time.monotonic() - began:.1f} s")

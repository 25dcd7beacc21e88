"""`huizhen finance`: the same services as the pages of finance, from the console."""

from __future__ import annotations

from pathlib import Path

import click

from huizhen.bootstrap import operator
from huizhen.cli.words import say
from huizhen.domain.ids import PartyId
from huizhen.errors import BankFileUnreadable
from huizhen.services.bank_files import FilePage
from huizhen.settings import Settings

# Nobody signs in at the console: what is done there is done by the operator itself.
OPERATOR = PartyId(0)


def run_import(settings: Settings, file: Path) -> None:
    with operator(settings) as parts:
        files = parts.offices().files
        received = files.receive(file.name, file.read_bytes(), PartyId(settings.operator_party or OPERATOR))
        while files.page(received).file.moving and files.work():
            pass
        page = files.page(received)
    if page.file.fault is not None:
        raise BankFileUnreadable(page.file.fault.zh, page.file.fault.en)
    _show(page)


def run_match(settings: Settings) -> None:
    with operator(settings) as parts:
        outcome = parts.offices().reconciliation.run()
    click.echo(
        say(
            f"新匹配 {outcome.linked} 组，建议 {outcome.suggested} 组，余下 {outcome.left} 项待处理。",
            f"{outcome.linked} newly matched, {outcome.suggested} suggested, {outcome.left} left to look at.",
        )
    )


def _show(page: FilePage) -> None:
    for doubt in page.doubts:
        click.echo(say(f"第 {doubt.row} 行：{doubt.sentence.zh}", f"Row {doubt.row}: {doubt.sentence.en}"))
    kept = page.file
    click.echo(
        say(
            f"{kept.name}：保留 {kept.lines} 行，此前已有 {kept.known} 行，有疑问 {kept.doubts} 行。",
            f"{kept.name}: {kept.lines} lines kept, {kept.known} known before, {kept.doubts} in doubt.",
        )
    )

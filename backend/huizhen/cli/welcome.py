"""What the console shows when everything runs: where to go, and as whom."""

from __future__ import annotations

import unicodedata
from itertools import groupby

import click

from huizhen.cli.words import say, spoken
from huizhen.db.session import open_office
from huizhen.domain.accounts import Role
from huizhen.domain.sentence import Sentence
from huizhen.services.accounts import DemoDesk, DemoSignIn
from huizhen.settings import Settings

_EACH = 2
_ROLES = {
    Role.DOCTOR: Sentence("医生", "doctor"),
    Role.HOSPITAL: Sentence("医院", "hospital"),
    Role.FINANCE_PREPARER: Sentence("财务制单", "finance, prepares"),
    Role.FINANCE_APPROVER: Sentence("财务复核", "finance, approves"),
    Role.AUTHORITY: Sentence("认证机构", "authority"),
    Role.BANK: Sentence("结算银行", "settlement bank"),
    Role.INSTITUTION: Sentence("执业机构", "institution"),
    Role.AUDITOR: Sentence("审计", "auditor"),
}


def welcome(settings: Settings, seconds: float) -> None:
    click.echo(say(f"就绪，共 {seconds:.1f} 秒。", f"Ready after {seconds:.1f} s."))
    click.echo(f"\n  http://localhost:{settings.port}\n")
    if settings.demo:
        _show_sign_ins(settings)
    else:
        click.echo(
            say(
                "可在网页上注册账户；想要一个有内容的演示世界，请停止后运行 huizhen up --demo。",
                "Register on the web; for a populated demo world stop this and run huizhen up --demo.",
            )
        )
    click.echo(say("Ctrl-C 停止，状态保留。", "Ctrl-C stops it and keeps the state."))


def _show_sign_ins(settings: Settings) -> None:
    office = open_office(settings.office_url)
    people = sorted(DemoDesk(office).sign_ins(), key=lambda person: list(Role).index(person.role))
    office.close()
    click.echo(say("首页上点一下即可登录：", "On the opening page one click signs you in:"))
    for _role, of_role in groupby(people, key=lambda person: person.role):
        for person in list(of_role)[:_EACH]:
            click.echo(f"  {_line(person)}")
    click.echo(say(f"共 {len(people)} 人。", f"{len(people)} people in all."))


def _line(person: DemoSignIn) -> str:
    columns = ((spoken(_ROLES[person.role]), 18), (person.email, 26), (spoken(person.name), 30))
    return "".join(_padded(text, width) for text, width in columns) + spoken(person.note)


def _padded(text: str, width: int) -> str:
    """A Chinese character is as wide as two Latin ones."""
    taken = sum(2 if unicodedata.east_asian_width(each) in "WF" else 1 for each in text)
    return text + " " * max(1, width - taken)

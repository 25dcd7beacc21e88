"""What finance officers fill in. The builder's rows are read here: WTForms has no table of inputs."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_wtf.file import FileField, FileRequired
from werkzeug.datastructures import MultiDict
from wtforms import StringField

from huizhen.domain.ids import PartyId
from huizhen.domain.money import Fen, parse_yuan
from huizhen.errors import AmountUnreadable
from huizhen.services.payouts import Choice
from huizhen_web.forms import HouseForm, at_most, required
from huizhen_web.i18n import say

_LONGEST_REASON = 200


class BankFileForm(HouseForm):
    file = FileField(
        _l("Statement file"),
        [FileRequired(_l("Please choose a file."))],
        description=_l("CSV (GB18030 or UTF-8) or Excel .xlsx, as the bank exports it; at most 32 MB."),
    )


class UndoForm(HouseForm):
    why = StringField(_l("Why is the link wrong?"), [required(), at_most(_LONGEST_REASON)])


@dataclass(slots=True)
class Ticked:
    """The rows of the builder that were ticked, and what is wrong with them, by party."""

    choices: list[Choice] = field(default_factory=list)
    faults: dict[PartyId, str] = field(default_factory=dict)


def ticked(form: MultiDict[str, str]) -> Ticked:
    """Rows `pick`; each with gross-N, and withheld-N (empty: what the rule says) and reason-N."""
    found = Ticked()
    for text in form.getlist("pick"):
        if not text.isdecimal():
            continue
        party = PartyId(int(text))
        try:
            found.choices.append(_choice(party, form))
        except AmountUnreadable as refusal:
            found.faults[party] = say(refusal.sentence)
        except _Blank as blank:
            found.faults[party] = str(blank)
    return found


def _choice(party: PartyId, form: Mapping[str, str]) -> Choice:
    gross = form.get(f"gross-{party}", "").strip()
    if not gross:
        raise _Blank(_("Please write the gross amount."))
    withheld = form.get(f"withheld-{party}", "").strip()
    reason = form.get(f"reason-{party}", "").strip()[:_LONGEST_REASON]
    return Choice(party, parse_yuan(gross), Fen(parse_yuan(withheld)) if withheld else None, reason)


class _Blank(Exception):
    pass

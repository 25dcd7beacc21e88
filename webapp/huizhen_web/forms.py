"""Shared parts of forms. Each message says what to do, in the reader's language."""

from __future__ import annotations

import re
from typing import Any

from flask_babel import gettext
from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import Field, StringField
from wtforms.validators import InputRequired, Length, StopValidation, ValidationError

from huizhen.domain.money import Fen, parse_yuan, plain_yuan
from huizhen.errors import AmountUnreadable
from huizhen_web.i18n import say

_EMAIL = re.compile(r"[^@\s]+@[^@\s]+\.[^@\s]+")


# WTForms' own refusals, said as what to do. Its text is the key; a text that is missing here shows as it is.
_SAID = {
    "Not a valid choice.": _l("Please choose one."),
    "'%(value)s' is not a valid choice for this field.": _l("Please choose only from this list."),
    "Not a valid integer value.": _l("Please write a whole number."),
    "Not a valid date value.": _l("Please write a date such as 2026-03-05."),
    "Not a valid time value.": _l("Please write a time such as 14:30."),
    "Not a valid datetime value.": _l("Please write a date and a time such as 2026-03-05 14:30."),
    "This field is required.": _l("Please fill this in."),
}


class _Words:
    def gettext(self, text: str) -> str:
        return str(_SAID.get(text, text))

    def ngettext(self, singular: str, plural: str, count: int) -> str:
        return singular if count == 1 else plural


_WORDS = _Words()


class HouseForm(FlaskForm):  # type: ignore[misc]
    """Base of all forms. The messages are ours: WTForms' own catalogue stays out."""

    class Meta(FlaskForm.Meta):  # type: ignore[misc]
        def get_translations(self, form: FlaskForm) -> _Words:  # noqa: ARG002  # WTForms' signature
            return _WORDS


class _Filled(InputRequired):  # type: ignore[misc]
    """Blanks alone are nothing."""

    def __call__(self, form: FlaskForm, field: Field) -> None:
        super().__call__(form, field)
        if not str(field.raw_data[0]).strip():
            raise StopValidation(self.message)


def required() -> InputRequired:
    return _Filled(_l("Please fill this in."))


def at_most(length: int) -> Length:
    return Length(max=length, message=_l("Please write at most %(max)d characters."))


def email_like(_form: FlaskForm, field: StringField) -> None:
    if not _EMAIL.fullmatch((field.data or "").strip()):
        raise ValidationError(gettext("Please write an email address such as name@hospital.cn."))


class YuanField(StringField):  # type: ignore[misc]
    """Yuan as people type them; `data` is integer fen, or None when empty or unreadable."""

    data: Fen | None

    def process_formdata(self, valuelist: list[str]) -> None:
        self.data = None
        if valuelist and valuelist[0].strip():
            try:
                self.data = parse_yuan(valuelist[0])
            except AmountUnreadable as refusal:
                raise ValueError(say(refusal.sentence)) from refusal

    def _value(self) -> str:
        typed: list[Any] | None = self.raw_data
        return str(typed[0]) if typed else plain_yuan(self.data) if self.data is not None else ""

"""Shared parts of forms. Each message says what to do, in the reader's language."""

from __future__ import annotations

import re
from typing import Any

from flask_babel import gettext
from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import StringField
from wtforms.validators import InputRequired, Length, ValidationError

from huizhen.domain.money import Fen, parse_yuan, plain_yuan
from huizhen.errors import AmountUnreadable
from huizhen_web.i18n import say

_EMAIL = re.compile(r"[^@\s]+@[^@\s]+\.[^@\s]+")


class HouseForm(FlaskForm):  # type: ignore[misc]
    """Base of all forms. The messages are ours: WTForms' own catalogue stays out."""

    class Meta(FlaskForm.Meta):  # type: ignore[misc]
        locales = False


def required() -> InputRequired:
    return InputRequired(_l("Please fill this in."))


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

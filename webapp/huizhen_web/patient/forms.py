from __future__ import annotations

from wtforms import HiddenField, IntegerField
from wtforms.validators import Optional

from huizhen_web.forms import HouseForm


class SignatureForm(HouseForm):
    """`signature` is made in the browser; `deadline` is part of what a withdrawal signs."""

    signature = HiddenField()
    deadline = IntegerField(validators=[Optional()])

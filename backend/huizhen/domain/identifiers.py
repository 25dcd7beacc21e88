"""Refuses text that tells who a patient is. It finds what has a fixed shape; judgement stays with people."""

from __future__ import annotations

import re
import unicodedata

from huizhen.domain.sentence import Sentence
from huizhen.errors import IdentifierFound

_SHAPES = (
    (r"(?<!\d)[1-9]\d{16}[\dXx](?!\d)", Sentence("身份证号", "an identity-card number")),
    (
        r"(?<!\d)[1-9]\d{5}\d{2}(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])\d{3}(?!\d)",
        Sentence("身份证号", "an identity-card number"),
    ),
    (r"(?<!\d)(?:\+?86)?1[3-9]\d{9}(?!\d)", Sentence("手机号", "a mobile number")),
    (r"(?<!\d)0\d{2,3}-?[2-9]\d{6,7}(?!\d)", Sentence("电话号码", "a telephone number")),
    (r"[\w.+-]+@[\w-]+\.[\w.]+", Sentence("邮箱", "an email address")),
    (
        r"(?:住院号|门诊号|病历号|病案号|医保号|就诊卡号|身份证|MRN)(?:号|码)?[:为是#]*[A-Za-z]?\d{4,}",
        Sentence("病历或就诊号码", "a record number"),
    ),
    (r"(?:患者|病人)?姓名[:为是]|patient(?:'s)?name[:is]", Sentence("患者姓名", "the patient's name")),
)
_FOUND = tuple((re.compile(shape, re.IGNORECASE), name) for shape, name in _SHAPES)


def refuse_identifiers(text: str) -> None:
    """Raises IdentifierFound naming what was found. Full-width digits and spaces inside numbers hide nothing."""
    compact = re.sub(r"\s+", "", unicodedata.normalize("NFKC", text))
    grouped = re.sub(r"(?<=\d)-(?=\d{4}(?:-|\D|$))", "", compact)
    for pattern, name in _FOUND:
        if pattern.search(compact) or pattern.search(grouped):
            raise IdentifierFound(
                f"文字中似乎有{name.zh}：病例须去标识，请删去后再提交。",
                f"The text seems to hold {name.en}: a case must not tell who the patient is. Remove it.",
            )

"""The terms of a consultation in words, part by part, nothing left out."""

from __future__ import annotations

from huizhen.domain.ids import PartyId
from huizhen.domain.money import Fen, format_yuan
from huizhen.domain.sentence import Sentence
from huizhen.domain.terms import Policy, Pricing, Seat, Terms
from huizhen.services.fact_words import Names, moment, party, specialties

Line = tuple[Sentence, Sentence]
_HOUR = 3600


def terms_in_words(terms: Terms, names: Names) -> tuple[Line, ...]:
    """(label, text) in the order in which they are packed."""
    begin, end = moment(terms.starts_at), moment(terms.ends_at)
    return (
        (Sentence("邀请医院", "Inviting hospital"), party(terms.hospital, names)),
        (Sentence("会诊时间", "Hours"), Sentence(f"{begin.zh} 至 {end.zh}", f"{begin.en} to {end.en}")),
        (Sentence("牵头专家", "Leading doctor"), party(terms.seats[terms.lead].doctor, names)),
        (Sentence("签署截止", "To be signed by"), moment(terms.sign_by)),
        (Sentence("托管总额", "Held in escrow"), _plain(format_yuan(terms.escrow()))),
        *_pricing(terms.pricing, names),
        *_policy(terms.policy, names),
        (Sentence("协议承诺", "Agreement commitment"), _plain("0x" + terms.documents.agreement.hex())),
        (Sentence("病例承诺", "Case file commitment"), _plain("0x" + terms.documents.case_file.hex())),
        (Sentence("同意书承诺", "Consent commitment"), _plain("0x" + terms.documents.consent.hex())),
        *(_seat(number, seat, names) for number, seat in enumerate(terms.seats, start=1)),
    )


def _seat(number: int, seat: Seat, names: Names) -> Line:
    doctor, institution, field = (
        party(seat.doctor, names),
        party(seat.institution, names),
        specialties(seat.specialties),
    )
    fee, fund, share = format_yuan(Fen(seat.fee)), _share(seat.fund_bps), _share(seat.institution_bps)
    zh = [doctor.zh, institution.zh, field.zh, fee, f"机构{share}"]
    en = [doctor.en, institution.en, field.en, fee, f"institution {share}"]
    if seat.group != PartyId(0):
        group = party(seat.group, names)
        zh += [f"{group.zh}基金{fund}（规则第{seat.rule_version}版）"]
        en += [f"fund of {group.en} {fund} (rule {seat.rule_version})"]
    zh.append("必需" if seat.required else "可缺席")
    en.append("required" if seat.required else "optional")
    return Sentence(f"第{number}席", f"Seat {number}"), Sentence("，".join(zh), ", ".join(en))


def _pricing(pricing: Pricing, names: Names) -> tuple[Line, ...]:
    taker, share = party(pricing.platform, names), _share(pricing.platform_bps)
    urgent, overtime = _share(pricing.urgency_bps), _share(pricing.overtime_bps)
    steps = pricing.overtime_steps
    return (
        (Sentence("平台份额", "Platform share"), Sentence(f"{taker.zh} {share}", f"{taker.en} {share}")),
        (
            Sentence("加价", "Surcharges"),
            Sentence(
                f"加急{urgent}；超时每30分钟{overtime}，最多{steps}步",
                f"urgency {urgent}; overtime {overtime} for each 30 minutes, at most {steps} times",
            ),
        ),
    )


def _policy(policy: Policy, names: Names) -> tuple[Line, ...]:
    free, partial = policy.free_before // _HOUR, policy.partial_before // _HOUR
    some, late = _share(policy.partial_bps), _share(policy.late_bps)
    arbiter, default = party(policy.arbiter, names), _share(policy.default_bps)
    deliver, review = policy.deliver_window // _HOUR, policy.review_window // _HOUR
    ruling = policy.arbiter_window // _HOUR
    return (
        (
            Sentence("医院取消", "Cancelled by the hospital"),
            Sentence(
                f"开始前{free}小时以上免费；{partial}小时以上收{some}；更晚收{late}",
                f"free until {free} h before the start; {some} until {partial} h before it; {late} later",
            ),
        ),
        (
            Sentence("期限", "Time limits"),
            Sentence(
                f"结束后{deliver}小时内交付意见；医院{review}小时内复核",
                f"opinion due {deliver} h after the end; the hospital reviews within {review} h",
            ),
        ),
        (
            Sentence("争议", "Disputes"),
            Sentence(
                f"由{arbiter.zh}在{ruling}小时内裁定；逾期则付争议席位的{default}",
                f"{arbiter.en} rules within {ruling} h; after that {default} of the contested seats is paid",
            ),
        ),
    )


def _share(bps: int) -> str:
    return f"{bps // 100}.{bps % 100:02d}%".replace(".00%", "%")


def _plain(text: str) -> Sentence:
    return Sentence(text, text)

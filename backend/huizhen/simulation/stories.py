"""The texts of a simulated world, and their commitments: what a real office would keep behind the chain's digests.

Keys come from the seed, so that the same world has the same commitments.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass

from huizhen.domain.case import Contents, Urgency
from huizhen.domain.commitments import commit
from huizhen.reference import Bank, banks
from huizhen.simulation.people import Person

# (why, for which question, what is known) by the code of the leading specialty; all invented, nobody identifiable.
CASES = {
    "03.03": (
        "反复短暂意识丧失，抗癫痫治疗效果不佳",
        "明确发作类型，调整用药",
        "中年女性，半年内发作6次，视频脑电图见左颞区异常放电，头颅磁共振示左侧海马信号增高。",
    ),
    "03.04": (
        "冠脉支架术后再发胸痛",
        "评估是否需要再次介入",
        "老年男性，支架术后8个月，运动时胸痛，肌钙蛋白正常，冠脉CTA提示支架内再狭窄可能。",
    ),
    "04.02": (
        "鞍区占位，视野缺损进展",
        "讨论手术入路与时机",
        "青年女性，双颞侧视野缺损2个月，磁共振示鞍区2.6厘米占位，激素水平轻度降低。",
    ),
    "05.01": (
        "盆腔肿物性质待定",
        "术前评估良恶性与手术范围",
        "中年女性，超声示右附件区6厘米囊实性肿物，CA125轻度升高，无腹水。",
    ),
    "07.01": (
        "早产儿反复呼吸暂停",
        "判断原因与撤机时机",
        "胎龄29周早产儿，生后12天，咖啡因治疗下仍每日暂停3次以上，超声心动图示动脉导管未闭。",
    ),
    "10": (
        "双眼视力进行性下降",
        "鉴别视神经与视网膜病变",
        "中年男性，三个月内双眼视力降至0.2，视野向心性缩小，眼底照相示视盘苍白。",
    ),
    "13.01": (
        "泛发性水疱，激素减量后复发",
        "明确诊断，评估生物制剂",
        "老年男性，躯干四肢水疱8个月，皮肤活检直接免疫荧光示基底膜带线状沉积。",
    ),
    "15.01": (
        "首发精神症状伴认知下降",
        "排除器质性原因，拟定治疗",
        "青年男性，行为异常4周，脑脊液细胞数轻度升高，自身免疫性脑炎抗体待回报。",
    ),
    "19": (
        "晚期肺腺癌一线治疗后进展",
        "讨论后续治疗方案",
        "老年女性，EGFR靶向治疗14个月后进展，再次活检示MET扩增，体力状态良好。",
    ),
    "21": (
        "脑卒中后上肢痉挛",
        "制定综合康复方案",
        "中年男性，卒中后10个月，右上肢改良Ashworth 3级，口服药物效果不佳。",
    ),
    "31": (
        "软组织肿瘤病理分型困难",
        "病理会诊明确分型",
        "青年男性，大腿深部肿物切除标本，梭形细胞形态，免疫组化结果不一致。",
    ),
    "32.01": (
        "关节影像表现与症状不符",
        "影像会诊指导下一步检查",
        "中年女性，双膝疼痛一年，X线改变轻微，炎症指标反复升高。",
    ),
}
OPINION = "综合各科意见：{aim}。建议完善相关检查后按既定方案处理，两周后复诊；各席位意见一致，如病情变化随时再次会诊。"


@dataclass(frozen=True, slots=True)
class Account:
    """Where a payee's money goes; `key` and the rest give `commitment` again."""

    bank: Bank
    number: str
    holder: str
    key: bytes

    @property
    def commitment(self) -> bytes:
        return commit(self.key, self.bank.zh, self.number, self.holder)


def seeded(*parts: object) -> bytes:
    """32 bytes that a seed determines: keys and commitments of the simulated world."""
    return hashlib.sha256("/".join(str(part) for part in parts).encode()).digest()


def account_of(seed: int, person: Person) -> Account:
    key = seeded(seed, "account", person.id)
    number = "6228" + f"{int.from_bytes(key[:7], 'big') % 10**15:015d}"
    return Account(banks()[key[8] % len(banks())], number, person.name.zh, key)


def licence_number(person: Person) -> str:
    """A number that nobody has."""
    return f"模拟{int.from_bytes(person.key.signer[-8:], 'big') % 10**12:012d}"


def licence_key(seed: int, person: Person) -> bytes:
    return seeded(seed, "licence", person.key.signer.hex())


def licence_of(seed: int, person: Person) -> bytes:
    """The commitment that stands on chain."""
    return commit(licence_key(seed, person), licence_number(person))


def contents_of(team: Sequence[Person], urgent: bool) -> Contents:
    reason, aim, summary = CASES[team[0].specialties[0].code]
    return Contents(reason, aim, summary, Urgency.URGENT if urgent else Urgency.ROUTINE)


def case_key(seed: int, number: int) -> bytes:
    return seeded(seed, "case", number)


def case_file_of(seed: int, number: int, contents: Contents) -> bytes:
    return commit(case_key(seed, number), contents.reason, contents.aim, contents.summary)


def opinion_text(contents: Contents) -> str:
    return OPINION.format(aim=contents.aim)


def opinion_key(seed: int, number: int) -> bytes:
    return seeded(seed, "opinion", number)


def opinion_of(seed: int, number: int, contents: Contents) -> bytes:
    return commit(opinion_key(seed, number), opinion_text(contents))

"""What a statement says, for the person who is asked to sign it: a title, one sentence, and each of its fields."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from huizhen.domain.ids import PartyId
from huizhen.domain.sentence import Sentence
from huizhen.domain.terms import decode_terms
from huizhen.services import fact_words
from huizhen.services.fact_words import Names, fact
from huizhen.services.terms_words import terms_in_words

Values = Mapping[str, Any]

# function -> title, then what signing it does; fields in braces are those of the statement.
_WORDS: Mapping[str, tuple[Sentence, Sentence]] = {
    "applyAs": (
        Sentence("申请入驻", "Application"),
        Sentence(
            "以{kind}身份登记，等待认证机构核准。", "Registers a {kind}, for the authority to accredit."
        ),
    ),
    "accredit": (
        Sentence("认证", "Accreditation"),
        Sentence(
            "{authority}认证{party}，有效至{validUntil}。",
            "{authority} accredits {party} until {validUntil}.",
        ),
    ),
    "suspend": (
        Sentence("暂停资格", "Suspension"),
        Sentence(
            "{authority}立即暂停{party}；已入账的收入不受影响。",
            "{authority} suspends {party} at once; what it earned is untouched.",
        ),
    ),
    "reinstate": (
        Sentence("恢复资格", "Reinstatement"),
        Sentence("{authority}恢复{party}的资格。", "{authority} reinstates {party}."),
    ),
    "addSigner": (
        Sentence("添加签名密钥", "New signing key"),
        Sentence("{party}添加一把签名密钥，立即生效。", "{party} gains a signing key, at once."),
    ),
    "requestSignerRemoval": (
        Sentence("移除签名密钥", "Removal of a signing key"),
        Sentence(
            "{party}的第{index}号密钥24小时后可以移除。",
            "Key {index} of {party} may be removed after 24 hours.",
        ),
    ),
    "cancelSignerRemoval": (
        Sentence("撤回移除密钥", "Removal taken back"),
        Sentence("{party}保留原定移除的密钥。", "{party} keeps the key that was to be removed."),
    ),
    "removeSigner": (
        Sentence("执行移除密钥", "Removal carried out"),
        Sentence("{party}的待移除密钥失效。", "The key of {party} that was to go is removed."),
    ),
    "requestReplacement": (
        Sentence("申请更换全部密钥", "Replacement of all keys"),
        Sentence(
            "{authority}申请以一把新密钥更换{party}的全部签名密钥，公示72小时后执行；更换前收款账户不可变更。",
            "{authority} asks for one new key in the place of all signing keys of {party}, after 72 hours in public; "
            "until then its payout account does not change.",
        ),
    ),
    "cancelReplacement": (
        Sentence("撤销更换密钥", "Replacement cancelled"),
        Sentence(
            "{party}撤销更换密钥的申请，只能撤销一次；再有申请由仲裁裁定。",
            "{party} cancels the replacement of its keys. This works once; an arbiter decides on the next request.",
        ),
    ),
    "ruleReplacement": (
        Sentence("裁定更换密钥", "Ruling on a replacement"),
        Sentence(
            "{arbiter}裁定是否更换{party}的全部签名密钥（准许：{allowed}）。",
            "{arbiter} rules whether all signing keys of {party} are replaced (allowed: {allowed}).",
        ),
    ),
    "replaceSigners": (
        Sentence("执行更换密钥", "Replacement carried out"),
        Sentence(
            "{party}的全部签名密钥由已公示的新密钥取代。",
            "The new key that was announced takes the place of all signing keys of {party}.",
        ),
    ),
    "affiliate": (
        Sentence("执业机构备案", "Registration at an institution of practice"),
        Sentence(
            "{doctor}在{institution}执业，有效至{validUntil}；长期授权至：{standingUntil}。",
            "{doctor} practises at {institution} until {validUntil}; standing consent until: {standingUntil}.",
        ),
    ),
    "endAffiliation": (
        Sentence("结束执业备案", "End of a registration"),
        Sentence(
            "{by}立即结束{doctor}在{institution}的备案。",
            "{by} ends the registration of {doctor} at {institution}.",
        ),
    ),
    "agree": (
        Sentence("合作协议", "Cooperation agreement"),
        Sentence(
            "{a}与{b}的协议生效，至{validUntil}。",
            "The agreement of {a} and {b} is in force until {validUntil}.",
        ),
    ),
    "found": (
        Sentence("成立集团", "Founding a group"),
        Sentence(
            "{lead}以负责人身份成立{group}：扣除平台份额后，机构得{institutionBps}，集团基金得{fundBps}，其余归医生。",
            "{lead} founds {group} as its lead: after the platform's share the institution receives {institutionBps}, "
            "the group fund {fundBps}, the doctor the rest.",
        ),
    ),
    "join": (
        Sentence("加入集团", "Joining a group"),
        Sentence(
            "{doctor}按第{ruleVersion}版分账规则加入{group}。",
            "{doctor} joins {group} under version {ruleVersion} of its share rule.",
        ),
    ),
    "leave": (
        Sentence("退出集团", "Leaving a group"),
        Sentence(
            "{doctor}立即退出{group}；已入账的收入不受影响。",
            "{doctor} leaves {group} at once; what was earned stays.",
        ),
    ),
    "expel": (
        Sentence("除名", "Expulsion"),
        Sentence(
            "{group}将{doctor}除名；已入账的收入不受影响。", "{group} expels {doctor}; what was earned stays."
        ),
    ),
    "setShareRule": (
        Sentence("新的分账规则", "New share rule"),
        Sentence(
            "{group}今后的预约：扣除平台份额后，机构得{institutionBps}，集团基金得{fundBps}，其余归医生。"
            "医生所得减少的，须每位成员签署。",
            "For bookings of {group} from now on: after the platform's share the institution receives "
            "{institutionBps}, the group fund {fundBps}, the doctor the rest. "
            "Where doctors get less, each member has to sign.",
        ),
    ),
    "setStandingConsent": (
        Sentence("集团长期授权", "Standing consent of a group"),
        Sentence(
            "{group}的成员无需负责人逐次签署即可被预约，截至：{standingUntil}。",
            "Members of {group} may be booked without the lead's signature each time, until: {standingUntil}.",
        ),
    ),
    "setPolicy": (
        Sentence("集团决策规则", "How a group decides"),
        Sentence(
            "今后{group}的决定须{quorum}位成员签署；0为由负责人决定。",
            "From now on {quorum} members have to sign for {group}; 0 means that the lead decides.",
        ),
    ),
    "transferLead": (
        Sentence("移交负责人", "New lead"),
        Sentence("{lead}立即接任{group}的负责人。", "{lead} takes over the lead of {group} at once."),
    ),
    "changeOfficers": (
        Sentence("变更机构经办人", "Change of officers"),
        Sentence(
            "机构账户立即变更经办人，今后须{newThreshold}位共同签署。",
            "The institution's account changes its officers at once; {newThreshold} of them sign together from now on.",
        ),
    ),
    "grantConsent": (
        Sentence("知情同意", "Consent"),
        Sentence(
            "患者同意{hospital}就此病例会诊。", "The patient consents to the consultation by {hospital}."
        ),
    ),
    "withdrawConsent": (
        Sentence("撤回知情同意", "Consent withdrawn"),
        Sentence("患者撤回同意。", "The patient withdraws consent."),
    ),
    "commitFile": (
        Sentence("登记病例文件", "Case file committed"),
        Sentence(
            "{by}为此病例登记一份文件的承诺；登记后不能更改，也不能移除。",
            "{by} commits a file to this case, for good: it can be neither changed nor removed.",
        ),
    ),
    "grantKey": (
        Sentence("授予病例密钥", "Case key granted"),
        Sentence(
            "{recipient}得到病例密钥，可以调阅此病例，直到{validUntil}。",
            "{recipient} receives the case's key and may open the case until {validUntil}.",
        ),
    ),
    "endKeyGrant": (
        Sentence("终止病例密钥授权", "Key grant ended"),
        Sentence(
            "{by}立即终止{recipient}调阅此病例的授权。",
            "{by} ends the right of {recipient} to open this case, at once.",
        ),
    ),
    "anchorLog": (
        Sentence("锚定调阅日志", "Opening log anchored"),
        Sentence(
            "{platform}确认其调阅日志共{entries}条，此后不能减少或改写。",
            "{platform} confirms {entries} entries of its opening log, which can no longer shrink or change.",
        ),
    ),
    "book": (
        Sentence("预约会诊", "Booking of a consultation"),
        Sentence(
            "按以下条款预约：时间被占用，费用进入托管，意见交付后按约分账。",
            "Books under these terms: the hours are taken, the fee goes into escrow and is split as signed "
            "once the opinion is delivered.",
        ),
    ),
    "deliver": (
        Sentence("交付会诊意见", "Delivery of the opinion"),
        Sentence(
            "牵头专家交付团队的意见；只有签署了意见的席位得到费用。",
            "The lead delivers the team's opinion; only the seats that signed it are paid.",
        ),
    ),
    "accept": (
        Sentence("接收会诊意见", "Acceptance of the opinion"),
        Sentence("医院接收意见，托管的费用随即分账。", "The hospital accepts, and the escrow is split."),
    ),
    "acceptByTime": (
        Sentence("到期自动接收", "Acceptance by time"),
        Sentence("复核期已过，托管的费用分账。", "The review window has passed, and the escrow is split."),
    ),
    "cancel": (
        Sentence("取消会诊", "Cancellation"),
        Sentence(
            "{by}取消会诊；费用按签署的取消规则计算。", "{by} cancels; the signed policy says what it costs."
        ),
    ),
    "expire": (
        Sentence("会诊过期", "Expiry"),
        Sentence("没有按时交付意见，费用全部退回医院。", "No opinion came in time: the whole price returns."),
    ),
    "cancelWithdrawn": (
        Sentence("因撤回同意而取消", "Cancellation after a withdrawn consent"),
        Sentence(
            "患者已撤回同意：时段释放，费用视同医院在撤回之时取消。",
            "The patient withdrew consent: the hours are free again, and the fee is that of a cancellation by the "
            "hospital at that moment.",
        ),
    ),
    "recordAttendance": (
        Sentence("出席记录", "Attendance"),
        Sentence(
            "医院与牵头专家确认出席的席位{seats}和加时{overtime}步；缺少必需席位时会诊取消，不收费。",
            "Hospital and lead confirm that seats {seats} came, and {overtime} overtime steps; without a required seat "
            "the consultation is cancelled for no fee.",
        ),
    ),
    "markNoShow": (
        Sentence("缺席记录", "Absence"),
        Sentence(
            "{by}记录缺席（医院提出：席位{seats}缺席；牵头专家提出：席位{seats}到场而医院缺席）。",
            "{by} records an absence (by the hospital: of seats {seats}; by the lead: of the hospital, while "
            "seats {seats} came).",
        ),
    ),
    "reschedule": (
        Sentence("改期", "Other hours"),
        Sentence(
            "会诊改到新的时间，其余条款不变；原时段释放。",
            "The consultation moves to other hours; nothing else changes, and the old hours are free again.",
        ),
    ),
    "substitute": (
        Sentence("换医生", "Substitute"),
        Sentence(
            "一个席位改由另一位合格的医生担任，费用不变。",
            "A seat goes to another qualified doctor, for the same fee.",
        ),
    ),
    "dispute": (
        Sentence("提出争议", "Dispute"),
        Sentence(
            "{by}对席位{seats}提出争议：只冻结这些席位的费用，等待协商、仲裁或约定的默认结果。",
            "{by} contests seats {seats}: their fee alone is frozen until both agree, the arbiter rules, or the "
            "default of the terms applies.",
        ),
    ),
    "settleDispute": (
        Sentence("和解", "Agreement on a dispute"),
        Sentence(
            "医院与医生同意对席位{seats}支付{bps}，余款退回医院；医院同时接收无争议的部分。",
            "Hospital and doctors agree to pay {bps} of seats {seats}; the rest returns to the hospital, which accepts "
            "what it did not contest.",
        ),
    ),
    "rule": (
        Sentence("仲裁裁定", "Ruling"),
        Sentence(
            "仲裁裁定对席位{seats}支付{bps}，余款退回医院。",
            "The arbiter rules that {bps} of seats {seats} is paid; the rest returns to the hospital.",
        ),
    ),
    "applyDefault": (
        Sentence("默认结果", "Default"),
        Sentence(
            "仲裁期限已过，有争议的席位按条款约定的比例支付。",
            "The arbiter's window has passed: contested seats are paid the share that the terms name.",
        ),
    ),
    "releaseUncontested": (
        Sentence("结算无争议部分", "Payment of what is not contested"),
        Sentence(
            "复核期已过，无争议的席位结算。", "The review window has passed: what nobody contests is paid."
        ),
    ),
    "deposit": (
        Sentence("入账", "Deposit"),
        Sentence("{bank}确认收到{hospital}的{amount}。", "{bank} confirms {amount} from {hospital}."),
    ),
    "refund": (
        Sentence("退款", "Refund"),
        Sentence(
            "{hospital}取回{amount}，由下一批付款退回。", "{hospital} takes back {amount} with a payout."
        ),
    ),
    "setPayoutAccount": (
        Sentence("收款账户", "Payout account"),
        Sentence(
            "{party}登记新的收款账户，48小时后生效。",
            "{party} names a payout account, in force after 48 hours.",
        ),
    ),
    "cancelPayoutAccount": (
        Sentence("撤回收款账户", "Payout account taken back"),
        Sentence(
            "{party}撤回尚未生效的收款账户。", "{party} takes back the account that is not in force yet."
        ),
    ),
    "dropPendingAccount": (
        Sentence("作废待生效的收款账户", "Payout account dropped"),
        Sentence(
            "{party}的密钥正在更换，尚未生效的收款账户作废。",
            "The keys of {party} are being replaced: its account that is not in force yet is dropped.",
        ),
    ),
    "preparePayout": (
        Sentence("编制付款批次", "Payout batch prepared"),
        Sentence(
            "{preparer}编制第{batch}批付款，待复核。", "{preparer} draws up batch {batch} for approval."
        ),
    ),
    "approvePayout": (
        Sentence("复核付款批次", "Payout batch approved"),
        Sentence("{approver}复核第{batch}批，交银行付款。", "{approver} releases batch {batch} to the bank."),
    ),
    "confirmPayout": (
        Sentence("付款确认", "Payout confirmed"),
        Sentence("{bank}确认第{batch}批已付款。", "{bank} confirms that it paid items of batch {batch}."),
    ),
    "returnPayout": (
        Sentence("银行退票", "Payout returned"),
        Sentence("{bank}退回第{batch}批的一笔付款。", "{bank} returned a payment of batch {batch}."),
    ),
}

_LABELS: Mapping[str, Sentence] = {
    "account": Sentence("账户承诺", "Account commitment"),
    "added": Sentence("新增经办人", "Officers added"),
    "agreement": Sentence("协议承诺", "Agreement commitment"),
    "allowed": Sentence("准许", "Allowed"),
    "amount": Sentence("金额", "Amount"),
    "approver": Sentence("复核人", "Approver"),
    "arbiter": Sentence("仲裁", "Arbiter"),
    "authority": Sentence("认证机构", "Authority"),
    "a": Sentence("甲方", "First party"),
    "b": Sentence("乙方", "Second party"),
    "bank": Sentence("结算银行", "Settlement bank"),
    "bankRef": Sentence("银行流水号摘要", "Bank reference"),
    "batch": Sentence("批次", "Batch"),
    "bps": Sentence("支付比例", "Share paid"),
    "by": Sentence("由谁提出", "By"),
    "caseFile": Sentence("病例承诺", "Case file commitment"),
    "city": Sentence("城市", "City"),
    "commitment": Sentence("文件承诺", "Document commitment"),
    "consent": Sentence("同意书承诺", "Consent commitment"),
    "consenters": Sentence("集团签署人", "Who signs for the group"),
    "doctor": Sentence("医生", "Doctor"),
    "entries": Sentence("日志条数", "Log entries"),
    "file": Sentence("文件承诺", "File commitment"),
    "fundBps": Sentence("集团基金份额", "Share of the group fund"),
    "group": Sentence("集团", "Group"),
    "head": Sentence("日志末条摘要", "Head of the log"),
    "home": Sentence("所属平台", "Home operator"),
    "hospital": Sentence("医疗机构", "Hospital"),
    "index": Sentence("密钥序号", "Key number"),
    "institution": Sentence("执业机构", "Institution of practice"),
    "institutionBps": Sentence("机构份额", "Share of the institution"),
    "item": Sentence("项次", "Item"),
    "items": Sentence("收款方", "Payees"),
    "key": Sentence("密钥", "Key"),
    "kind": Sentence("类别", "Kind"),
    "lead": Sentence("负责人", "Lead"),
    "licence": Sentence("执业证承诺", "Licence commitment"),
    "mask": Sentence("项次", "Items"),
    "newThreshold": Sentence("须共同签署的经办人数", "Officers who sign together"),
    "opinion": Sentence("意见承诺", "Opinion commitment"),
    "overtime": Sentence("超时（每步30分钟）", "Overtime (steps of 30 minutes)"),
    "party": Sentence("主体", "Party"),
    "platform": Sentence("平台", "Platform"),
    "powers": Sentence("权限", "Powers"),
    "preparer": Sentence("编制人", "Preparer"),
    "profile": Sentence("档案摘要", "Profile digest"),
    "quorum": Sentence("须签署的成员数（0为负责人决定）", "Members who must sign (0: the lead decides)"),
    "reason": Sentence("理由承诺", "Reason commitment"),
    "report": Sentence("情况说明承诺", "Report commitment"),
    "recipient": Sentence("接收方", "Recipient"),
    "removed": Sentence("移除的经办人", "Officers removed"),
    "revision": Sentence("登记版次", "Revision of the record"),
    "ruleVersion": Sentence("分账规则版次", "Version of the share rule"),
    "seats": Sentence("席位", "Seats"),
    "sequence": Sentence("序号", "Sequence"),
    "signer": Sentence("签名公钥", "Signing key"),
    "specialties": Sentence("诊疗科目", "Specialties"),
    "spell": Sentence("第几次加入", "Membership number"),
    "standingUntil": Sentence("长期授权至", "Standing consent until"),
    "validUntil": Sentence("有效至", "Valid until"),
    "version": Sentence("版次", "Version"),
}


_REPLACED = Sentence("被替换的条款，原定开始时间", "Replaces the terms that start at")
# The deadline stands beside the statement, and a new key's signature is not part of what is signed.
_UNSHOWN = ("deadline", "possession")


def title(function: str) -> Sentence:
    return _WORDS[function][0]


def says(function: str, values: Values, names: Names) -> Sentence:
    """The sentence with the statement's own facts in it."""
    template = _WORDS[function][1]
    facts = {name: fact(name, value, names) for name, value in values.items() if name not in ("terms", "to")}
    return Sentence(
        template.zh.format_map({name: value.zh for name, value in facts.items()}),
        template.en.format_map({name: value.en for name, value in facts.items()}),
    )


def fields(values: Values, names: Names) -> tuple[tuple[Sentence, Sentence], ...]:
    """Every field that goes into the digest but the deadline, which pages show with it; terms by their parts."""
    shown: list[tuple[Sentence, Sentence]] = []
    for name, value in values.items():
        if name == "terms" and "to" in values:
            shown.append((_REPLACED, fact("start", decode_terms(value).start, names)))
        elif name in ("terms", "to"):
            shown += terms_in_words(decode_terms(value), names)
        elif name not in _UNSHOWN:
            shown.append((_LABELS[name], fact(name, value, names)))
    return tuple(shown)


def parties(values: Values) -> set[PartyId]:
    """Everybody whom `says` and `fields` name."""
    found = fact_words.parties_in(values)
    for name in ("terms", "to"):
        if name not in values:
            continue
        terms = decode_terms(values[name])
        found |= {terms.hospital, terms.pricing.platform, terms.policy.arbiter}
        found |= {each for seat in terms.seats for each in (seat.doctor, seat.institution, seat.group)}
    return found - {PartyId(0)}

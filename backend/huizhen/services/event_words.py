"""Each event of the contracts in one sentence, for timelines, transactions and the auditor."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from huizhen.domain.sentence import Sentence
from huizhen.services.fact_words import Names, fact

Arguments = Mapping[str, Any]

# What nobody did: the patient withdrew the consent, or a required seat was absent.
_CANCELLED_ALONE = "Cancelled by nobody"

# (tone of the timeline, Chinese, English); fields in braces are those of domain.chain_events, and the length of each
# list under its name and _count.
_WORDS: Mapping[str, tuple[str, str, str]] = {
    "Applied": ("wait", "{party}申请成为{kind}", "{party} applied as {kind}"),
    "Accredited": (
        "good",
        "{authority}认证了{party}，有效至{valid_until}",
        "{authority} accredited {party} until {valid_until}",
    ),
    "Suspended": ("bad", "{authority}暂停了{party}", "{authority} suspended {party}"),
    "Reinstated": ("good", "{authority}恢复了{party}", "{authority} reinstated {party}"),
    "SignerAdded": ("note", "{party}添加了第{index}号签名密钥", "{party} added signing key {index}"),
    "SignerRemovalRequested": (
        "wait",
        "{party}申请移除第{index}号签名密钥，最早{not_before}生效",
        "{party} asked to remove signing key {index}, not before {not_before}",
    ),
    "SignerRemovalCancelled": (
        "note",
        "{party}撤回了移除第{index}号签名密钥的申请",
        "{party} took back the removal of signing key {index}",
    ),
    "SignerRemoved": (
        "note",
        "{party}的第{index}号签名密钥已移除",
        "Signing key {index} of {party} was removed",
    ),
    "ReplacementRequested": (
        "bad",
        "{authority}申请更换{party}的全部签名密钥，最早{not_before}生效",
        "{authority} asked to replace all signing keys of {party}, not before {not_before}",
    ),
    "ReplacementCancelled": (
        "note",
        "{party}撤销了更换签名密钥的申请",
        "{party} cancelled the replacement of its signing keys",
    ),
    "ReplacementRuled": (
        "wait",
        "{arbiter}就更换{party}的签名密钥作出裁定（准许：{allowed}）",
        "{arbiter} ruled on replacing the signing keys of {party} (allowed: {allowed})",
    ),
    "SignersReplaced": ("note", "{party}的签名密钥已全部更换", "All signing keys of {party} were replaced"),
    "Affiliated": (
        "good",
        "{doctor}在{institution}执业备案，有效至{valid_until}",
        "{doctor} is registered at {institution} until {valid_until}",
    ),
    "AffiliationEnded": (
        "quiet",
        "{by}结束了{doctor}在{institution}的执业备案",
        "{by} ended the registration of {doctor} at {institution}",
    ),
    "Agreed": (
        "good",
        "{a}与{b}的合作协议生效，有效至{valid_until}",
        "A cooperation agreement of {a} and {b} is in force until {valid_until}",
    ),
    "GroupFounded": ("good", "{lead}成立了{group}", "{lead} founded {group}"),
    "MemberJoined": ("good", "{doctor}加入了{group}", "{doctor} joined {group}"),
    "MemberLeft": ("quiet", "{doctor}退出了{group}", "{doctor} left {group}"),
    "MemberExpelled": ("bad", "{group}除名了{doctor}", "{group} expelled {doctor}"),
    "ShareRuleSet": (
        "note",
        "{group}的第{version}版分账规则：机构{institution_bps}，基金{fund_bps}",
        "Share rule {version} of {group}: institution {institution_bps}, fund {fund_bps}",
    ),
    "StandingConsentSet": (
        "note",
        "{group}的长期预约授权至{standing_until}",
        "{group} consents to bookings until {standing_until}",
    ),
    "PolicySet": (
        "note",
        "{group}的决策须签署人数改为：{quorum}（0为负责人决定）",
        "Members who must sign for {group}: {quorum} from now on (0: the lead decides)",
    ),
    "LeadTransferred": (
        "note",
        "{group}的负责人由{former}改为{lead}",
        "{lead} took over the lead of {group} from {former}",
    ),
    "AccountCreated": (
        "note",
        "机构账户{account}成立，{officers_count}位经办人，须{threshold}位共同签署",
        "Institution account {account} was made with {officers_count} officers, of whom {threshold} sign together",
    ),
    "ConsentGranted": (
        "good",
        "患者的知情同意已登记，有效至{valid_until}",
        "The patient's consent was recorded, valid until {valid_until}",
    ),
    "ConsentWithdrawn": ("bad", "患者撤回了知情同意", "The patient withdrew consent"),
    "FileCommitted": (
        "note",
        "{by}为病例登记了第{index}号文件（从0起）",
        "{by} committed file {index} of the case, counted from 0",
    ),
    "KeyGranted": (
        "good",
        "{hospital}授予{recipient}病例密钥，有效至{valid_until}",
        "{hospital} gave {recipient} the case's key, valid until {valid_until}",
    ),
    "KeyGrantEnded": (
        "quiet",
        "{by}终止了{recipient}的病例密钥授权",
        "{by} ended the key grant of {recipient}",
    ),
    "LogAnchored": (
        "note",
        "{platform}锚定了调阅日志，共{entries}条",
        "{platform} anchored its opening log, {entries} entries",
    ),
    "Reserved": ("note", "{doctors}自{start}起的时段被占用", "The hours of {doctors} from {start} are taken"),
    "Released": (
        "quiet",
        "{doctors}自{start}起的时段被释放",
        "The hours of {doctors} from {start} are free again",
    ),
    "Booked": (
        "good",
        "{hospital}预约了第{id}号会诊，托管{escrowed}",
        "{hospital} booked consultation {id}; {escrowed} in escrow",
    ),
    "Delivered": (
        "note",
        "第{id}号会诊提交了意见，签署席位：{seats}",
        "The opinion of consultation {id} was delivered, signed by seats {seats}",
    ),
    "Settled": ("good", "第{id}号会诊已结算", "Consultation {id} was settled"),
    "Cancelled": (
        "bad",
        "{by}取消了第{id}号会诊，按{fee_bps}收费",
        "{by} cancelled consultation {id}; {fee_bps} of the fee is due",
    ),
    _CANCELLED_ALONE: (
        "bad",
        "第{id}号会诊因知情同意撤回或必需席位缺席而取消，按{fee_bps}收费",
        "Consultation {id} ended without consent or a required seat; {fee_bps} of the fee is due",
    ),
    "Expired": (
        "bad",
        "第{id}号会诊逾期未交付，费用退回",
        "Consultation {id} expired without an opinion; the fee went back",
    ),
    "Amended": (
        "note",
        "第{id}号会诊改了时间或医生，新的条款已由各方签署",
        "Consultation {id} has other hours or another doctor; everyone signed the new terms",
    ),
    "AttendanceRecorded": (
        "note",
        "第{id}号会诊的出席记录：席位{seats}，加时{overtime}步",
        "Attendance of consultation {id}: seats {seats}, {overtime} overtime steps",
    ),
    "NoShowMarked": (
        "bad",
        "{by}记录了第{id}号会诊有人缺席（席位{seats}）",
        "{by} recorded an absence in consultation {id} (seats {seats})",
    ),
    "Disputed": (
        "bad",
        "{by}对第{id}号会诊的席位{seats}提出争议",
        "{by} contests seats {seats} of consultation {id}",
    ),
    "UncontestedReleased": (
        "good",
        "第{id}号会诊无争议的席位{seats}已结算",
        "The uncontested seats {seats} of consultation {id} were paid",
    ),
    "DisputeResolved": (
        "good",
        "第{id}号会诊席位{seats}的争议已了结（{resolution}），按{bps}支付",
        "The dispute about seats {seats} of consultation {id} has ended ({resolution}); {bps} is paid",
    ),
    "Deposited": ("good", "{hospital}存入{amount}", "{hospital} paid in {amount}"),
    "Refunded": ("note", "{hospital}退回余额{amount}，转为可付", "{hospital} took back {amount}, now credit"),
    "Escrowed": (
        "note",
        "第{consultation}号会诊托管{hospital}的{amount}",
        "{amount} of {hospital} went into escrow for consultation {consultation}",
    ),
    "EscrowReleased": (
        "good",
        "第{consultation}号会诊的托管款{funded}已分账，收款{legs_count}方",
        "The escrow of consultation {consultation}, {funded}, was split among {legs_count} payees",
    ),
    "PayoutAccountSet": (
        "wait",
        "{party}登记了收款账户，{effective_at}生效",
        "{party} named a payout account, in force from {effective_at}",
    ),
    "PayoutAccountCancelled": (
        "note",
        "{party}未生效的收款账户已撤回",
        "A payout account of {party} that was not in force yet was taken back",
    ),
    "PayoutPrepared": ("wait", "{preparer}编制了第{batch}批付款", "{preparer} prepared payout batch {batch}"),
    "PayoutApproved": (
        "good",
        "{approver}复核了第{batch}批付款：应付{gross}，代扣{withheld}",
        "{approver} approved payout batch {batch}: gross {gross}, withheld {withheld}",
    ),
    "PayoutConfirmed": (
        "good",
        "银行确认支付第{batch}批中的{amount}",
        "The bank confirmed {amount} of payout batch {batch}",
    ),
    "PayoutLeftOutstanding": (
        "bad",
        "第{batch}批中的{items}未能付出，仍待付款",
        "In payout batch {batch}, {items} could not be paid and are still outstanding",
    ),
    "PayoutReturned": (
        "bad",
        "银行退回第{batch}批中{party}的{amount}",
        "The bank sent back {amount} of {party} in payout batch {batch}",
    ),
    "Collected": (
        "note",
        "存管账户入账{amount}，结余{custody}",
        "{amount} came into custody, which is now {custody}",
    ),
    "Paid": ("note", "存管账户付出{amount}，结余{custody}", "{amount} left custody, which is now {custody}"),
    "Reclaimed": (
        "note",
        "退票{amount}回到存管账户，结余{custody}",
        "{amount} came back into custody, which is now {custody}",
    ),
    "PaidIn": (
        "wait",
        "{payer}转入{amount}，待银行登记",
        "{payer} paid in {amount}, for the bank to record",
    ),
    "TakenBack": (
        "note",
        "{payer}取回未登记的{amount}",
        "{payer} took back {amount} that had not been recorded",
    ),
    "BookerSet": (
        "quiet",
        "合约{booker}的写入许可：{allowed}",
        "Permission to write of contract {booker}: {allowed}",
    ),
    "AuthorityUpdated": (
        "quiet",
        "合约的权限管理器改为{authority}",
        "The access manager of the contract is now {authority}",
    ),
}


@dataclass(frozen=True, slots=True)
class EventWords:
    tone: str
    sentence: Sentence


def arguments_of(text: str) -> Arguments:
    """The arguments as the index keeps them (domain.event_record)."""
    read: Arguments = json.loads(text)
    return read


def describe(name: str, arguments: Arguments, names: Names) -> EventWords:
    """An event that this version has no words for is called by its name."""
    if name not in _WORDS:
        return EventWords("quiet", Sentence(name, name))
    tone, zh, en = _WORDS[_CANCELLED_ALONE if name == "Cancelled" and not arguments["by"] else name]
    facts = {key: fact(key, value, names) for key, value in arguments.items()}
    for key, value in arguments.items():
        if isinstance(value, list):
            facts[f"{key}_count"] = Sentence(str(len(value)), str(len(value)))
    return EventWords(
        tone,
        Sentence(
            zh.format(**{key: words.zh for key, words in facts.items()}),
            en.format(**{key: words.en for key, words in facts.items()}),
        ),
    )

"""The sentences of domain.refusals, by the contracts' error names; one entry for each error that people can meet."""

from __future__ import annotations

from typing import Final

from huizhen.domain.sentence import Sentence

SENTENCES: Final[dict[str, Sentence]] = {
    # Statements and signatures
    "StatementExpired": Sentence(
        "这份声明已于{deadline:time}过期（现在是{nowAt:time}）。请重新生成并签署。",
        "This statement expired at {deadline:time} (it is {nowAt:time} now). Draw it up again and sign the new one.",
    ),
    "InvalidSignature(party,signer)": Sentence(
        "{party:party}的签名（第{signer}把钥匙）与声明不符。请核对内容后由本人重新签署。",
        "The signature of {party:party} (key {signer}) does not fit this statement. Check the fields and have it "
        "signed again.",
    ),
    "InvalidSignature(key)": Sentence(
        "知情同意的签名与链接中的钥匙不符。请患者重新打开同意链接签署。",
        "The signature on the consent is not of the key in its link. Ask the patient to open the link and sign again.",
    ),
    "UnknownSigner": Sentence(
        "{party:party}没有第{signer}把钥匙，可能已被移除。请改用现有的钥匙签署。",
        "{party:party} has no key {signer}; it may have been removed. Sign with one of the present keys.",
    ),
    "MalformedSignatures": Sentence(
        "签名数量或格式与所需的签署人不符。请重新收集签名。",
        "The signatures are not those of the parties that have to sign. Gather them again.",
    ),
    "StaleRevision": Sentence(
        "签署后情况已变化（签的是第{named}版，现为第{current}版），或这份声明已用过。请刷新后重新签署。",
        "Something changed since this was signed (it names revision {named}, now it is {current}), or it was used "
        "already. Reload and sign again.",
    ),
    "StaleSequence": Sentence(
        "这份声明已用过或不是下一份（编号{named}，应为{current}）。请刷新后重新签署。",
        "This statement was used already or is not the next one (number {named}, expected {current}). "
        "Reload and sign again.",
    ),
    "StaleSpell": Sentence(
        "成员资格的期次不符（声明为{named}，应为{next}）。请刷新后重新签署。",
        "The membership has moved on (the statement names spell {named}, expected {next}). Reload and sign again.",
    ),
    "ClockInMilliseconds": Sentence(
        "这条链以毫秒计时，合约不能部署在上面。请换一条链。",
        "This chain counts time in milliseconds; the contracts cannot stand on it. Choose another chain.",
    ),
    # Parties and licences
    "SignerTooShort": Sentence(
        "签名钥匙太短（{length}字节，至少20字节）。请重新生成钥匙。",
        "The key is too short ({length} bytes, at least 20). Make a new one.",
    ),
    "VerifierWithoutCode": Sentence(
        "签名钥匙的验证合约{verifier}不存在。请改用已部署的验证合约。",
        "No contract stands at {verifier} to verify this key. Use a verifier that is deployed.",
    ),
    "SignerTaken": Sentence(
        "这把钥匙已属于{party:party}。请使用新的钥匙。",
        "This key belongs or belonged to {party:party}. Use a new one.",
    ),
    "SignerTooLong": Sentence(
        "签名钥匙太长（{length}字节，最多{allowed}字节）。请换一把较短的钥匙。",
        "The key is too long ({length} bytes, at most {allowed}). Use a shorter one.",
    ),
    "PossessionUnproven": Sentence(
        "{party:party}的新钥匙没有签署这份声明，无法证明由其持有。请用新钥匙对同一份声明签名后重新提交。",
        "The new key of {party:party} did not sign this statement, so nothing shows that it is held. "
        "Sign the same statement with the new key and send it again.",
    ),
    "OnlyKeyReplacement": Sentence(
        "整套密钥只能通过更换密钥合约替换。请由认证机构申请更换。",
        "All keys of a party change only through the contract for key replacement. Ask the authority to request it.",
    ),
    "OwnCause": Sentence(
        "{officer:party}与此事有关，不能由其申请或裁定。请由另一位有权限的人员签署。",
        "{officer:party} is concerned in this and can neither ask nor rule. "
        "Another officer with the power has to sign.",
    ),
    "NoReplacementPending": Sentence(
        "{party:party}没有待执行的密钥更换：可能已撤销、逾期，或认证机构的情况已变。需要时请认证机构重新申请。",
        "{party:party} has no replacement of keys pending: it was ended, has lapsed, or the authority changed since. "
        "Have the authority request it again if it is still needed.",
    ),
    "CancellationSpent": Sentence(
        "{party:party}已撤销过一次，或仲裁已准许更换，不能再撤销。如有异议请联系仲裁。",
        "{party:party} has cancelled once already, or an arbiter allowed this. Turn to an arbiter to object.",
    ),
    "RulingNeeded": Sentence(
        "{party:party}的上一次更换曾被撤销，这一次须先由仲裁裁定准许。请联系仲裁。",
        "A replacement of the keys of {party:party} was cancelled before: an arbiter has to allow this one first.",
    ),
    "ReplacementTooEarly": Sentence(
        "密钥要到{notBefore:time}才能更换（现在是{nowAt:time}）。请到时再试。",
        "The keys can be replaced from {notBefore:time} on (it is {nowAt:time} now). Try again then.",
    ),
    "TooManySigners": Sentence(
        "{party:party}的钥匙已达上限{allowed}把。请先移除一把。",
        "{party:party} already has {allowed} keys, which is the most. Remove one first.",
    ),
    "LastSigner": Sentence(
        "这是{party:party}的最后一把钥匙，不能移除。请先添加一把新的。",
        "This is the last key of {party:party} and cannot be removed. Add another one first.",
    ),
    "NoRemovalPending": Sentence(
        "{party:party}没有待移除的钥匙。请刷新页面。",
        "{party:party} has no key waiting to be removed. Reload the page.",
    ),
    "RemovalTooEarly": Sentence(
        "钥匙要到{notBefore:time}才能移除（现在是{nowAt:time}）。请到时再试。",
        "The key can be removed from {notBefore:time} on (it is {nowAt:time} now). Try again then.",
    ),
    "UnknownParty": Sentence(
        "没有编号为{party}的参与方。请核对编号。", "There is no party {party}. Check the number."
    ),
    "KindNotAllowed": Sentence(
        "该参与方的类别不能做这件事。请选择正确类别的参与方。",
        "A party of this kind cannot take this part. Choose a party of the right kind.",
    ),
    "NotAccredited": Sentence(
        "{party:party}未获认证或已被暂停。请先向认证机构申请认证。",
        "{party:party} is not accredited, or is suspended. The authority has to accredit it first.",
    ),
    "NotSuspended": Sentence(
        "{party:party}没有被暂停，无需恢复。请刷新页面。",
        "{party:party} is not suspended, so there is nothing to end. Reload the page.",
    ),
    "LicenceExpired": Sentence(
        "{party:party}的执业资格有效期至{validUntil:time}，不能覆盖{neededAt:time}。请先续期，或另选一位。",
        "The licence of {party:party} is valid until {validUntil:time} and would be needed at {neededAt:time}. "
        "Have it renewed first, or choose another party.",
    ),
    "ValidityInThePast": Sentence(
        "有效期{validUntil:time}早于现在（{nowAt:time}）。请填写将来的日期。",
        "The validity ends at {validUntil:time}, before now ({nowAt:time}). Give a date in the future.",
    ),
    "SpecialtiesMissing": Sentence(
        "{doctor:party}的执业范围不包含所需专科。请另选医生，或先请认证机构变更执业范围。",
        "{doctor:party} is not licensed for the specialties of this seat. Choose another doctor, or have the licence "
        "extended first.",
    ),
    "NotAffiliated": Sentence(
        "{doctor:party}在{institution:party}的执业注册有效期至{validUntil:time}，不能覆盖{neededAt:time}。请先续签。",
        "{doctor:party} is registered at {institution:party} until {validUntil:time}, and would have to be at "
        "{neededAt:time}. Renew the registration first.",
    ),
    "NoAgreement": Sentence(
        "{a:party}与{b:party}之间没有覆盖{neededAt:time}的合作协议。请双方先签署协议。",
        "{a:party} and {b:party} have no cooperation agreement in force at {neededAt:time}. "
        "Both have to sign one first.",
    ),
    "PowerMissing": Sentence(
        "{party:party}没有做这件事的权限。请由有权限的人员签署。",
        "{party:party} does not hold the power for this. Someone who holds it has to sign.",
    ),
    "SameParty": Sentence(
        "协议须由两家不同的机构签署，编号小的在前。请核对双方。",
        "An agreement is between two different institutions, the smaller number first. Check both.",
    ),
    # Groups
    "AlreadyFounded": Sentence(
        "医生集团{group:party}已经成立。请刷新页面。",
        "The group {group:party} is founded already. Reload the page.",
    ),
    "UnknownGroup": Sentence(
        "医生集团{group:party}尚未成立。请先成立集团。",
        "The group {group:party} is not founded yet. Found it first.",
    ),
    "SharesDoNotSum": Sentence(
        "机构{institutionBps:percent}与集团{fundBps:percent}合计超过100%。请调低后重试。",
        "The institution's {institutionBps:percent} and the group's {fundBps:percent} exceed 100 %. Lower them.",
    ),
    "AlreadyMember": Sentence(
        "{doctor:party}已是{group:party}的成员，无需重复加入。",
        "{doctor:party} is a member of {group:party} already; nothing has to be done.",
    ),
    "NotMember": Sentence(
        "{doctor:party}不是{group:party}的成员。请先办理加入。",
        "{doctor:party} is not a member of {group:party}. The doctor has to join first.",
    ),
    "AlreadyLead": Sentence(
        "{lead:party}已是{group:party}的负责人，无需移交。",
        "{lead:party} leads {group:party} already; nothing has to be done.",
    ),
    "LeadMayNotLeave": Sentence(
        "{lead:party}是{group:party}的负责人，不能退出或被除名。请先移交负责人。",
        "{lead:party} leads {group:party} and can neither leave nor be expelled. Another lead has to take over first.",
    ),
    "StaleRule": Sentence(
        "{group:party}的分成规则已更新到第{current}版（条款写的是第{named}版）。请按新规则重新生成条款并签署。",
        "{group:party} now has version {current} of its share rule (the statement names {named}). Draw it up again "
        "under the new rule and sign.",
    ),
    "SharesDiffer": Sentence(
        "条款中的分成与{group:party}的规则不同（机构{institutionBps:percent}，集团{fundBps:percent}）。请重新生成条款。",
        "The shares in the terms are not those of {group:party} (institution {institutionBps:percent}, group "
        "{fundBps:percent}). Draw the terms up again.",
    ),
    "ConsentersNotAscending": Sentence(
        "成员签名须按编号升序且不重复。请重新收集签名。",
        "Members' signatures must stand in ascending order, each once. Gather them again.",
    ),
    "QuorumNotReached": Sentence(
        "{group:party}需要{needed}位成员签名，现有{signatures}位。请补足签名。",
        "{group:party} needs the signatures of {needed} members and has {signatures}. Gather the missing ones.",
    ),
    # Officers of an institution
    "OfficersDidNotSign": Sentence(
        "须{threshold}位现任经办人对这份变更签名，现有签名不足或不符。请重新收集签名。",
        "{threshold} present officers have to sign this change; signatures are missing or do not fit. "
        "Gather them again.",
    ),
    "OfficerNotAllowed": Sentence(
        "这把钥匙不能作为经办人：它是账户本身，或其验证合约不存在。请更换钥匙。",
        "This key cannot be an officer: it is the account itself, or its verifier does not exist. Choose another key.",
    ),
    "ThresholdTooLow": Sentence(
        "共同签署人数{named}过少，至少{allowed}位。请调高。",
        "{named} signatures are too few: at least {allowed} officers sign together. Raise the number.",
    ),
    "MultiSignerERC7913AlreadyExists": Sentence(
        "该经办人已在账户中。请从新增名单中去掉。",
        "This officer is in the account already. Take it off the list of those who are added.",
    ),
    "MultiSignerERC7913NonexistentSigner": Sentence(
        "要移除的经办人不在账户中。请刷新后重新生成。",
        "The officer who is to be removed is not in the account. Reload and draw the change up again.",
    ),
    "MultiSignerERC7913InvalidSigner": Sentence(
        "经办人的钥匙太短（至少20字节）。请重新生成钥匙。",
        "The officer's key is too short (at least 20 bytes). Make a new one.",
    ),
    "MultiSignerERC7913UnreachableThreshold": Sentence(
        "账户只剩{signers}位经办人，少于须共同签署的{threshold}位。请保留更多经办人或调低人数。",
        "{signers} officers would be left, fewer than the {threshold} who sign together. "
        "Keep more of them or lower the number.",
    ),
    # Consent of the patient
    "AlreadyGranted": Sentence(
        "这份知情同意已经登记。请刷新页面。", "This consent is on record already. Reload the page."
    ),
    "NotGranted": Sentence(
        "链上没有这份知情同意。请先请患者通过同意链接签署。",
        "This consent is not on record. Ask the patient to sign it through the consent link first.",
    ),
    "AlreadyWithdrawn": Sentence(
        "这份知情同意已经撤回。", "This consent was withdrawn already; nothing has to be done."
    ),
    "ConsentNotInForce": Sentence(
        "知情同意已撤回，或在会诊结束前到期（{validUntil:time}）。请患者重新签署。",
        "The patient's consent was withdrawn or ends before the consultation does ({validUntil:time}). "
        "Ask the patient for a new one.",
    ),
    "ConsentForOtherHospital": Sentence(
        "这份知情同意给的是{granted:party}，不是{asked:party}。请由患者另行同意。",
        "This consent was given to {granted:party}, not to {asked:party}. Ask the patient for a consent of your own.",
    ),
    # Files, keys and the log of openings
    "CaseOfOtherHospital": Sentence(
        "这份病例承诺已属于{hospital:party}，{asked:party}不能使用。请重新生成同意链接，请患者再次同意。",
        "This case commitment belongs to {hospital:party}, not to {asked:party}. Make a new consent link, which brings "
        "a new commitment, and ask the patient to sign it.",
    ),
    "ZeroHash": Sentence(
        "承诺或摘要为空。请重新计算后再签署。",
        "A commitment or digest is empty. Compute it again, then sign.",
    ),
    "FileAlreadyCommitted": Sentence(
        "这份文件已登记为此病例的第{index:next}份文件，无需重复登记。",
        "This file is on record already, as file {index:next} of the case; nothing has to be done.",
    ),
    "GrantBeyondConsent": Sentence(
        "授权至{validUntil:time}，超过了患者同意的期限{allowed:time}。请缩短授权期限，或请患者重新同意。",
        "The grant would last until {validUntil:time}, beyond the patient's consent ({allowed:time}). Shorten it, or "
        "ask the patient for a new consent.",
    ),
    "KeyGrantNotInForce": Sentence(
        "{recipient:party}的病例密钥授权有效期至{validUntil:time}，在{neededAt:time}无效。请医院重新授予密钥。",
        "{recipient:party} holds a key of this case until {validUntil:time}, not at {neededAt:time}. The hospital has "
        "to grant it anew.",
    ),
    "MayNotEndKeyGrant": Sentence(
        "{party:party}不能终止这项授权，只有病例所属医院或接收方可以。请由其中一方签署。",
        "{party:party} may not end this grant; only the hospital of the case or the recipient may. One of them has to "
        "sign.",
    ),
    "EntriesFell": Sentence(
        "调阅日志有{named}条，少于已锚定的{anchored}条。请核对日志是否完整后再锚定。",
        "The log has {named} entries, fewer than the {anchored} anchored before. Check that it is whole, then anchor "
        "it.",
    ),
    "LogForked": Sentence(
        "日志末条摘要与已锚定的不衔接：条数不变则摘要不变，条数增加则摘要须变。请核对日志后再锚定。",
        "The head does not follow the one anchored before: it stays while no entry is added and changes when one is. "
        "Check the log, then anchor it.",
    ),
    # Hours
    "SlotTaken": Sentence(
        "{doctor:party}在{slot:slot}已有预约。请另选时间或医生。",
        "{doctor:party} is already booked at {slot:slot}. Choose another time or another doctor.",
    ),
    "SlotFree": Sentence(
        "{doctor:party}在{slot:slot}没有预约，无法释放。请刷新页面。",
        "{doctor:party} is not booked at {slot:slot}, so there is nothing to free. Reload the page.",
    ),
    # Consultations
    "AlreadyBooked": Sentence(
        "同样的条款已预约为会诊{id}。请查看该会诊，或重新生成条款。",
        "These very terms are booked as consultation {id}. Look at it, or draw up new terms.",
    ),
    "UnknownTerms": Sentence(
        "链上没有这份条款对应的会诊。请刷新页面。", "No consultation has these terms. Reload the page."
    ),
    "WrongStatus": Sentence(
        "会诊的状态已变化，不能再做这一步。请刷新页面查看最新状态。",
        "The consultation has moved on, so this step is not possible any more. Reload the page to see where it is.",
    ),
    "StartInThePast": Sentence(
        "会诊开始时间{start:time}已过（现在是{nowAt:time}）。请另选时间。",
        "The consultation would have started at {start:time}, before now ({nowAt:time}). Choose a later time.",
    ),
    "NotStarted": Sentence(
        "会诊要到{start:time}才开始（现在是{nowAt:time}）。请在开始后提交意见。",
        "The consultation starts at {start:time} (it is {nowAt:time} now). Deliver the opinion after that.",
    ),
    "AlreadyStarted": Sentence(
        "会诊已于{start:time}开始，不能取消。请等待意见，或在逾期后由系统退款。",
        "The consultation started at {start:time} and cannot be cancelled. Wait for the opinion; if none comes in "
        "time, the price is returned.",
    ),
    "DeliveryTooLate": Sentence(
        "意见应于{due:time}前提交（现在是{nowAt:time}），已逾期，费用将退回医院。",
        "The opinion was due at {due:time} (it is {nowAt:time} now). The price goes back to the hospital.",
    ),
    "DeliveryStillOpen": Sentence(
        "提交意见的期限到{due:time}为止，现在还不能按逾期处理。请到时再试。",
        "The opinion may still be delivered until {due:time}. Try again after that.",
    ),
    "ReviewStillOpen": Sentence(
        "医院审阅期到{due:time}为止。请等医院接收，或到期后再试。",
        "The hospital may review until {due:time}. Wait until it accepts, or try again after that.",
    ),
    "RequiredSeatMissing": Sentence(
        "有必需席位没有签署意见。请补齐所有必需席位的签署。",
        "A required seat did not sign the opinion. All required seats have to sign it.",
    ),
    "SeatOutOfRange": Sentence(
        "意见中列出的席位多于会诊的{count}个席位。请核对席位。",
        "The opinion names a seat beyond the {count} of this consultation. Check the seats.",
    ),
    "OvertimeNotAgreed": Sentence(
        "申报的加时{steps}步超过约定的{allowed}步。请改为约定范围内。",
        "{steps} steps of overtime are more than the {allowed} agreed. Give at most these.",
    ),
    "MayNotCancel": Sentence(
        "{party:party}不能取消这次会诊，只有医院和牵头专家可以。",
        "{party:party} may not cancel this consultation; only the hospital and the leading doctor may.",
    ),
    "OvertimeDiffers": Sentence(
        "出席记录的加时是{recorded}步，意见填了{overtime}步。请改为一致。",
        "Attendance records {recorded} overtime steps and the opinion names {overtime}. Make them the same.",
    ),
    "SeatAbsent": Sentence(
        "意见中有出席记录里缺席的席位。请去掉缺席的席位。",
        "The opinion names a seat that attendance records as absent. Leave absent seats out.",
    ),
    "AttendanceStands": Sentence(
        "这次会诊的出席已记录，不能再改。对结果有异议可在审阅期内提出争议。",
        "The attendance of this consultation stands already. Whoever disagrees may dispute within the review window.",
    ),
    "ReviewOver": Sentence(
        "审阅期已于{due:time}结束，不能再提出争议。",
        "The review window ended at {due:time}; nothing can be contested any more.",
    ),
    "ConsentStands": Sentence(
        "患者没有撤回知情同意。若要取消，请由医院或牵头专家取消。",
        "The patient has not withdrawn the consent. To cancel, the hospital or the leading doctor has to do so.",
    ),
    "NotDisputes": Sentence(
        "这一步只能经由争议合约进行。请从会诊页面操作。",
        "This step is taken through the Disputes contract alone. Use the page of the consultation.",
    ),
    # When a consultation does not go as planned
    "MayNotMark": Sentence(
        "{party:party}不能记录缺席，只有医院和牵头专家可以。",
        "{party:party} may not record an absence; only the hospital and the leading doctor may.",
    ),
    "NoSeats": Sentence("没有选择席位。请至少选择一个席位。", "No seat is named. Choose at least one."),
    "SeatRequired": Sentence(
        "必需席位缺席不能由医院单方记录。请与牵头专家共同记录出席，或等待意见期限届满后全额退款。",
        "The hospital alone cannot mark a required seat as absent. Record the attendance together with the lead, "
        "or wait: without an opinion the whole price returns.",
    ),
    "TermsDiffer": Sentence(
        "新条款与原条款的差别超出允许范围。改期只改时间，换医生只换一个席位：请重新生成条款。",
        "The new terms differ in more than they may. Another time changes the start alone, a substitute one seat "
        "alone: draw the terms up again.",
    ),
    "SeatsDiffer": Sentence(
        "{leaving:party}的席位与{joining:party}的席位在费用、科目或必需与否上不同。请保持一致后重新生成条款。",
        "The seats of {leaving:party} and {joining:party} differ in fee, specialties or being required. Make them the "
        "same and draw the terms up again.",
    ),
    "LeadDiffers": Sentence(
        "牵头专家应为{leading:party}，新条款写的是{next:party}。请更正后重新生成条款。",
        "The leading doctor has to be {leading:party}, not {next:party}. Correct it and draw the terms up again.",
    ),
    "NotOfSeat": Sentence(
        "{party:party}只能就自己的席位提出争议。请选择自己的席位。",
        "{party:party} may contest their own seat alone. Choose that seat.",
    ),
    "NotContestable": Sentence(
        "所选席位中有不能争议的（已争议、已了结，或不在交付的席位中）。请刷新后重新选择。",
        "Some of these seats cannot be contested: they are contested or resolved already, or not among those "
        "delivered. Reload and choose again.",
    ),
    "NotContested": Sentence(
        "所选席位中有没有争议的。请刷新后只选择有争议的席位。",
        "Some of these seats are not contested. Reload and choose contested ones alone.",
    ),
    "RestReleased": Sentence(
        "无争议的部分已结算，不能再提出新的争议。",
        "What nobody contested has been paid; nothing further can be contested.",
    ),
    "RulingTooLate": Sentence(
        "仲裁期限已于{due:time}结束，改按条款的默认比例支付。",
        "The arbiter's window ended at {due:time}; the default of the terms applies now.",
    ),
    "RulingStillOpen": Sentence(
        "仲裁可在{due:time}前裁定。请等待裁定，或到期后再试。",
        "The arbiter may rule until {due:time}. Wait for the ruling, or try again after that.",
    ),
    # Terms
    "TermsMalformed": Sentence(
        "条款数据长度不符（{length}字节）。请重新生成条款。",
        "The terms are not well formed ({length} bytes). Draw them up again.",
    ),
    "TermsVersion": Sentence(
        "条款版本{version}不受支持（支持{supported}）。请重新生成条款。",
        "Terms of version {version} are not supported (version {supported} is). Draw them up again.",
    ),
    "SeatCount": Sentence(
        "席位数{seats}超过上限{allowed}。请减少席位。",
        "{seats} seats are more than the {allowed} allowed. Remove some.",
    ),
    "SeatsNotAscending": Sentence(
        "席位须按医生编号升序，且每位医生只占一席。请重新生成条款。",
        "Seats must stand in ascending order of doctor, each doctor once. Draw the terms up again.",
    ),
    "LeadNotRequired": Sentence(
        "牵头席位须是必需席位。请更正后重新生成条款。",
        "The leading seat must be a required seat. Correct it and draw the terms up again.",
    ),
    "NoLength": Sentence(
        "会诊没有时长。请填写时长后重新生成条款。",
        "The consultation has no length. Give one and draw the terms up again.",
    ),
    "FlagMalformed": Sentence(
        "条款中的席位标志无效。请重新生成条款。",
        "A seat's flag in the terms is invalid. Draw the terms up again.",
    ),
    "SharesWithoutGroup": Sentence(
        "{doctor:party}的席位没有集团，平台份额以外应全部归执业机构。请重新生成条款。",
        "The seat of {doctor:party} has no group, so all that the platform leaves goes to the institution. "
        "Draw the terms up again.",
    ),
    "ShareOutOfRange": Sentence(
        "份额{bps:percent}超过上限{allowed:percent}。请调低后重新生成条款。",
        "A share of {bps:percent} is above {allowed:percent}. Lower it and draw the terms up again.",
    ),
    "PriceTooHigh": Sentence(
        "总价{price:yuan}超过上限{allowed:yuan}。请核对金额。",
        "The price of {price:yuan} is above {allowed:yuan}. Check the fees.",
    ),
    "TooManyLegs": Sentence(
        "这笔费用要分给{legs}方，最多{allowed}方。请减少席位，或选择同一机构、同一集团的医生。",
        "The fee would go to {legs} payees and at most {allowed} are possible. Take fewer seats, or doctors who share "
        "an institution or a group.",
    ),
    # Money
    "ZeroAmount": Sentence("金额须大于零。请填写金额。", "The amount must be above zero. Give an amount."),
    "FundsTooLow": Sentence(
        "{hospital:party}的可用资金为{available:yuan}，需要{needed:yuan}。请先充值。",
        "{hospital:party} has {available:yuan} available and needs {needed:yuan}. Deposit the difference first.",
    ),
    "EscrowTooLow": Sentence(
        "{hospital:party}的托管金额{escrowed:yuan}不足{needed:yuan}。请联系平台核对账目。",
        "{hospital:party} has {escrowed:yuan} in escrow, less than {needed:yuan}. Ask the platform to check the books.",
    ),
    "LegsExceedFunded": Sentence(
        "分账合计{legs:yuan}超过托管的{funded:yuan}。请联系平台核对账目。",
        "The legs sum to {legs:yuan}, more than the {funded:yuan} in escrow. Ask the platform to check the books.",
    ),
    "NoAccountPending": Sentence(
        "{party:party}没有待生效的收款账户，或账户已生效。请刷新页面。",
        "{party:party} has no payout account waiting to come into force. Reload the page.",
    ),
    "NoAccountInForce": Sentence(
        "{party:party}没有生效的收款账户。请收款方先登记账户，48小时后生效。",
        "{party:party} has no payout account in force. The payee has to name one; it is in force after 48 hours.",
    ),
    "ReplacementPending": Sentence(
        "{party:party}的密钥正在更换，期间不能登记收款账户。请等更换完成或撤回。",
        "The keys of {party:party} are being replaced, and no payout account can be named meanwhile. Wait until that "
        "is done or taken back.",
    ),
    "WithheldExceedsGross": Sentence(
        "{party:party}的代扣税{withheld:yuan}超过应付总额{gross:yuan}。请核对税额。",
        "The tax of {withheld:yuan} withheld from {party:party} exceeds the gross of {gross:yuan}. Check the tax.",
    ),
    "BatchSize": Sentence(
        "一个批次须有1到{allowed}笔付款，现有{items}笔。请拆分或补充。",
        "A batch has 1 to {allowed} payments and this one has {items}. Split or fill it.",
    ),
    "ItemsNotAscending": Sentence(
        "批次中的收款方须按编号升序且不重复。请重新编制。",
        "The payees of a batch must stand in ascending order, each once. Draw it up again.",
    ),
    "ItemsDiffer": Sentence(
        "付款明细与批次{batch}编制时不同。请刷新后按原明细操作。",
        "These payments are not those that batch {batch} was drawn up with. Reload and use the original ones.",
    ),
    "WrongBatchStatus": Sentence(
        "批次{batch}的状态已变化，不能再做这一步。请刷新页面。",
        "Batch {batch} has moved on, so this step is not possible any more. Reload the page.",
    ),
    "SameOfficer": Sentence(
        "编制与审批须由两人完成，{officer:party}不能两者都做。请由另一位审批人签署。",
        "Two people prepare and approve; {officer:party} cannot do both. Another approver has to sign.",
    ),
    "ApprovalTooLate": Sentence(
        "批次应于{due:time}前审批（现在是{nowAt:time}）。请重新编制批次。",
        "The batch had to be approved by {due:time} (it is {nowAt:time} now). Draw up a new one.",
    ),
    "NotOutstanding": Sentence(
        "批次{batch}中有付款不在银行处理中。请刷新后只确认处理中的付款。",
        "Some of these payments of batch {batch} are not in the bank's hands. Reload and confirm only those that are.",
    ),
    "NothingPaid": Sentence(
        "批次{batch}的这些付款一笔也付不出去，例如账户被冻结。请稍后再试，或退回给收款方。",
        "None of these payments of batch {batch} could be made: the accounts may be frozen. Try again later, or return "
        "them to their payees' credit.",
    ),
    "NotReturnable": Sentence(
        "批次{batch}的第{item:next}笔没有付出或已退回。请核对序号。",
        "Payment {item:next} of batch {batch} is not out, or came back already. Check its number.",
    ),
    "ReferenceUsed": Sentence(
        "这个银行流水号已经登记过。请核对流水，每笔只能登记一次。",
        "This bank reference is on record already. Check the statement: each one counts once.",
    ),
    "CustodyTooSmall": Sentence(
        "托管账户余额{custody:yuan}不足{needed:yuan}。请核对银行账户。",
        "The custody account holds {custody:yuan}, less than {needed:yuan}. Check the bank account.",
    ),
    "NotAToken": Sentence(
        "{token}不是代币合约。请核对代币地址。", "No token stands at {token}. Check the token's address."
    ),
    "UnitMissing": Sentence(
        "没有说明一分等于多少代币单位。请设置后重试。",
        "How many units of the token are one fen is not said. Set it and try again.",
    ),
    "NothingToPayIn": Sentence(
        "转入金额须大于零。请填写金额。", "The amount to pay in must be above zero. Give an amount."
    ),
    "AlreadyPaidIn": Sentence(
        "已有人用这个流水号转入{amount:yuan}。请换一个别人猜不到的流水号。",
        "{amount:yuan} was paid in under this reference already. Use another one, which nobody can guess.",
    ),
    "PaidInDiffers": Sentence(
        "此流水号下转入的是{paidIn:yuan}，不是{needed:yuan}。请核对金额与流水号。",
        "{paidIn:yuan} was paid in under this reference, not {needed:yuan}. Check the amount and the reference.",
    ),
    "NotThePayer": Sentence(
        "只有转入的人能取回，或已登记、已取回。请核对流水号与账户。",
        "Only who paid in can take it back, and only until it is recorded. Check the reference and the account.",
    ),
    "TransferInexact": Sentence(
        "代币没有如数到账（可能收取手续费）。请换用不收费的代币或账户。",
        "The token did not move exactly this amount (it may take a fee). Use a token and an account without fees.",
    ),
    "OnlyTheRailItself": Sentence(
        "这一步只能由资金通道合约自己执行。", "Only the rail contract itself takes this step."
    ),
    "GasTooLow": Sentence(
        "交易的gas余量{left}不足{needed}。请提高gas上限后重发。",
        "The transaction has {left} gas left and needs {needed}. Send it again with a higher gas limit.",
    ),
    "SafeERC20FailedOperation": Sentence(
        "代币合约{token}拒绝了转账。请核对余额与授权。",
        "The token {token} refused the transfer. Check the balance and the approval.",
    ),
    "ReentrancyGuardReentrantCall": Sentence(
        "合约在付款途中被再次调用，已拒绝。请稍后再试。",
        "The contract was called again in the middle of a payment, and refused. Try again later.",
    ),
    # Between contracts
    "NotBooker": Sentence(
        "合约之间的权限没有设好。请运营方运行 huizhen deploy 后重试。",
        "The contracts lack a permission among themselves. The operator has to run huizhen deploy.",
    ),
    "AccessManagedUnauthorized": Sentence(
        "合约之间的权限没有设好。请运营方运行 huizhen deploy 后重试。",
        "The contracts lack a permission among themselves. The operator has to run huizhen deploy.",
    ),
    "NoSlots": Sentence(
        "没有要预约的时段。请填写时长。", "There are no hours to book. Give the consultation a length."
    ),
}

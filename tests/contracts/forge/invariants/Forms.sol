// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

/// @notice What is signed, as EIP-712 writes it: copied from the documentation of the interfaces, not from the contracts.
library Forms {
    bytes32 internal constant DOMAIN =
        keccak256("EIP712Domain(string name,string version,uint256 chainId,address verifyingContract)");

    // CredentialRegistry
    bytes32 internal constant APPLY_AS =
        keccak256("ApplyAs(uint8 kind,uint32 home,bytes32 profile,bytes32 licence,bytes signer,uint40 deadline)");
    bytes32 internal constant ACCREDIT = keccak256(
        "Accredit(uint32 party,uint32 revision,uint160 specialties,uint24 city,uint40 validUntil,uint8 powers,uint32 authority,uint40 deadline)"
    );
    bytes32 internal constant SUSPEND =
        keccak256("Suspend(uint32 party,uint32 revision,bytes32 reason,uint32 authority,uint40 deadline)");
    bytes32 internal constant REINSTATE =
        keccak256("Reinstate(uint32 party,uint32 revision,uint32 authority,uint40 deadline)");
    bytes32 internal constant ADD_SIGNER =
        keccak256("AddSigner(uint32 party,uint32 revision,bytes signer,uint40 deadline)");
    bytes32 internal constant REQUEST_SIGNER_REMOVAL =
        keccak256("RequestSignerRemoval(uint32 party,uint32 revision,uint8 index,uint40 deadline)");
    bytes32 internal constant CANCEL_SIGNER_REMOVAL =
        keccak256("CancelSignerRemoval(uint32 party,uint32 revision,uint40 deadline)");
    bytes32 internal constant AFFILIATE = keccak256(
        "Affiliate(uint32 doctor,uint32 institution,uint40 validUntil,uint40 standingUntil,uint32 version,uint40 deadline)"
    );
    bytes32 internal constant END_AFFILIATION =
        keccak256("EndAffiliation(uint32 doctor,uint32 institution,uint32 by,uint32 version,uint40 deadline)");
    bytes32 internal constant AGREE =
        keccak256("Agree(uint32 a,uint32 b,bytes32 commitment,uint40 validUntil,uint32 version,uint40 deadline)");

    // KeyReplacement
    bytes32 internal constant REQUEST_REPLACEMENT =
        keccak256("RequestReplacement(uint32 party,uint32 sequence,bytes signer,uint32 authority,uint40 deadline)");
    bytes32 internal constant CANCEL_REPLACEMENT =
        keccak256("CancelReplacement(uint32 party,uint32 sequence,uint40 deadline)");
    bytes32 internal constant RULE_REPLACEMENT =
        keccak256("RuleReplacement(uint32 party,uint32 sequence,bool allowed,uint32 arbiter,uint40 deadline)");

    // CaseAccess
    bytes32 internal constant GRANT_CONSENT = keccak256(
        "GrantConsent(bytes32 caseFile,bytes32 consent,uint32 hospital,uint40 validUntil,address key,uint40 deadline)"
    );
    bytes32 internal constant WITHDRAW_CONSENT =
        keccak256("WithdrawConsent(bytes32 caseFile,bytes32 consent,uint40 deadline)");
    bytes32 internal constant COMMIT_FILE =
        keccak256("CommitFile(bytes32 caseFile,bytes32 consent,bytes32 file,uint32 by,uint40 deadline)");
    bytes32 internal constant GRANT_KEY = keccak256(
        "GrantKey(bytes32 caseFile,bytes32 consent,uint32 recipient,bytes32 key,uint40 validUntil,uint32 version,uint40 deadline)"
    );
    bytes32 internal constant END_KEY_GRANT =
        keccak256("EndKeyGrant(bytes32 caseFile,uint32 recipient,uint32 by,uint32 version,uint40 deadline)");
    bytes32 internal constant ANCHOR_LOG =
        keccak256("AnchorLog(uint32 platform,uint32 sequence,bytes32 head,uint40 entries,uint40 deadline)");

    // DoctorGroups
    bytes32 internal constant FOUND =
        keccak256("Found(uint32 group,uint32 lead,uint8 quorum,uint16 institutionBps,uint16 fundBps,uint40 deadline)");
    bytes32 internal constant JOIN =
        keccak256("Join(uint32 group,uint32 doctor,uint32 spell,uint16 ruleVersion,uint40 deadline)");
    bytes32 internal constant LEAVE = keccak256("Leave(uint32 group,uint32 doctor,uint32 spell,uint40 deadline)");
    bytes32 internal constant EXPEL =
        keccak256("Expel(uint32 group,uint32 doctor,uint32 spell,bytes32 reason,uint40 deadline)");
    bytes32 internal constant SET_SHARE_RULE =
        keccak256("SetShareRule(uint32 group,uint16 version,uint16 institutionBps,uint16 fundBps,uint40 deadline)");
    bytes32 internal constant SET_STANDING_CONSENT =
        keccak256("SetStandingConsent(uint32 group,uint40 standingUntil,uint32 revision,uint40 deadline)");
    bytes32 internal constant SET_POLICY =
        keccak256("SetPolicy(uint32 group,uint8 quorum,uint32 revision,uint40 deadline)");
    bytes32 internal constant TRANSFER_LEAD =
        keccak256("TransferLead(uint32 group,uint32 lead,uint32 revision,uint40 deadline)");

    // Consultations
    bytes32 internal constant DELIVER =
        keccak256("Deliver(bytes32 terms,bytes32 opinion,uint16 seats,uint8 overtime,uint40 deadline)");
    bytes32 internal constant ACCEPT = keccak256("Accept(bytes32 terms,uint40 deadline)");
    bytes32 internal constant CANCEL = keccak256("Cancel(bytes32 terms,uint32 by,uint40 deadline)");

    // Disputes
    bytes32 internal constant RECORD_ATTENDANCE =
        keccak256("RecordAttendance(bytes32 terms,uint16 seats,uint8 overtime,uint40 deadline)");
    bytes32 internal constant MARK_NO_SHOW =
        keccak256("MarkNoShow(bytes32 terms,uint32 by,uint16 seats,bytes32 report,uint40 deadline)");
    bytes32 internal constant DISPUTE =
        keccak256("Dispute(bytes32 terms,uint32 by,uint16 seats,bytes32 reason,uint40 deadline)");
    bytes32 internal constant SETTLE_DISPUTE =
        keccak256("SettleDispute(bytes32 terms,uint16 seats,uint16 bps,uint40 deadline)");
    bytes32 internal constant RULE =
        keccak256("Rule(bytes32 terms,uint16 seats,uint16 bps,bytes32 reason,uint40 deadline)");

    // RevenueLedger
    bytes32 internal constant DEPOSIT =
        keccak256("Deposit(uint32 hospital,uint128 amount,bytes32 bankRef,uint32 bank,uint40 deadline)");
    bytes32 internal constant REFUND =
        keccak256("Refund(uint32 hospital,uint128 amount,uint32 sequence,uint40 deadline)");
    bytes32 internal constant SET_PAYOUT_ACCOUNT =
        keccak256("SetPayoutAccount(uint32 party,bytes32 account,uint32 version,uint40 deadline)");
    bytes32 internal constant CANCEL_PAYOUT_ACCOUNT =
        keccak256("CancelPayoutAccount(uint32 party,uint32 version,uint40 deadline)");
    bytes32 internal constant PAYOUT_ITEM =
        keccak256("PayoutItem(uint32 party,uint128 gross,uint128 withheld,bytes32 account)");
    bytes32 internal constant PREPARE_PAYOUT = keccak256(
        "PreparePayout(uint32 batch,PayoutItem[] items,uint32 preparer,uint40 deadline)"
        "PayoutItem(uint32 party,uint128 gross,uint128 withheld,bytes32 account)"
    );
    bytes32 internal constant APPROVE_PAYOUT = keccak256(
        "ApprovePayout(uint32 batch,PayoutItem[] items,uint32 approver,uint40 deadline)"
        "PayoutItem(uint32 party,uint128 gross,uint128 withheld,bytes32 account)"
    );
    bytes32 internal constant CONFIRM_PAYOUT =
        keccak256("ConfirmPayout(uint32 batch,uint64 mask,bytes32 bankRef,uint32 bank,uint40 deadline)");
    bytes32 internal constant RETURN_PAYOUT =
        keccak256("ReturnPayout(uint32 batch,uint8 item,bytes32 bankRef,uint32 bank,uint40 deadline)");

    /// @dev EIP-712's digest over the domain of one of our contracts.
    function digest(uint256 chainId, address to, bytes32 structHash) internal pure returns (bytes32) {
        bytes32 domain = keccak256(abi.encode(DOMAIN, keccak256(bytes("Huizhen")), keccak256(bytes("1")), chainId, to));
        return keccak256(abi.encodePacked(hex"1901", domain, structHash));
    }
}

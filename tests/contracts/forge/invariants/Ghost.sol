// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {ICredentialRegistry} from "../../../../contracts/interfaces/ICredentialRegistry.sol";
import {Group, Membership} from "../../../../contracts/types/Groups.sol";
import {
    Affiliation,
    Agreement,
    Party,
    PartyKind,
    PartyStatus,
    Replacement,
    SignerRemoval
} from "../../../../contracts/types/Parties.sol";
import {Batch, Credit, Funds, PayoutAccount, PayoutItem} from "../../../../contracts/types/Payouts.sol";
import {Consultation, ConsultationStatus, Dispute, Terms} from "../../../../contracts/types/Terms.sol";
import {World} from "./World.sol";

/// @notice What the contracts must hold by now, as the book says: kept by the handler beside them, never read from
/// them. Where a contract and this differ, one of them is wrong.
abstract contract Ghost is World {
    /// @dev Why money left an escrow.
    enum Cause {
        None,
        Accepted,
        WindowElapsed,
        Cancelled,
        ConsentWithdrawn,
        RequiredSeatAbsent,
        Expired,
        Contested
    }

    /// @dev A patient's consent. `key` is the private key of the one-time signer.
    struct Given {
        bytes32 caseFile;
        bytes32 consent;
        uint32 hospital;
        uint40 validUntil;
        uint256 key;
        bool withdrawn;
    }

    /// @dev A consultation under its id. `terms` are those in force, ABI-encoded; `funded` is what was put in escrow,
    /// `credited` and `returned` what has left it. The masks say which seats were qualified, by the registry's own word,
    /// when the terms were signed and when somebody asked that they be paid; `paid` which were.
    struct Visit {
        bytes terms;
        bytes packed;
        bytes32 termsHash;
        Consultation c;
        Dispute d;
        Cause cause;
        uint256 funded;
        uint256 credited;
        uint256 returned;
        uint256 qualifiedWhenBooked;
        uint256 qualifiedWhenClaimed;
        uint256 paid;
    }

    /// @dev What somebody has ever earned, and what became of it. Fen.
    struct Earned {
        uint256 credited;
        uint256 paidNet;
        uint256 withheld;
    }

    struct BatchGhost {
        Batch b;
        PayoutItem[] items;
        uint40 approvedAt;
    }

    /// @dev A doctor's hours as the words that the SlotBook must hold; `touched` are those that ever had one.
    struct Calendar {
        mapping(uint32 word => uint256) bits;
        mapping(uint32 word => bool) isTouched;
        uint32[] touched;
    }

    /// @dev A call that succeeded on somebody's signature.
    struct Sealed {
        address to;
        bytes call_;
    }

    // People
    uint32 internal partyCount;
    uint40 internal lastLoss;
    mapping(uint32 party => Party) internal parties;
    mapping(uint32 party => uint32) internal revisions;
    mapping(uint32 party => mapping(uint8 index => uint256 privateKey)) internal keys;
    mapping(uint256 privateKey => uint32) internal ownerOfKey;
    mapping(uint32 party => SignerRemoval) internal removals;
    mapping(uint32 party => Replacement) internal requests;
    mapping(uint32 party => uint256 privateKey) internal requestedKey;
    uint256 internal lastKey;
    mapping(uint32 doctor => mapping(uint32 institution => Affiliation)) internal affiliations;
    mapping(uint32 a => mapping(uint32 b => Agreement)) internal agreements;

    // Cases
    Given[] internal consents;

    // Groups: `members` is not kept, it is counted
    mapping(uint32 group => Group) internal companies;
    mapping(uint32 group => mapping(uint32 doctor => Membership)) internal memberships;
    /// @dev The most, in bps of institution and fund together, that a doctor has signed for in the present spell.
    mapping(uint32 group => mapping(uint32 doctor => uint256)) internal signedShares;

    // Consultations, by id from 1
    uint32 internal visitCount;
    mapping(uint32 id => Visit) internal visits;
    mapping(bytes32 termsHash => uint32) internal idOfTerms;
    /// @dev Terms that others took the place of.
    bytes32[] internal replaced;
    mapping(bytes32 termsHash => bytes encoded) internal replacedTerms;
    mapping(bytes32 termsHash => Consultation) internal replacedRecord;
    mapping(uint32 doctor => mapping(uint256 slot => uint32 id)) internal hours_;
    mapping(uint32 doctor => Calendar) internal calendars;
    uint256 internal lastSlot;
    mapping(ConsultationStatus => uint256) internal reached;

    // Money
    uint256 internal custody;
    mapping(uint32 hospital => Funds) internal funds;
    mapping(uint32 party => Credit) internal credits;
    mapping(uint32 party => Earned) internal earned;
    mapping(uint32 hospital => uint32) internal refunds;
    mapping(uint32 party => PayoutAccount) internal accounts;
    mapping(uint32 party => mapping(bytes32 account => uint40)) internal accountSignedAt;
    mapping(bytes32 bankRef => bool) internal usedRefs;
    uint256 internal lastRef;
    uint32 internal batchCount;
    mapping(uint32 batch => BatchGhost) internal batches;
    uint256 internal paidTooSoon;

    /// @dev The last of them, the oldest overwritten.
    Sealed[] internal sealedCalls;
    uint256 internal sealedCount;

    function _terms(uint32 id) internal view returns (Terms memory) {
        return abi.decode(visits[id].terms, (Terms));
    }

    function _isMember(uint32 group, uint32 doctor) internal view returns (bool) {
        Membership storage m = memberships[group][doctor];
        return m.joinedAt != 0 && m.leftAt == 0;
    }

    function _memberCount(uint32 group) internal view returns (uint256 count) {
        for (uint32 doctor = FIRST_DOCTOR; doctor <= LAST_DOCTOR; ++doctor) {
            if (_isMember(group, doctor)) ++count;
        }
    }

    function _isEnded(ConsultationStatus status) internal pure returns (bool) {
        return status >= ConsultationStatus.Settled;
    }

    function _accountInForce(uint32 party) internal view returns (bytes32) {
        PayoutAccount storage a = accounts[party];
        return a.pending != 0 && block.timestamp >= a.effectiveAt ? a.pending : a.current;
    }

    function _isReplacementPending(uint32 party) internal view returns (bool) {
        Replacement storage r = requests[party];
        return
            r.notBefore != 0 && block.timestamp <= r.notBefore + 30 days
                && revisions[r.authority] == r.authorityRevision;
    }

    /// @dev The fault the registry names in a party that must be licensed, or nothing.
    function _unlicensed(uint32 party, PartyKind kind, uint256 asOf) internal view returns (bytes memory) {
        Party storage p = parties[party];
        if (p.kind != kind) return abi.encodeWithSelector(ICredentialRegistry.KindNotAllowed.selector, p.kind);
        if (p.status != PartyStatus.Accredited) {
            return abi.encodeWithSelector(ICredentialRegistry.NotAccredited.selector, party);
        }
        if (p.validUntil < asOf) {
            return abi.encodeWithSelector(ICredentialRegistry.LicenceExpired.selector, party, p.validUntil, asOf);
        }
        return "";
    }

    /// @dev The fault the registry names in an officer, or nothing.
    function _powerless(uint32 party, uint8 power) internal view returns (bytes memory) {
        Party storage p = parties[party];
        if (p.status != PartyStatus.Accredited) {
            return abi.encodeWithSelector(ICredentialRegistry.NotAccredited.selector, party);
        }
        if (p.validUntil < block.timestamp) {
            return
                abi.encodeWithSelector(
                    ICredentialRegistry.LicenceExpired.selector, party, p.validUntil, block.timestamp
                );
        }
        if (p.powers & power != power) {
            return abi.encodeWithSelector(ICredentialRegistry.PowerMissing.selector, party, p.powers, power);
        }
        return "";
    }
}

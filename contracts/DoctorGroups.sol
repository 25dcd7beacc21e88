// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {ICredentialRegistry} from "./interfaces/ICredentialRegistry.sol";
import {IDoctorGroups} from "./interfaces/IDoctorGroups.sol";
import {Statements} from "./libraries/Statements.sol";
import {SeatWord, TermsCodec} from "./libraries/TermsCodec.sol";
import {Group, Membership, ShareRule} from "./types/Groups.sol";
import {PartyKind} from "./types/Parties.sol";

/// @dev The interface IDoctorGroups is the book; what stands here says how.
contract DoctorGroups is IDoctorGroups, Statements {
    using TermsCodec for bytes;
    using TermsCodec for SeatWord;

    uint256 private constant BPS = 10_000;

    bytes32 private constant FOUND =
        keccak256("Found(uint32 group,uint32 lead,uint8 quorum,uint16 institutionBps,uint16 fundBps,uint40 deadline)");
    bytes32 private constant JOIN =
        keccak256("Join(uint32 group,uint32 doctor,uint32 spell,uint16 ruleVersion,uint40 deadline)");
    bytes32 private constant LEAVE = keccak256("Leave(uint32 group,uint32 doctor,uint32 spell,uint40 deadline)");
    bytes32 private constant EXPEL =
        keccak256("Expel(uint32 group,uint32 doctor,uint32 spell,bytes32 reason,uint40 deadline)");
    bytes32 private constant SET_SHARE_RULE =
        keccak256("SetShareRule(uint32 group,uint16 version,uint16 institutionBps,uint16 fundBps,uint40 deadline)");
    bytes32 private constant SET_STANDING_CONSENT =
        keccak256("SetStandingConsent(uint32 group,uint40 standingUntil,uint32 revision,uint40 deadline)");

    ICredentialRegistry private immutable REGISTRY;

    uint32[] private _founded;
    mapping(uint32 group => Group) private _groups;
    mapping(uint32 group => mapping(uint16 version => ShareRule)) private _pastRules;
    mapping(uint256 groupAndDoctor => Membership) private _memberships;
    mapping(uint256 groupAndDoctor => mapping(uint32 spell => Membership)) private _pastSpells;

    constructor(ICredentialRegistry registry) {
        REGISTRY = registry;
    }

    function found(
        uint32 group,
        uint32 lead,
        uint8 quorum,
        uint16 institutionBps,
        uint16 fundBps,
        uint40 deadline,
        bytes calldata signatures
    ) external inTime(deadline) {
        if (_groups[group].lead != 0) revert AlreadyFounded(group);
        _requireShares(institutionBps, fundBps);
        REGISTRY.requireActive(group, PartyKind.Group);
        REGISTRY.requireActive(lead, PartyKind.Doctor);
        uint32[] memory signers = new uint32[](2);
        (signers[0], signers[1]) = (group, lead);
        _requireSigned(
            keccak256(abi.encode(FOUND, group, lead, quorum, institutionBps, fundBps, deadline)), signers, signatures
        );

        Group storage g = _groups[group];
        (g.lead, g.members, g.quorum, g.foundedAt) = (lead, 1, quorum, uint40(block.timestamp));
        (g.ruleVersion, g.institutionBps, g.fundBps) = (1, institutionBps, fundBps);
        Membership storage m = _membership(group, lead);
        (m.joinedAt, m.spell) = (uint40(block.timestamp), 1);
        _founded.push(group);
        emit GroupFounded(group, lead, quorum, institutionBps, fundBps);
    }

    function join(
        uint32 group,
        uint32 doctor,
        uint32 spell,
        uint16 ruleVersion,
        uint40 deadline,
        uint32[] calldata consenters,
        bytes calldata signatures
    ) external inTime(deadline) {
        Group storage g = _group(group);
        Membership storage m = _membership(group, doctor);
        if (_isCurrent(m)) revert AlreadyMember(group, doctor);
        if (spell != m.spell + 1) revert StaleSpell(spell, m.spell + 1);
        if (ruleVersion != g.ruleVersion) revert StaleRule(group, ruleVersion, g.ruleVersion);
        REGISTRY.requireActive(doctor, PartyKind.Doctor);
        _requireConsent(
            g,
            group,
            keccak256(abi.encode(JOIN, group, doctor, spell, ruleVersion, deadline)),
            doctor,
            consenters,
            signatures
        );

        if (spell > 1) _pastSpells[_key(group, doctor)][spell - 1] = m;
        (m.joinedAt, m.leftAt, m.spell) = (uint40(block.timestamp), 0, spell);
        ++g.members;
        emit MemberJoined(group, doctor, spell);
    }

    function leave(uint32 group, uint32 doctor, uint32 spell, uint40 deadline, bytes calldata signature)
        external
        inTime(deadline)
    {
        _end(group, doctor, spell);
        REGISTRY.requireSignedBy(
            _hashTypedDataV4(keccak256(abi.encode(LEAVE, group, doctor, spell, deadline))), doctor, signature
        );
        emit MemberLeft(group, doctor, spell);
    }

    function expel(
        uint32 group,
        uint32 doctor,
        uint32 spell,
        bytes32 reason,
        uint40 deadline,
        uint32[] calldata consenters,
        bytes calldata signatures
    ) external inTime(deadline) {
        _requireConsent(
            _group(group),
            group,
            keccak256(abi.encode(EXPEL, group, doctor, spell, reason, deadline)),
            0,
            consenters,
            signatures
        );
        _end(group, doctor, spell);
        emit MemberExpelled(group, doctor, spell, reason);
    }

    function setShareRule(
        uint32 group,
        uint16 version,
        uint16 institutionBps,
        uint16 fundBps,
        uint40 deadline,
        uint32[] calldata consenters,
        bytes calldata signatures
    ) external inTime(deadline) {
        Group storage g = _group(group);
        if (version != g.ruleVersion + 1) revert StaleRule(group, version, g.ruleVersion);
        _requireShares(institutionBps, fundBps);
        _requireConsent(
            g,
            group,
            keccak256(abi.encode(SET_SHARE_RULE, group, version, institutionBps, fundBps, deadline)),
            0,
            consenters,
            signatures
        );

        _pastRules[group][g.ruleVersion] = ShareRule(g.institutionBps, g.fundBps);
        (g.ruleVersion, g.institutionBps, g.fundBps) = (version, institutionBps, fundBps);
        emit ShareRuleSet(group, version, institutionBps, fundBps);
    }

    function setStandingConsent(
        uint32 group,
        uint40 standingUntil,
        uint32 revision,
        uint40 deadline,
        bytes calldata signature
    ) external inTime(deadline) {
        Group storage g = _group(group);
        if (revision != g.revision) revert StaleRevision(revision, g.revision);
        REGISTRY.requireSignedBy(
            _hashTypedDataV4(keccak256(abi.encode(SET_STANDING_CONSENT, group, standingUntil, revision, deadline))),
            g.lead,
            signature
        );

        g.standingUntil = standingUntil;
        g.revision = revision + 1;
        emit StandingConsentSet(group, standingUntil, revision + 1);
    }

    // Views

    function groupCount() external view returns (uint256) {
        return _founded.length;
    }

    function groupAt(uint256 index) external view returns (uint32) {
        return _founded[index];
    }

    function groupOf(uint32 group) external view returns (Group memory) {
        return _groups[group];
    }

    function shareRuleOf(uint32 group, uint16 version) external view returns (ShareRule memory) {
        Group storage g = _groups[group];
        return version == g.ruleVersion ? ShareRule(g.institutionBps, g.fundBps) : _pastRules[group][version];
    }

    function membershipOf(uint32 group, uint32 doctor) external view returns (Membership memory) {
        return _membership(group, doctor);
    }

    function isMember(uint32 group, uint32 doctor) external view returns (bool) {
        return _isCurrent(_membership(group, doctor));
    }

    function wasMember(uint32 group, uint32 doctor, uint40 epoch) external view returns (bool) {
        Membership memory m = _membership(group, doctor);
        while (m.spell > 0) {
            if (m.joinedAt <= epoch) return m.leftAt == 0 || epoch < m.leftAt;
            m = _pastSpells[_key(group, doctor)][m.spell - 1];
        }
        return false;
    }

    function requireBookable(bytes calldata terms) external view returns (uint32[] memory leads) {
        uint256 seats = terms.seatCount();
        leads = new uint32[](seats);
        uint256 count;
        uint256 checked;
        for (uint256 i; i < seats; ++i) {
            SeatWord seat = terms.seat(i);
            uint32 group = seat.group();
            if (group == 0) continue;
            uint32 doctor = seat.doctor();
            if (!_isCurrent(_membership(group, doctor))) revert NotMember(group, doctor);
            // Seats of one group under one rule often stand together, and one look at the group is enough for them.
            if (seat.groupAndRule() == checked) continue;
            checked = seat.groupAndRule();
            uint32 lead = _requireRule(group, seat);
            if (lead != 0 && !_contains(leads, count, lead)) leads[count++] = lead;
        }
        assembly ("memory-safe") {
            mstore(leads, count)
        }
    }

    // Internal

    function _group(uint32 group) private view returns (Group storage g) {
        g = _groups[group];
        if (g.lead == 0) revert UnknownGroup(group);
    }

    function _end(uint32 group, uint32 doctor, uint32 spell) private {
        Membership storage m = _membership(group, doctor);
        (uint40 joinedAt, uint40 leftAt, uint32 current) = (m.joinedAt, m.leftAt, m.spell);
        if (joinedAt == 0 || leftAt != 0) revert NotMember(group, doctor);
        if (current != spell) revert StaleSpell(spell, current);
        Group storage g = _groups[group];
        (uint32 lead, uint32 members) = (g.lead, g.members);
        if (lead == doctor) revert LeadMayNotLeave(group, doctor);
        m.leftAt = uint40(block.timestamp);
        g.members = members - 1;
    }

    /// @dev The group's consent, after the signature of the applicant if there is one (0: none).
    function _requireConsent(
        Group storage g,
        uint32 group,
        bytes32 structHash,
        uint32 applicant,
        uint32[] calldata consenters,
        bytes calldata signatures
    ) private view {
        uint256 first = applicant == 0 ? 0 : 1;
        uint32[] memory signers = new uint32[](consenters.length + first);
        if (first == 1) signers[0] = applicant;
        if (g.quorum == 0) {
            if (consenters.length != 1 || consenters[0] != g.lead) {
                revert QuorumNotReached(group, consenters.length, 1);
            }
            signers[first] = g.lead;
        } else {
            // A group that has shrunk below its quorum is bound by all of its members.
            uint256 needed = g.quorum < g.members ? g.quorum : g.members;
            if (consenters.length < needed) revert QuorumNotReached(group, consenters.length, needed);
            uint32 previous;
            for (uint256 i; i < consenters.length; ++i) {
                uint32 member = consenters[i];
                if (member <= previous) revert ConsentersNotAscending(previous, member);
                if (!_isCurrent(_membership(group, member))) revert NotMember(group, member);
                signers[first + i] = member;
                previous = member;
            }
        }
        _requireSigned(structHash, signers, signatures);
    }

    function _requireSigned(bytes32 structHash, uint32[] memory signers, bytes calldata signatures) private view {
        REGISTRY.requireSigned(_hashTypedDataV4(structHash), signers, signatures);
    }

    function _requireShares(uint16 institutionBps, uint16 fundBps) private pure {
        if (uint256(institutionBps) + fundBps > BPS) revert SharesDoNotSum(institutionBps, fundBps, BPS);
    }

    /// @dev That the seat names the group's current rule and its shares; answers the lead where standing consent is not
    /// in force, else 0.
    function _requireRule(uint32 group, SeatWord seat) private view returns (uint32) {
        Group storage g = _groups[group];
        (uint32 lead, uint16 current, uint16 institutionBps, uint16 fundBps, uint40 standingUntil) =
            (g.lead, g.ruleVersion, g.institutionBps, g.fundBps, g.standingUntil);
        if (seat.ruleVersion() != current) revert StaleRule(group, seat.ruleVersion(), current);
        if (seat.institutionBps() != institutionBps || seat.fundBps() != fundBps) {
            revert SharesDiffer(group, institutionBps, fundBps);
        }
        return standingUntil < block.timestamp ? lead : 0;
    }

    function _membership(uint32 group, uint32 doctor) private view returns (Membership storage) {
        return _memberships[_key(group, doctor)];
    }

    /// @dev Group and doctor as one key: one hash less at each look.
    function _key(uint32 group, uint32 doctor) private pure returns (uint256) {
        return uint256(group) << 32 | doctor;
    }

    function _isCurrent(Membership storage m) private view returns (bool) {
        (uint40 joinedAt, uint40 leftAt) = (m.joinedAt, m.leftAt);
        return joinedAt != 0 && leftAt == 0;
    }

    function _contains(uint32[] memory list, uint256 count, uint32 party) private pure returns (bool) {
        for (uint256 i; i < count; ++i) {
            if (list[i] == party) return true;
        }
        return false;
    }
}

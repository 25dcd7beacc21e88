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

    /// @dev A group as it is stored, in one slot. It does not count its members: each leaving would have to write the
    /// count. Memberships form a chain instead, from `newest`, the doctor who was the last to join for the first time (0:
    /// nobody joined since the founding).
    struct Record {
        uint32 lead;
        uint32 newest;
        uint8 quorum;
        uint16 ruleVersion;
        uint16 institutionBps;
        uint16 fundBps;
        uint40 standingUntil;
        uint40 foundedAt;
        uint32 revision;
    }

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
    bytes32 private constant SET_POLICY =
        keccak256("SetPolicy(uint32 group,uint8 quorum,uint32 revision,uint40 deadline)");
    bytes32 private constant TRANSFER_LEAD =
        keccak256("TransferLead(uint32 group,uint32 lead,uint32 revision,uint40 deadline)");

    ICredentialRegistry private immutable REGISTRY;

    uint32[] private _founded;
    mapping(uint32 group => Record) private _groups;
    mapping(uint32 group => mapping(uint16 version => ShareRule)) private _pastRules;
    // Written through the storage pointers that private functions answer, which slither does not follow.
    // slither-disable-next-line uninitialized-state
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
        Record storage g = _groups[group];
        if (g.lead != 0) revert AlreadyFounded(group);
        _requireShares(institutionBps, fundBps);
        REGISTRY.requireActive(group, PartyKind.Group);
        REGISTRY.requireActive(lead, PartyKind.Doctor);
        uint32[] memory signers = new uint32[](2);
        (signers[0], signers[1]) = (group, lead);
        _requireSigned(
            keccak256(abi.encode(FOUND, group, lead, quorum, institutionBps, fundBps, deadline)), signers, signatures
        );

        (g.lead, g.quorum, g.foundedAt) = (lead, quorum, uint40(block.timestamp));
        (g.ruleVersion, g.institutionBps, g.fundBps) = (1, institutionBps, fundBps);
        Membership storage m = _membership(group, lead);
        (m.joinedAt, m.spell, m.leads) = (uint40(block.timestamp), 1, true);
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
        Record storage g = _group(group);
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
            false,
            consenters,
            signatures
        );

        if (spell == 1) (m.previous, g.newest) = (_newest(g), doctor);
        else _pastSpells[_key(group, doctor)][spell - 1] = m;
        (m.joinedAt, m.leftAt, m.spell) = (uint40(block.timestamp), 0, spell);
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
            false,
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
        Record storage g = _group(group);
        if (version != g.ruleVersion + 1) revert StaleRule(group, version, g.ruleVersion);
        _requireShares(institutionBps, fundBps);
        bool doctorsLose = uint256(institutionBps) + fundBps > uint256(g.institutionBps) + g.fundBps;
        _requireConsent(
            g,
            group,
            keccak256(abi.encode(SET_SHARE_RULE, group, version, institutionBps, fundBps, deadline)),
            0,
            doctorsLose,
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
        Record storage g = _groupAt(group, revision);
        REGISTRY.requireSignedBy(
            _hashTypedDataV4(keccak256(abi.encode(SET_STANDING_CONSENT, group, standingUntil, revision, deadline))),
            g.lead,
            signature
        );

        g.standingUntil = standingUntil;
        g.revision = revision + 1;
        emit StandingConsentSet(group, standingUntil, revision + 1);
    }

    function setPolicy(
        uint32 group,
        uint8 quorum,
        uint32 revision,
        uint40 deadline,
        uint32[] calldata consenters,
        bytes calldata signatures
    ) external inTime(deadline) {
        Record storage g = _groupAt(group, revision);
        _requireConsent(
            g,
            group,
            keccak256(abi.encode(SET_POLICY, group, quorum, revision, deadline)),
            0,
            false,
            consenters,
            signatures
        );

        (g.quorum, g.revision) = (quorum, revision + 1);
        emit PolicySet(group, quorum, revision + 1);
    }

    function transferLead(
        uint32 group,
        uint32 lead,
        uint32 revision,
        uint40 deadline,
        uint32[] calldata consenters,
        bytes calldata signatures
    ) external inTime(deadline) {
        Record storage g = _groupAt(group, revision);
        uint32 former = g.lead;
        if (lead == former) revert AlreadyLead(group, lead);
        Membership storage m = _membership(group, lead);
        if (!_isCurrent(m)) revert NotMember(group, lead);
        REGISTRY.requireActive(lead, PartyKind.Doctor);
        _requireConsent(
            g,
            group,
            keccak256(abi.encode(TRANSFER_LEAD, group, lead, revision, deadline)),
            lead,
            false,
            consenters,
            signatures
        );

        (_membership(group, former).leads, m.leads) = (false, true);
        (g.lead, g.revision) = (lead, revision + 1);
        emit LeadTransferred(group, lead, former, revision + 1);
    }

    // Views

    function groupCount() external view returns (uint256) {
        return _founded.length;
    }

    function groupAt(uint256 index) external view returns (uint32) {
        return _founded[index];
    }

    function groupOf(uint32 group) external view returns (Group memory) {
        Record memory g = _groups[group];
        return Group(
            g.lead,
            _memberCount(group),
            g.quorum,
            g.ruleVersion,
            g.institutionBps,
            g.fundBps,
            g.standingUntil,
            g.foundedAt,
            g.revision
        );
    }

    function shareRuleOf(uint32 group, uint16 version) external view returns (ShareRule memory) {
        Record storage g = _groups[group];
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
        unchecked {
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
        }
        assembly ("memory-safe") {
            mstore(leads, count)
        }
    }

    // Internal

    function _group(uint32 group) private view returns (Record storage g) {
        g = _groups[group];
        if (g.lead == 0) revert UnknownGroup(group);
    }

    function _groupAt(uint32 group, uint32 revision) private view returns (Record storage g) {
        g = _group(group);
        if (revision != g.revision) revert StaleRevision(revision, g.revision);
    }

    function _end(uint32 group, uint32 doctor, uint32 spell) private {
        Membership storage m = _membership(group, doctor);
        (uint40 joinedAt, uint40 leftAt, uint32 current, bool leads) = (m.joinedAt, m.leftAt, m.spell, m.leads);
        if (joinedAt == 0 || leftAt != 0) revert NotMember(group, doctor);
        if (current != spell) revert StaleSpell(spell, current);
        if (leads) revert LeadMayNotLeave(group, doctor);
        m.leftAt = uint40(block.timestamp);
    }

    /// @dev The group's consent, after the signature of the applicant if there is one (0: none). `everyone`: of each
    /// current member, whatever the policy.
    function _requireConsent(
        Record storage g,
        uint32 group,
        bytes32 structHash,
        uint32 applicant,
        bool everyone,
        uint32[] calldata consenters,
        bytes calldata signatures
    ) private view {
        uint256 first = applicant == 0 ? 0 : 1;
        uint32[] memory signers = new uint32[](consenters.length + first);
        if (first == 1) signers[0] = applicant;
        if (g.quorum == 0 && !everyone) {
            if (consenters.length != 1 || consenters[0] != g.lead) {
                revert QuorumNotReached(group, consenters.length, 1);
            }
            signers[first] = g.lead;
        } else {
            // A group that has shrunk below its quorum is bound by all of its members, so they are counted only where
            // the signatures are fewer than the quorum. Consenters are distinct members: as many as there are is all.
            if (everyone || consenters.length < g.quorum) {
                uint256 needed = _memberCount(group);
                if (!everyone && g.quorum < needed) needed = g.quorum;
                if (consenters.length < needed) revert QuorumNotReached(group, consenters.length, needed);
            }
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

    /// @dev Who joined last for the first time. Until somebody does it is the founder, who still leads then.
    function _newest(Record storage g) private view returns (uint32) {
        uint32 newest = g.newest;
        return newest == 0 ? g.lead : newest;
    }

    /// @dev One look at each doctor who ever joined.
    function _memberCount(uint32 group) private view returns (uint32 count) {
        uint32 doctor = _newest(_groups[group]);
        while (doctor != 0) {
            Membership storage m = _membership(group, doctor);
            if (_isCurrent(m)) ++count;
            doctor = m.previous;
        }
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
        Record storage g = _groups[group];
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

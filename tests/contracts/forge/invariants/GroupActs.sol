// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IDoctorGroups} from "../../../../contracts/interfaces/IDoctorGroups.sol";
import {Group, Membership} from "../../../../contracts/types/Groups.sol";
import {PartyKind} from "../../../../contracts/types/Parties.sol";
import {Dice} from "../Dice.sol";
import {CaseActs} from "./CaseActs.sol";
import {Forms} from "./Forms.sol";

/// @notice Founding, joining, leaving and what a group decides by its lead or a quorum.
abstract contract GroupActs is CaseActs {
    using Dice for Dice.Cup;

    struct Rule {
        uint32 group;
        uint16 version;
        uint16 institutionBps;
        uint16 fundBps;
    }

    // What the campaign calls

    function found(uint256 seed) external {
        Dice.Cup memory cup = Dice.Cup(seed);
        uint32 group = cup.roll(3) == 0 ? _anyGroup(cup) : 0;
        if (group == 0) {
            group = _applyAs(PartyKind.Group, _freshKey(), _steadyPen());
            if (cup.roll(6) != 0) _heal(group);
        }
        uint32 lead = _anyDoctor(cup);
        if (cup.roll(2) == 0) _heal(lead);
        if (cup.roll(12) == 0) lead = _anyParty(cup);
        (uint16 institutionBps, uint16 fundBps) = _anyShares(cup);
        _found(Rule(group, 0, institutionBps, fundBps), lead, uint8(cup.roll(4)), _anyPen(cup));
    }

    function join(uint256 seed) external {
        Dice.Cup memory cup = Dice.Cup(seed);
        (uint32 group, uint32 doctor) = (_anyGroup(cup), _anyDoctor(cup));
        if (cup.roll(3) != 0) _makeLeave(group, doctor);
        if (cup.roll(2) == 0) _heal(doctor);
        uint32 spell = _near(cup, memberships[group][doctor].spell + 1);
        uint16 version = uint16(_near(cup, companies[group].ruleVersion));
        _join(group, doctor, spell, version, _anyConsenters(cup, group, false), _anyPen(cup));
    }

    function leave(uint256 seed) external {
        Dice.Cup memory cup = Dice.Cup(seed);
        (uint32 group, uint32 doctor) = (_anyGroup(cup), _anyDoctor(cup));
        if (cup.roll(2) == 0) _makeMember(group, doctor);
        _leave(group, doctor, _near(cup, memberships[group][doctor].spell), _anyPen(cup));
    }

    function expel(uint256 seed) external {
        Dice.Cup memory cup = Dice.Cup(seed);
        (uint32 group, uint32 doctor) = (_anyGroup(cup), _anyDoctor(cup));
        if (cup.roll(2) == 0) _makeMember(group, doctor);
        uint32 spell = _near(cup, memberships[group][doctor].spell);
        _expel(group, doctor, spell, _anyConsenters(cup, group, false), _anyPen(cup));
    }

    function setShareRule(uint256 seed) external {
        Dice.Cup memory cup = Dice.Cup(seed);
        Rule memory r;
        r.group = _anyGroup(cup);
        r.version = uint16(_near(cup, companies[r.group].ruleVersion + 1));
        (r.institutionBps, r.fundBps) = _anyShares(cup);
        _setShareRule(r, _anyConsenters(cup, r.group, _doctorsLose(r) && cup.roll(4) != 0), _anyPen(cup));
    }

    function setStandingConsent(uint256 seed) external {
        Dice.Cup memory cup = Dice.Cup(seed);
        uint32 group = _anyGroup(cup);
        uint40 until = cup.roll(3) == 0 ? 0 : uint40(block.timestamp + cup.rollEdgy(300 days));
        _setStandingConsent(group, until, _near(cup, companies[group].revision), _anyPen(cup));
    }

    function setPolicy(uint256 seed) external {
        Dice.Cup memory cup = Dice.Cup(seed);
        uint32 group = _anyGroup(cup);
        uint32 revision = _near(cup, companies[group].revision);
        uint8 quorum = cup.roll(16) == 0 ? type(uint8).max : uint8(cup.roll(5));
        _setPolicy(group, quorum, revision, _anyConsenters(cup, group, false), _anyPen(cup));
    }

    function transferLead(uint256 seed) external {
        Dice.Cup memory cup = Dice.Cup(seed);
        (uint32 group, uint32 lead) = (_anyGroup(cup), _anyDoctor(cup));
        if (cup.roll(2) == 0) _makeMember(group, lead);
        if (cup.roll(2) == 0) _heal(lead);
        uint32 revision = _near(cup, companies[group].revision);
        _transferLead(group, lead, revision, _anyConsenters(cup, group, false), _anyPen(cup));
    }

    // What puts things right

    function _makeMember(uint32 group, uint32 doctor) internal {
        if (_isMember(group, doctor)) return;
        _heal(doctor);
        Group storage g = companies[group];
        uint32 spell = memberships[group][doctor].spell + 1;
        _join(group, doctor, spell, g.ruleVersion, _consenters(group, false), _steadyPen());
    }

    function _makeLeave(uint32 group, uint32 doctor) internal {
        Membership storage m = memberships[group][doctor];
        if (_isMember(group, doctor) && !m.leads) _leave(group, doctor, m.spell, _steadyPen());
    }

    // Each act

    function _found(Rule memory r, uint32 lead, uint8 quorum, Pen memory pen) internal {
        bytes32 statement =
            keccak256(abi.encode(Forms.FOUND, r.group, lead, quorum, r.institutionBps, r.fundBps, pen.deadline));
        (bytes memory list, bytes memory unsigned) = _sign(address(groups), statement, _two(r.group, lead), pen);
        bytes memory refusal = _late(pen);
        if (companies[r.group].lead != 0) {
            refusal = _or(refusal, _says(IDoctorGroups.AlreadyFounded.selector, r.group));
        }
        refusal = _or(refusal, _tooMuch(r));
        refusal = _or(refusal, _unlicensed(r.group, PartyKind.Group, block.timestamp));
        refusal = _or(_or(refusal, _unlicensed(lead, PartyKind.Doctor, block.timestamp)), unsigned);
        bytes memory call_ =
            abi.encodeCall(groups.found, (r.group, lead, quorum, r.institutionBps, r.fundBps, pen.deadline, list));
        if (!_expectOnce(Act.Found, address(groups), call_, refusal)) return;
        Group storage g = companies[r.group];
        (g.lead, g.quorum, g.foundedAt, g.ruleVersion) = (lead, quorum, _now(), 1);
        (g.institutionBps, g.fundBps) = (r.institutionBps, r.fundBps);
        Membership storage m = memberships[r.group][lead];
        (m.joinedAt, m.spell, m.leads) = (_now(), 1, true);
        signedShares[r.group][lead] = uint256(r.institutionBps) + r.fundBps;
    }

    function _join(
        uint32 group,
        uint32 doctor,
        uint32 spell,
        uint16 version,
        uint32[] memory consenters,
        Pen memory pen
    ) internal {
        Group storage g = companies[group];
        Membership storage m = memberships[group][doctor];
        bytes memory refusal = _or(_late(pen), _unfounded(group));
        if (_isMember(group, doctor)) {
            refusal = _or(refusal, _names(IDoctorGroups.AlreadyMember.selector, group, doctor));
        }
        if (spell != m.spell + 1) {
            refusal = _or(refusal, _names(IDoctorGroups.StaleSpell.selector, spell, m.spell + 1));
        }
        if (version != g.ruleVersion) refusal = _or(refusal, _staleRule(group, version));
        refusal = _or(refusal, _unlicensed(doctor, PartyKind.Doctor, block.timestamp));
        refusal = _or(refusal, _notDecided(group, false, consenters));
        bytes32 statement = keccak256(abi.encode(Forms.JOIN, group, doctor, spell, version, pen.deadline));
        (bytes memory list, bytes memory unsigned) = _sign(address(groups), statement, _with(doctor, consenters), pen);
        bytes memory call_ =
            abi.encodeCall(groups.join, (group, doctor, spell, version, pen.deadline, consenters, list));
        if (!_expectOnce(Act.Join, address(groups), call_, _or(refusal, unsigned))) return;
        (m.joinedAt, m.leftAt, m.spell) = (_now(), 0, spell);
        signedShares[group][doctor] = uint256(g.institutionBps) + g.fundBps;
    }

    function _leave(uint32 group, uint32 doctor, uint32 spell, Pen memory pen) internal {
        (bytes memory signature, bytes memory unsigned) =
            _sign(address(groups), keccak256(abi.encode(Forms.LEAVE, group, doctor, spell, pen.deadline)), doctor, pen);
        bytes memory refusal = _or(_or(_late(pen), _mayNotEnd(group, doctor, spell)), unsigned);
        bytes memory call_ = abi.encodeCall(groups.leave, (group, doctor, spell, pen.deadline, signature));
        if (!_expectOnce(Act.Leave, address(groups), call_, refusal)) return;
        memberships[group][doctor].leftAt = _now();
    }

    function _expel(uint32 group, uint32 doctor, uint32 spell, uint32[] memory consenters, Pen memory pen) internal {
        bytes32 statement = keccak256(abi.encode(Forms.EXPEL, group, doctor, spell, REASON, pen.deadline));
        (bytes memory list, bytes memory unsigned) = _sign(address(groups), statement, consenters, pen);
        bytes memory refusal = _or(_or(_late(pen), _unfounded(group)), _notDecided(group, false, consenters));
        refusal = _or(_or(refusal, unsigned), _mayNotEnd(group, doctor, spell));
        bytes memory call_ =
            abi.encodeCall(groups.expel, (group, doctor, spell, REASON, pen.deadline, consenters, list));
        if (!_expectOnce(Act.Expel, address(groups), call_, refusal)) return;
        memberships[group][doctor].leftAt = _now();
    }

    function _setShareRule(Rule memory r, uint32[] memory consenters, Pen memory pen) internal {
        Group storage g = companies[r.group];
        bool lose = _doctorsLose(r);
        bytes32 statement =
            keccak256(abi.encode(Forms.SET_SHARE_RULE, r.group, r.version, r.institutionBps, r.fundBps, pen.deadline));
        (bytes memory list, bytes memory unsigned) = _sign(address(groups), statement, consenters, pen);
        bytes memory refusal = _or(_late(pen), _unfounded(r.group));
        if (r.version != g.ruleVersion + 1) refusal = _or(refusal, _staleRule(r.group, r.version));
        refusal = _or(_or(refusal, _tooMuch(r)), _or(_notDecided(r.group, lose, consenters), unsigned));
        bytes memory call_ = abi.encodeCall(
            groups.setShareRule, (r.group, r.version, r.institutionBps, r.fundBps, pen.deadline, consenters, list)
        );
        if (!_expectOnce(Act.SetShareRule, address(groups), call_, refusal)) return;
        (g.ruleVersion, g.institutionBps, g.fundBps) = (r.version, r.institutionBps, r.fundBps);
        for (uint256 i; i < consenters.length; ++i) {
            signedShares[r.group][consenters[i]] = uint256(r.institutionBps) + r.fundBps;
        }
    }

    function _setStandingConsent(uint32 group, uint40 until, uint32 revision, Pen memory pen) internal {
        Group storage g = companies[group];
        bytes32 statement = keccak256(abi.encode(Forms.SET_STANDING_CONSENT, group, until, revision, pen.deadline));
        (bytes memory signature, bytes memory unsigned) = _sign(address(groups), statement, g.lead, pen);
        bytes memory refusal = _or(_or(_late(pen), _unfounded(group)), _outdated(group, revision));
        bytes memory call_ =
            abi.encodeCall(groups.setStandingConsent, (group, until, revision, pen.deadline, signature));
        if (!_expectOnce(Act.SetStandingConsent, address(groups), call_, _or(refusal, unsigned))) return;
        (g.standingUntil, g.revision) = (until, revision + 1);
    }

    function _setPolicy(uint32 group, uint8 quorum, uint32 revision, uint32[] memory consenters, Pen memory pen)
        internal
    {
        bytes32 statement = keccak256(abi.encode(Forms.SET_POLICY, group, quorum, revision, pen.deadline));
        (bytes memory list, bytes memory unsigned) = _sign(address(groups), statement, consenters, pen);
        bytes memory refusal = _or(_or(_late(pen), _unfounded(group)), _outdated(group, revision));
        refusal = _or(refusal, _or(_notDecided(group, false, consenters), unsigned));
        bytes memory call_ = abi.encodeCall(groups.setPolicy, (group, quorum, revision, pen.deadline, consenters, list));
        if (!_expectOnce(Act.SetPolicy, address(groups), call_, refusal)) return;
        (companies[group].quorum, companies[group].revision) = (quorum, revision + 1);
    }

    function _transferLead(uint32 group, uint32 lead, uint32 revision, uint32[] memory consenters, Pen memory pen)
        internal
    {
        Group storage g = companies[group];
        bytes32 statement = keccak256(abi.encode(Forms.TRANSFER_LEAD, group, lead, revision, pen.deadline));
        (bytes memory list, bytes memory unsigned) = _sign(address(groups), statement, _with(lead, consenters), pen);
        bytes memory refusal = _or(_or(_late(pen), _unfounded(group)), _outdated(group, revision));
        if (lead == g.lead) refusal = _or(refusal, _names(IDoctorGroups.AlreadyLead.selector, group, lead));
        if (!_isMember(group, lead)) refusal = _or(refusal, _names(IDoctorGroups.NotMember.selector, group, lead));
        refusal = _or(refusal, _unlicensed(lead, PartyKind.Doctor, block.timestamp));
        refusal = _or(refusal, _or(_notDecided(group, false, consenters), unsigned));
        bytes memory call_ =
            abi.encodeCall(groups.transferLead, (group, lead, revision, pen.deadline, consenters, list));
        if (!_expectOnce(Act.TransferLead, address(groups), call_, refusal)) return;
        memberships[group][g.lead].leads = false;
        memberships[group][lead].leads = true;
        (g.lead, g.revision) = (lead, revision + 1);
    }

    // Parts

    function _anyGroup(Dice.Cup memory cup) internal pure returns (uint32) {
        return cup.roll(2) == 0 ? FIRST_GROUP : LAST_GROUP;
    }

    function _anyShares(Dice.Cup memory cup) internal pure returns (uint16 institutionBps, uint16 fundBps) {
        institutionBps = uint16(cup.rollEdgy(BPS));
        fundBps = uint16(cup.rollEdgy(BPS - institutionBps));
        if (cup.roll(12) == 0) fundBps = uint16(BPS - institutionBps + 1);
    }

    /// @dev Those whose signatures are enough, and no more; one fault in six: one too few, a stranger, the wrong order.
    function _anyConsenters(Dice.Cup memory cup, uint32 group, bool everyone)
        internal
        view
        returns (uint32[] memory list)
    {
        list = _consenters(group, everyone);
        if (cup.roll(6) != 0 || list.length == 0) return list;
        uint256 way = cup.roll(3);
        if (way == 0) {
            assembly ("memory-safe") {
                mstore(list, sub(mload(list), 1))
            }
        } else if (way == 1) {
            list[cup.roll(list.length)] = _anyDoctor(cup);
        } else {
            (list[0], list[list.length - 1]) = (list[list.length - 1], list[0]);
        }
    }

    function _consenters(uint32 group, bool everyone) internal view returns (uint32[] memory list) {
        Group storage g = companies[group];
        if (g.quorum == 0 && !everyone) return _one(g.lead);
        uint256 needed = _memberCount(group);
        if (!everyone && g.quorum < needed) needed = g.quorum;
        list = new uint32[](needed);
        uint256 count;
        for (uint32 doctor = FIRST_DOCTOR; count < needed; ++doctor) {
            if (_isMember(group, doctor)) list[count++] = doctor;
        }
    }

    /// @dev What the group's policy says to these consenters; empty where they decide.
    function _notDecided(uint32 group, bool everyone, uint32[] memory list) private view returns (bytes memory) {
        Group storage g = companies[group];
        if (g.quorum == 0 && !everyone) {
            return list.length == 1 && list[0] == g.lead ? bytes("") : _tooFew(group, list.length, 1);
        }
        uint256 needed = _memberCount(group);
        if (!everyone && g.quorum < needed) needed = g.quorum;
        if (list.length < needed) return _tooFew(group, list.length, needed);
        uint32 previous;
        for (uint256 i; i < list.length; ++i) {
            if (list[i] <= previous) {
                return _names(IDoctorGroups.ConsentersNotAscending.selector, previous, list[i]);
            }
            if (!_isMember(group, list[i])) return _names(IDoctorGroups.NotMember.selector, group, list[i]);
            previous = list[i];
        }
        return "";
    }

    function _tooFew(uint32 group, uint256 count, uint256 needed) private pure returns (bytes memory) {
        return abi.encodeWithSelector(IDoctorGroups.QuorumNotReached.selector, group, count, needed);
    }

    function _doctorsLose(Rule memory r) private view returns (bool) {
        Group storage g = companies[r.group];
        return uint256(r.institutionBps) + r.fundBps > uint256(g.institutionBps) + g.fundBps;
    }

    function _tooMuch(Rule memory r) private pure returns (bytes memory) {
        if (uint256(r.institutionBps) + r.fundBps <= BPS) return "";
        return abi.encodeWithSelector(IDoctorGroups.SharesDoNotSum.selector, r.institutionBps, r.fundBps, BPS);
    }

    function _mayNotEnd(uint32 group, uint32 doctor, uint32 spell) private view returns (bytes memory) {
        Membership storage m = memberships[group][doctor];
        if (!_isMember(group, doctor)) return _names(IDoctorGroups.NotMember.selector, group, doctor);
        if (m.spell != spell) return _names(IDoctorGroups.StaleSpell.selector, spell, m.spell);
        return m.leads ? _names(IDoctorGroups.LeadMayNotLeave.selector, group, doctor) : bytes("");
    }

    function _unfounded(uint32 group) private view returns (bytes memory) {
        return companies[group].lead == 0 ? _says(IDoctorGroups.UnknownGroup.selector, group) : bytes("");
    }

    function _outdated(uint32 group, uint32 revision) private view returns (bytes memory) {
        uint32 current = companies[group].revision;
        return revision == current ? bytes("") : _names(IDoctorGroups.StaleRevision.selector, revision, current);
    }

    function _staleRule(uint32 group, uint16 version) private view returns (bytes memory) {
        return abi.encodeWithSelector(IDoctorGroups.StaleRule.selector, group, version, companies[group].ruleVersion);
    }

    function _names(bytes4 selector, uint256 first, uint256 second) internal pure returns (bytes memory) {
        return abi.encodeWithSelector(selector, first, second);
    }

    function _with(uint32 first, uint32[] memory others) private pure returns (uint32[] memory list) {
        list = new uint32[](others.length + 1);
        list[0] = first;
        for (uint256 i; i < others.length; ++i) {
            list[i + 1] = others[i];
        }
    }
}

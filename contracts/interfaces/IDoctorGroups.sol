// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IStatements} from "./IStatements.sol";
import {Group, Membership, ShareRule} from "../types/Groups.sol";

/// @title Doctor groups: who belongs, under which share rule, and what the group has consented to.
/// @notice A group is a party of the kind Group. It consents through its lead alone (quorum 0) or through as many
/// members' signatures as its quorum says; signatures are packed as ICredentialRegistry describes.
interface IDoctorGroups is IStatements {
    event GroupFounded(uint32 indexed group, uint32 indexed lead, uint8 quorum, uint16 institutionBps, uint16 fundBps);
    event MemberJoined(uint32 indexed group, uint32 indexed doctor, uint32 spell);
    event MemberLeft(uint32 indexed group, uint32 indexed doctor, uint32 spell);
    event MemberExpelled(uint32 indexed group, uint32 indexed doctor, uint32 spell, bytes32 reason);
    event ShareRuleSet(uint32 indexed group, uint16 version, uint16 institutionBps, uint16 fundBps);
    event StandingConsentSet(uint32 indexed group, uint40 standingUntil, uint32 revision);
    event PolicySet(uint32 indexed group, uint8 quorum, uint32 revision);
    event LeadTransferred(uint32 indexed group, uint32 indexed lead, uint32 indexed former, uint32 revision);

    error AlreadyFounded(uint32 group);
    error UnknownGroup(uint32 group);
    error SharesDoNotSum(uint256 institutionBps, uint256 fundBps, uint256 allowed);
    error AlreadyMember(uint32 group, uint32 doctor);
    error NotMember(uint32 group, uint32 doctor);
    error AlreadyLead(uint32 group, uint32 lead);
    error LeadMayNotLeave(uint32 group, uint32 lead);
    error StaleSpell(uint32 named, uint32 next);
    error StaleRule(uint32 group, uint16 named, uint16 current);
    error StaleRevision(uint32 named, uint32 current);
    error SharesDiffer(uint32 group, uint16 institutionBps, uint16 fundBps);
    error ConsentersNotAscending(uint32 previous, uint32 next);
    error QuorumNotReached(uint32 group, uint256 signatures, uint256 needed);

    /// @notice Founds the group of an accredited party of the kind Group. Signed by the group, then the lead.
    /// @param quorum members whose signatures decide for the group; 0: the lead decides
    function found(
        uint32 group,
        uint32 lead,
        uint8 quorum,
        uint16 institutionBps,
        uint16 fundBps,
        uint40 deadline,
        bytes calldata signatures
    ) external;

    /// @notice A doctor joins under the share rule that is named, which must be the current one.
    /// Signed by the doctor, then by the group's consenters.
    /// @param spell the number of this membership: the doctor's earlier ones in this group + 1
    /// @param consenters the lead, or as many members as the quorum says, in ascending order
    function join(
        uint32 group,
        uint32 doctor,
        uint32 spell,
        uint16 ruleVersion,
        uint40 deadline,
        uint32[] calldata consenters,
        bytes calldata signatures
    ) external;

    /// @notice A doctor leaves, alone and at once; earned credits stay. Signed by the doctor.
    function leave(uint32 group, uint32 doctor, uint32 spell, uint40 deadline, bytes calldata signature) external;

    /// @notice The group expels a member, for a reason kept off chain. Signed by the consenters.
    function expel(
        uint32 group,
        uint32 doctor,
        uint32 spell,
        bytes32 reason,
        uint40 deadline,
        uint32[] calldata consenters,
        bytes calldata signatures
    ) external;

    /// @notice Sets the next version of the share rule, for bookings from now on. Signed by the consenters; where the
    /// doctors' share falls (institution and fund together take more than now), each current member is one of them,
    /// whatever the policy, or QuorumNotReached.
    function setShareRule(
        uint32 group,
        uint16 version,
        uint16 institutionBps,
        uint16 fundBps,
        uint40 deadline,
        uint32[] calldata consenters,
        bytes calldata signatures
    ) external;

    /// @notice Lets members be booked without the lead's signature until a time (0 ends it). Signed by the lead.
    function setStandingConsent(
        uint32 group,
        uint40 standingUntil,
        uint32 revision,
        uint40 deadline,
        bytes calldata signature
    ) external;

    /// @notice Changes how many members' signatures decide. Signed by the consenters of the policy so far.
    /// @param quorum members whose signatures decide from now on; 0: the lead. A quorum above the number of members
    /// means all of them
    function setPolicy(
        uint32 group,
        uint8 quorum,
        uint32 revision,
        uint40 deadline,
        uint32[] calldata consenters,
        bytes calldata signatures
    ) external;

    /// @notice Hands the group to another lead, a current member and accredited doctor. Signed by the new lead, then by
    /// the consenters (the lead so far, or the quorum: members can replace a lead who does not sign). A standing consent
    /// stays in force; the new lead may end it.
    /// @param consenters may name the new lead, whose signature then stands in both places
    function transferLead(
        uint32 group,
        uint32 lead,
        uint32 revision,
        uint40 deadline,
        uint32[] calldata consenters,
        bytes calldata signatures
    ) external;

    /// @notice How many groups were founded, and the party id of each, in order.
    function groupCount() external view returns (uint256);

    function groupAt(uint256 index) external view returns (uint32);

    function groupOf(uint32 group) external view returns (Group memory);

    /// @notice A version of a group's share rule.
    function shareRuleOf(uint32 group, uint16 version) external view returns (ShareRule memory);

    /// @notice The doctor's latest membership of the group.
    function membershipOf(uint32 group, uint32 doctor) external view returns (Membership memory);

    function isMember(uint32 group, uint32 doctor) external view returns (bool);

    /// @notice Whether the doctor was a member at a time (the epoch, in unix seconds).
    function wasMember(uint32 group, uint32 doctor, uint40 epoch) external view returns (bool);

    /// @notice Checks each seat of a group: membership, current rule, and that the seat's shares are the rule's.
    /// @param terms packed and well formed (see TermsCodec)
    /// @return leads whose signatures are still needed, in seat order, each once: those of groups without a standing
    /// consent in force
    function requireBookable(bytes calldata terms) external view returns (uint32[] memory leads);
}

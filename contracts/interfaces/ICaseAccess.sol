// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IStatements} from "./IStatements.sol";
import {PartyKind} from "../types/Parties.sol";

/// @title Who may open a patient's case, without the patient: consent, files, keys and the log of openings.
/// @notice Case, consent, file and key are salted commitments; names, contents and keys stay off the chain. Anyone may
/// relay. A consent is signed by a key made for one consent link and used for nothing else (the plain signature);
/// all else by registered parties (signatures packed as ICredentialRegistry describes).
///
/// A case belongs to the hospital of the first act on it: a consent that somebody else shows for the same commitment
/// opens nothing there. A commitment says nothing about what it hides, so the same file may stand in several cases:
/// if it could not, whoever saw it first could keep it out of its own case.
interface ICaseAccess is IStatements {
    struct Consent {
        address key;
        uint32 hospital;
        uint40 validUntil;
        bool withdrawn;
    }

    /// @notice Who committed a file and when; `by` is 0 where nobody did.
    struct FileCommitment {
        uint32 by;
        uint32 index;
        uint40 committedAt;
    }

    /// @notice The last grant to a recipient. `key` commits to the case's key as wrapped for the recipient.
    /// `validUntil` is good until and including that second; 0: none was given, or it was ended. `version` counts the
    /// acts on this recipient of this case.
    struct KeyGrant {
        bytes32 consent;
        bytes32 key;
        uint40 validUntil;
        uint32 version;
    }

    /// @notice The last anchor of a platform's hash-chained opening log. `sequence` counts its anchors.
    struct LogHead {
        bytes32 head;
        uint40 entries;
        uint40 anchoredAt;
        uint32 sequence;
    }

    event ConsentGranted(
        bytes32 indexed caseFile, bytes32 indexed consent, uint32 indexed hospital, address key, uint40 validUntil
    );
    event ConsentWithdrawn(bytes32 indexed caseFile, bytes32 indexed consent);
    event FileCommitted(bytes32 indexed caseFile, bytes32 indexed file, uint32 indexed by, uint32 index);
    event KeyGranted(
        bytes32 indexed caseFile,
        uint32 indexed recipient,
        uint32 indexed hospital,
        bytes32 consent,
        bytes32 key,
        uint40 validUntil,
        uint32 version
    );
    event KeyGrantEnded(bytes32 indexed caseFile, uint32 indexed recipient, uint32 indexed by, uint32 version);
    event LogAnchored(uint32 indexed platform, bytes32 head, uint40 entries, uint32 sequence);

    error InvalidSignature(address key);
    error AlreadyGranted(bytes32 consent);
    error NotGranted(bytes32 consent);
    error AlreadyWithdrawn(bytes32 consent);
    error ValidityInThePast(uint40 validUntil, uint256 nowAt);
    error ConsentNotInForce(bytes32 consent, uint40 validUntil, bool withdrawn);
    error ConsentForOtherHospital(uint32 granted, uint32 asked);
    error CaseOfOtherHospital(uint32 hospital, uint32 asked);
    error ZeroHash();
    error FileAlreadyCommitted(bytes32 file, uint32 index);
    error KindNotAllowed(PartyKind kind);
    error GrantBeyondConsent(uint40 validUntil, uint40 allowed);
    error KeyGrantNotInForce(uint32 recipient, uint40 validUntil, uint256 neededAt);
    error MayNotEndKeyGrant(uint32 party);
    error StaleRevision(uint32 named, uint32 current);
    error StaleSequence(uint32 named, uint32 current);
    error EntriesFell(uint40 named, uint40 anchored);
    error LogForked(bytes32 head, bytes32 anchored);

    /// @notice Records consent to share a case with the team that a hospital books. Signed by the one-time key.
    function grantConsent(
        bytes32 caseFile,
        bytes32 consent,
        uint32 hospital,
        uint40 validUntil,
        address key,
        uint40 deadline,
        bytes calldata signature
    ) external;

    /// @notice Withdraws consent for good: whatever was granted under it is at an end. Signed by the same key.
    function withdrawConsent(bytes32 caseFile, bytes32 consent, uint40 deadline, bytes calldata signature) external;

    /// @notice Adds a file to a case, for good and once, under a consent in force. Signed by `by`: the hospital of the
    /// consent, accredited, or a recipient that may open the case now.
    /// @param file salted commitment, not zero
    function commitFile(
        bytes32 caseFile,
        bytes32 consent,
        bytes32 file,
        uint32 by,
        uint40 deadline,
        bytes calldata signature
    ) external;

    /// @notice Gives a recipient the case's key, or replaces what it was given. Signed by the hospital of the consent,
    /// accredited. The recipient is an accredited doctor, hospital or arbiter: no group, platform or other official
    /// ever reads a case.
    /// @param key commitment to the wrapped key, not zero
    /// @param validUntil in the future, and not beyond the consent
    /// @param version the grant's current version (0 for the first)
    function grantKey(
        bytes32 caseFile,
        bytes32 consent,
        uint32 recipient,
        bytes32 key,
        uint40 validUntil,
        uint32 version,
        uint40 deadline,
        bytes calldata signature
    ) external;

    /// @notice Ends a grant at once. Signed by the case's hospital or the recipient, whichever `by` names; a suspended
    /// one may too.
    /// @param version the grant's current version
    function endKeyGrant(
        bytes32 caseFile,
        uint32 recipient,
        uint32 by,
        uint32 version,
        uint40 deadline,
        bytes calldata signature
    ) external;

    /// @notice Fixes how far a platform's opening log has come. Signed by the platform, accredited. Entries never fall,
    /// and the head changes exactly when entries are added.
    /// @param sequence how many anchors the platform has made before
    /// @param head hash of the log's last entry, not zero
    function anchorLog(
        uint32 platform,
        uint32 sequence,
        bytes32 head,
        uint40 entries,
        uint40 deadline,
        bytes calldata signature
    ) external;

    /// @notice How many consents were ever granted.
    function consentCount() external view returns (uint256);

    function consentOf(bytes32 caseFile, bytes32 consent) external view returns (Consent memory);

    /// @notice Reverts unless the consent was granted to this hospital, not withdrawn, and is valid at a time.
    function requireConsent(bytes32 caseFile, bytes32 consent, uint32 hospital, uint40 asOf) external view;

    /// @notice The hospital that a case belongs to; 0 before the first file or grant.
    function hospitalOf(bytes32 caseFile) external view returns (uint32);

    /// @notice How many files a case has; indexes run from 0.
    function fileCount(bytes32 caseFile) external view returns (uint32);

    /// @notice The file at an index; 0 beyond the last.
    function fileAt(bytes32 caseFile, uint32 index) external view returns (bytes32);

    function fileOf(bytes32 caseFile, bytes32 file) external view returns (FileCommitment memory);

    function keyGrantOf(bytes32 caseFile, uint32 recipient) external view returns (KeyGrant memory);

    /// @notice Whether, as things stand now, a recipient may open the case at a time: granted and not ended, the
    /// consent not withdrawn, the recipient's licence in force.
    function mayOpen(bytes32 caseFile, uint32 recipient, uint40 asOf) external view returns (bool);

    function logHeadOf(uint32 platform) external view returns (LogHead memory);
}

// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {SignatureChecker} from "@openzeppelin/contracts/utils/cryptography/SignatureChecker.sol";
import {ICaseAccess} from "./interfaces/ICaseAccess.sol";
import {ICredentialRegistry} from "./interfaces/ICredentialRegistry.sol";
import {Statements} from "./libraries/Statements.sol";
import {Party, PartyKind, PartyStatus, Powers} from "./types/Parties.sol";

/// @dev The interface ICaseAccess is the book; what stands here says how.
contract CaseAccess is ICaseAccess, Statements {
    /// @dev `hospital` is 0 before the first act on the case.
    struct Case {
        uint32 hospital;
        uint32 files;
    }

    bytes32 private constant GRANT_CONSENT = keccak256(
        "GrantConsent(bytes32 caseFile,bytes32 consent,uint32 hospital,uint40 validUntil,address key,uint40 deadline)"
    );
    bytes32 private constant WITHDRAW_CONSENT =
        keccak256("WithdrawConsent(bytes32 caseFile,bytes32 consent,uint40 deadline)");
    bytes32 private constant COMMIT_FILE =
        keccak256("CommitFile(bytes32 caseFile,bytes32 consent,bytes32 file,uint32 by,uint40 deadline)");
    bytes32 private constant GRANT_KEY = keccak256(
        "GrantKey(bytes32 caseFile,bytes32 consent,uint32 recipient,bytes32 key,uint40 validUntil,uint32 version,uint40 deadline)"
    );
    bytes32 private constant END_KEY_GRANT =
        keccak256("EndKeyGrant(bytes32 caseFile,uint32 recipient,uint32 by,uint32 version,uint40 deadline)");
    bytes32 private constant ANCHOR_LOG =
        keccak256("AnchorLog(uint32 platform,uint32 sequence,bytes32 head,uint40 entries,uint40 deadline)");

    ICredentialRegistry private immutable REGISTRY;

    mapping(bytes32 caseFile => mapping(bytes32 consent => Consent)) private _consents;
    uint256 public consentCount;
    mapping(bytes32 caseFile => Case) private _cases;
    mapping(bytes32 caseFile => mapping(uint32 index => bytes32)) public fileAt;
    mapping(bytes32 caseFile => mapping(bytes32 file => FileCommitment)) private _files;
    mapping(bytes32 caseFile => mapping(uint32 recipient => KeyGrant)) private _keyGrants;
    mapping(uint32 platform => LogHead) private _logHeads;

    constructor(ICredentialRegistry registry) {
        REGISTRY = registry;
    }

    // Consent

    function grantConsent(
        bytes32 caseFile,
        bytes32 consent,
        uint32 hospital,
        uint40 validUntil,
        address key,
        uint40 deadline,
        bytes calldata signature
    ) external inTime(deadline) {
        if (_consents[caseFile][consent].key != address(0)) revert AlreadyGranted(consent);
        if (validUntil <= block.timestamp) revert ValidityInThePast(validUntil, block.timestamp);
        _requireSigned(
            key, keccak256(abi.encode(GRANT_CONSENT, caseFile, consent, hospital, validUntil, key, deadline)), signature
        );

        _consents[caseFile][consent] = Consent(key, hospital, validUntil, false);
        ++consentCount;
        emit ConsentGranted(caseFile, consent, hospital, key, validUntil);
    }

    function withdrawConsent(bytes32 caseFile, bytes32 consent, uint40 deadline, bytes calldata signature)
        external
        inTime(deadline)
    {
        Consent storage c = _consents[caseFile][consent];
        if (c.key == address(0)) revert NotGranted(consent);
        if (c.withdrawn) revert AlreadyWithdrawn(consent);
        _requireSigned(c.key, keccak256(abi.encode(WITHDRAW_CONSENT, caseFile, consent, deadline)), signature);

        c.withdrawn = true;
        // It was valid until now, unless it had ended before: the moment counts where a booking ends because of it.
        if (c.validUntil > block.timestamp) c.validUntil = uint40(block.timestamp);
        emit ConsentWithdrawn(caseFile, consent);
    }

    // Files and keys

    function commitFile(
        bytes32 caseFile,
        bytes32 consent,
        bytes32 file,
        uint32 by,
        uint40 deadline,
        bytes calldata signature
    ) external inTime(deadline) {
        if (file == 0) revert ZeroHash();
        Case storage c = _cases[caseFile];
        (uint32 hospital,) = _requireOpen(c, caseFile, consent);
        if (by == hospital) REGISTRY.requireActive(by, PartyKind.Hospital);
        else _requireKeyGrant(caseFile, by);
        FileCommitment storage f = _files[caseFile][file];
        if (f.by != 0) revert FileAlreadyCommitted(file, f.index);
        _requireSignedBy(keccak256(abi.encode(COMMIT_FILE, caseFile, consent, file, by, deadline)), by, signature);

        uint32 index = c.files;
        (c.hospital, c.files) = (hospital, index + 1);
        fileAt[caseFile][index] = file;
        (f.by, f.index, f.committedAt) = (by, index, uint40(block.timestamp));
        emit FileCommitted(caseFile, file, by, index);
    }

    function grantKey(
        bytes32 caseFile,
        bytes32 consent,
        uint32 recipient,
        bytes32 key,
        uint40 validUntil,
        uint32 version,
        uint40 deadline,
        bytes calldata signature
    ) external inTime(deadline) {
        if (key == 0) revert ZeroHash();
        if (validUntil <= block.timestamp) revert ValidityInThePast(validUntil, block.timestamp);
        (uint32 hospital, uint40 allowed) = _requireOpen(_cases[caseFile], caseFile, consent);
        if (validUntil > allowed) revert GrantBeyondConsent(validUntil, allowed);
        KeyGrant storage g = _keyGrants[caseFile][recipient];
        if (version != g.version) revert StaleRevision(version, g.version);
        REGISTRY.requireActive(hospital, PartyKind.Hospital);
        _requireReader(recipient);
        _requireSignedBy(
            keccak256(abi.encode(GRANT_KEY, caseFile, consent, recipient, key, validUntil, version, deadline)),
            hospital,
            signature
        );

        _cases[caseFile].hospital = hospital;
        (g.consent, g.key, g.validUntil, g.version) = (consent, key, validUntil, version + 1);
        emit KeyGranted(caseFile, recipient, hospital, consent, key, validUntil, version + 1);
    }

    function endKeyGrant(
        bytes32 caseFile,
        uint32 recipient,
        uint32 by,
        uint32 version,
        uint40 deadline,
        bytes calldata signature
    ) external inTime(deadline) {
        if (by != recipient && by != _cases[caseFile].hospital) revert MayNotEndKeyGrant(by);
        KeyGrant storage g = _keyGrants[caseFile][recipient];
        if (version != g.version) revert StaleRevision(version, g.version);
        _requireGranted(g, recipient);
        _requireSignedBy(
            keccak256(abi.encode(END_KEY_GRANT, caseFile, recipient, by, version, deadline)), by, signature
        );

        (g.validUntil, g.version) = (0, version + 1);
        emit KeyGrantEnded(caseFile, recipient, by, version + 1);
    }

    // The log of openings

    function anchorLog(
        uint32 platform,
        uint32 sequence,
        bytes32 head,
        uint40 entries,
        uint40 deadline,
        bytes calldata signature
    ) external inTime(deadline) {
        if (head == 0) revert ZeroHash();
        LogHead storage last = _logHeads[platform];
        if (sequence != last.sequence) revert StaleSequence(sequence, last.sequence);
        if (entries < last.entries) revert EntriesFell(entries, last.entries);
        if (sequence > 0 && (entries == last.entries) != (head == last.head)) revert LogForked(head, last.head);
        REGISTRY.requireActive(platform, PartyKind.Platform);
        _requireSignedBy(
            keccak256(abi.encode(ANCHOR_LOG, platform, sequence, head, entries, deadline)), platform, signature
        );

        (last.head, last.entries, last.anchoredAt, last.sequence) =
        (head, entries, uint40(block.timestamp), sequence + 1);
        emit LogAnchored(platform, head, entries, sequence + 1);
    }

    // Views

    function consentOf(bytes32 caseFile, bytes32 consent) external view returns (Consent memory) {
        return _consents[caseFile][consent];
    }

    function requireConsent(bytes32 caseFile, bytes32 consent, uint32 hospital, uint40 asOf) external view {
        (uint32 granted, uint40 validUntil, bool withdrawn) = _granted(caseFile, consent);
        if (granted != hospital) revert ConsentForOtherHospital(granted, hospital);
        _requireInForce(consent, validUntil, withdrawn, asOf);
    }

    function hospitalOf(bytes32 caseFile) external view returns (uint32) {
        return _cases[caseFile].hospital;
    }

    function fileCount(bytes32 caseFile) external view returns (uint32) {
        return _cases[caseFile].files;
    }

    function fileOf(bytes32 caseFile, bytes32 file) external view returns (FileCommitment memory) {
        return _files[caseFile][file];
    }

    function keyGrantOf(bytes32 caseFile, uint32 recipient) external view returns (KeyGrant memory) {
        return _keyGrants[caseFile][recipient];
    }

    function mayOpen(bytes32 caseFile, uint32 recipient, uint40 asOf) external view returns (bool) {
        KeyGrant storage g = _keyGrants[caseFile][recipient];
        uint40 validUntil = g.validUntil;
        // 0 is no grant, also at the time 0.
        if (validUntil == 0 || validUntil < asOf || _consents[caseFile][g.consent].withdrawn) return false;
        Party memory p = REGISTRY.partyOf(recipient);
        if (p.status != PartyStatus.Accredited || p.validUntil < asOf) return false;
        return p.kind != PartyKind.Official || p.powers & Powers.ARBITER != 0;
    }

    function logHeadOf(uint32 platform) external view returns (LogHead memory) {
        return _logHeads[platform];
    }

    // Internal

    /// @dev That a consent is in force now and its hospital is the case's, or may become it.
    function _requireOpen(Case storage c, bytes32 caseFile, bytes32 consent)
        private
        view
        returns (uint32 hospital, uint40 validUntil)
    {
        bool withdrawn;
        (hospital, validUntil, withdrawn) = _granted(caseFile, consent);
        _requireInForce(consent, validUntil, withdrawn, block.timestamp);
        uint32 first = c.hospital;
        if (first != 0 && first != hospital) revert CaseOfOtherHospital(first, hospital);
    }

    function _granted(bytes32 caseFile, bytes32 consent)
        private
        view
        returns (uint32 hospital, uint40 validUntil, bool withdrawn)
    {
        Consent storage c = _consents[caseFile][consent];
        address key;
        (key, hospital, validUntil, withdrawn) = (c.key, c.hospital, c.validUntil, c.withdrawn);
        if (key == address(0)) revert NotGranted(consent);
    }

    function _requireInForce(bytes32 consent, uint40 validUntil, bool withdrawn, uint256 asOf) private pure {
        if (withdrawn || validUntil < asOf) revert ConsentNotInForce(consent, validUntil, withdrawn);
    }

    /// @dev What `mayOpen` answers for now, naming the fault.
    function _requireKeyGrant(bytes32 caseFile, uint32 recipient) private view {
        KeyGrant storage g = _keyGrants[caseFile][recipient];
        _requireGranted(g, recipient);
        // The grant ends with its consent or before, so that only a withdrawal can have come in between.
        Consent storage c = _consents[caseFile][g.consent];
        if (c.withdrawn) revert ConsentNotInForce(g.consent, c.validUntil, true);
        _requireReader(recipient);
    }

    function _requireGranted(KeyGrant storage g, uint32 recipient) private view {
        if (g.validUntil < block.timestamp) revert KeyGrantNotInForce(recipient, g.validUntil, block.timestamp);
    }

    /// @dev An accredited party of those who read cases: doctors, hospitals, arbiters.
    function _requireReader(uint32 party) private view {
        PartyKind kind = REGISTRY.partyOf(party).kind;
        if (kind == PartyKind.Official) REGISTRY.requirePower(party, Powers.ARBITER);
        else if (kind == PartyKind.Doctor || kind == PartyKind.Hospital) REGISTRY.requireActive(party, kind);
        else revert KindNotAllowed(kind);
    }

    function _requireSignedBy(bytes32 structHash, uint32 party, bytes calldata signature) private view {
        REGISTRY.requireSignedBy(_hashTypedDataV4(structHash), party, signature);
    }

    function _requireSigned(address key, bytes32 structHash, bytes calldata signature) private view {
        if (!SignatureChecker.isValidSignatureNowCalldata(key, _hashTypedDataV4(structHash), signature)) {
            revert InvalidSignature(key);
        }
    }
}

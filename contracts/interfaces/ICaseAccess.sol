// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IStatements} from "./IStatements.sol";

/// @title A patient's consent, without the patient.
/// @notice Case and consent are salted commitments. The key is made for one consent link and used for nothing else.
interface ICaseAccess is IStatements {
    struct Consent {
        address key;
        uint32 hospital;
        uint40 validUntil;
        bool withdrawn;
    }

    event ConsentGranted(
        bytes32 indexed caseFile, bytes32 indexed consent, uint32 indexed hospital, address key, uint40 validUntil
    );
    event ConsentWithdrawn(bytes32 indexed caseFile, bytes32 indexed consent);

    error InvalidSignature(address key);
    error AlreadyGranted(bytes32 consent);
    error NotGranted(bytes32 consent);
    error AlreadyWithdrawn(bytes32 consent);
    error ValidityInThePast(uint40 validUntil, uint256 nowAt);
    error ConsentNotInForce(bytes32 consent, uint40 validUntil, bool withdrawn);
    error ConsentForOtherHospital(uint32 granted, uint32 asked);

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

    /// @notice Withdraws consent for good. Signed by the same key.
    function withdrawConsent(bytes32 caseFile, bytes32 consent, uint40 deadline, bytes calldata signature) external;

    /// @notice How many consents were ever granted.
    function consentCount() external view returns (uint256);

    function consentOf(bytes32 caseFile, bytes32 consent) external view returns (Consent memory);

    /// @notice Reverts unless the consent was granted to this hospital, not withdrawn, and is valid at a time.
    function requireConsent(bytes32 caseFile, bytes32 consent, uint32 hospital, uint40 asOf) external view;
}

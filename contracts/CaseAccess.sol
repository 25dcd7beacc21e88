// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {SignatureChecker} from "@openzeppelin/contracts/utils/cryptography/SignatureChecker.sol";
import {ICaseAccess} from "./interfaces/ICaseAccess.sol";
import {Statements} from "./libraries/Statements.sol";

/// @dev The interface ICaseAccess is the book; what stands here says how.
contract CaseAccess is ICaseAccess, Statements {
    bytes32 private constant GRANT_CONSENT = keccak256(
        "GrantConsent(bytes32 caseFile,bytes32 consent,uint32 hospital,uint40 validUntil,address key,uint40 deadline)"
    );
    bytes32 private constant WITHDRAW_CONSENT =
        keccak256("WithdrawConsent(bytes32 caseFile,bytes32 consent,uint40 deadline)");

    mapping(bytes32 caseFile => mapping(bytes32 consent => Consent)) private _consents;
    uint256 public consentCount;

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

        // It was valid until now: the moment counts where a booking ends because of it.
        (c.withdrawn, c.validUntil) = (true, uint40(block.timestamp));
        emit ConsentWithdrawn(caseFile, consent);
    }

    function consentOf(bytes32 caseFile, bytes32 consent) external view returns (Consent memory) {
        return _consents[caseFile][consent];
    }

    function requireConsent(bytes32 caseFile, bytes32 consent, uint32 hospital, uint40 asOf) external view {
        Consent memory c = _consents[caseFile][consent];
        if (c.key == address(0)) revert NotGranted(consent);
        if (c.hospital != hospital) revert ConsentForOtherHospital(c.hospital, hospital);
        if (c.withdrawn || c.validUntil < asOf) revert ConsentNotInForce(consent, c.validUntil, c.withdrawn);
    }

    function _requireSigned(address key, bytes32 structHash, bytes calldata signature) private view {
        if (!SignatureChecker.isValidSignatureNowCalldata(key, _hashTypedDataV4(structHash), signature)) {
            revert InvalidSignature(key);
        }
    }
}

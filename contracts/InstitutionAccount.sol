// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {ERC7739} from "@openzeppelin/contracts/utils/cryptography/signers/draft-ERC7739.sol";
import {MultiSignerERC7913} from "@openzeppelin/contracts/utils/cryptography/signers/MultiSignerERC7913.sol";
import {IERC1271} from "@openzeppelin/contracts/interfaces/IERC1271.sol";
import {IInstitutionAccount} from "./interfaces/IInstitutionAccount.sol";
import {Statements} from "./libraries/Statements.sol";

/// @dev The interface IInstitutionAccount is the book; what stands here says how.
contract InstitutionAccount is IInstitutionAccount, Statements, ERC7739, MultiSignerERC7913 {
    /// @dev With one it would be a key of one person.
    uint64 private constant LEAST_THRESHOLD = 2;

    bytes32 private constant CHANGE_OFFICERS =
        keccak256("ChangeOfficers(bytes[] added,bytes[] removed,uint64 newThreshold,uint32 sequence,uint40 deadline)");

    uint32 public changeCount;

    constructor(bytes[] memory officers_, uint64 threshold_) MultiSignerERC7913(officers_, threshold_) {}

    function changeOfficers(
        bytes[] calldata added,
        bytes[] calldata removed,
        uint64 newThreshold,
        uint32 sequence,
        uint40 deadline,
        bytes calldata signature
    ) external inTime(deadline) {
        if (sequence != changeCount) revert StaleSequence(sequence, changeCount);
        bytes32 structHash =
            keccak256(abi.encode(CHANGE_OFFICERS, _hash(added), _hash(removed), newThreshold, sequence, deadline));
        if (!_rawSignatureValidation(_hashTypedDataV4(structHash), signature)) revert OfficersDidNotSign(threshold());

        changeCount = sequence + 1;
        // In this order a threshold may rise with the officers and fall with them.
        _addSigners(added);
        _setThreshold(newThreshold);
        _removeSigners(removed);
        emit OfficersChanged(added, removed, newThreshold, sequence + 1);
    }

    // Views

    function officers() external view returns (bytes[] memory) {
        return getSigners(0, type(uint64).max);
    }

    function threshold() public view override(IInstitutionAccount, MultiSignerERC7913) returns (uint64) {
        return super.threshold();
    }

    function isValidSignature(bytes32 hash, bytes calldata signature)
        public
        view
        override(IERC1271, ERC7739)
        returns (bytes4)
    {
        return super.isValidSignature(hash, signature);
    }

    // Internal

    function _addSigners(bytes[] memory newOfficers) internal override {
        for (uint256 i; i < newOfficers.length; ++i) {
            bytes memory officer = newOfficers[i];
            address verifier = address(bytes20(officer));
            if (verifier == address(this) || (officer.length > 20 && verifier.code.length == 0)) {
                revert OfficerNotAllowed(officer);
            }
        }
        super._addSigners(newOfficers);
    }

    function _setThreshold(uint64 newThreshold) internal override {
        if (newThreshold < LEAST_THRESHOLD) revert ThresholdTooLow(newThreshold, LEAST_THRESHOLD);
        super._setThreshold(newThreshold);
    }

    /// @dev A list of bytes as EIP-712 encodes it.
    function _hash(bytes[] calldata list) private pure returns (bytes32) {
        bytes32[] memory hashes = new bytes32[](list.length);
        for (uint256 i; i < list.length; ++i) {
            hashes[i] = keccak256(list[i]);
        }
        return keccak256(abi.encodePacked(hashes));
    }
}

// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IERC7913SignatureVerifier} from "@openzeppelin/contracts/interfaces/IERC7913.sol";
import {SM2} from "../libraries/SM2.sol";

/// @title Verifies SM2 signatures over SM3 (GB/T 32918, GB/T 32905) for ERC-7913 signers.
/// @notice The key is x | y of the public point, the signature r | s, 64 bytes each and neither compressed nor in DER.
/// What is signed are the 32 bytes of the digest, under the default user id 1234567812345678. Stateless; never reverts.
contract ERC7913SM2Verifier is IERC7913SignatureVerifier {
    bytes4 private constant REFUSED = 0xFFFFFFFF;

    /// @inheritdoc IERC7913SignatureVerifier
    function verify(bytes calldata key, bytes32 hash, bytes calldata signature) external view returns (bytes4) {
        if (key.length != 64 || signature.length != 64) return REFUSED;
        (uint256 x, uint256 y) = (uint256(bytes32(key)), uint256(bytes32(key[32:])));
        (uint256 r, uint256 s) = (uint256(bytes32(signature)), uint256(bytes32(signature[32:])));
        return SM2.verify(hash, r, s, x, y) ? IERC7913SignatureVerifier.verify.selector : REFUSED;
    }
}

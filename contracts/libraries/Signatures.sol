// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {ECDSA} from "@openzeppelin/contracts/utils/cryptography/ECDSA.sol";
import {SignatureChecker} from "@openzeppelin/contracts/utils/cryptography/SignatureChecker.sol";

/// @title Several signatures in one `bytes`: per signer its index (1 byte), a length (2 bytes), the signature.
library Signatures {
    uint256 private constant EOA = 20;

    /// @dev Reads the signature at an offset. `signature` is empty where the list ends early.
    function next(bytes calldata list, uint256 offset)
        internal
        pure
        returns (uint8 index, bytes calldata signature, uint256 end)
    {
        if (list.length < offset + 3) return (0, list[0:0], type(uint256).max);
        index = uint8(list[offset]);
        end = offset + 3 + uint16(bytes2(list[offset + 1:offset + 3]));
        if (end > list.length) return (0, list[0:0], type(uint256).max);
        signature = list[offset + 3:end];
    }

    /// @dev An ERC-7913 check. An externally owned key is tried first: it spares the look at the signer's code.
    function isValid(bytes memory signer, bytes32 digest, bytes calldata signature) internal view returns (bool) {
        if (signer.length == EOA) {
            (address recovered, ECDSA.RecoverError fault,) = ECDSA.tryRecoverCalldata(digest, signature);
            if (fault == ECDSA.RecoverError.NoError && recovered == address(bytes20(signer))) return true;
        }
        return SignatureChecker.isValidSignatureNow(signer, digest, signature);
    }
}

// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {ECDSA} from "@openzeppelin/contracts/utils/cryptography/ECDSA.sol";

/// @title Several signatures in one `bytes`: per signer its index (1 byte), a length (2 bytes), the signature.
library Signatures {
    /// @dev The last byte of the slot of a signer of 20 bytes: Solidity keeps twice the length of short bytes there.
    uint256 private constant TWENTY_BYTES = 40;

    /// @dev Reads the signature at an offset. `end` lies behind the list where the list ends early.
    function next(bytes calldata list, uint256 offset)
        internal
        pure
        returns (uint8 index, bytes calldata signature, uint256 end)
    {
        uint256 head;
        assembly ("memory-safe") {
            head := calldataload(add(list.offset, offset))
        }
        unchecked {
            index = uint8(head >> 248);
            end = offset + 3 + uint16(head >> 232);
        }
        assembly ("memory-safe") {
            // Offset and length are two words of one variable.
            // slither-disable-next-line write-after-write
            signature.offset := add(add(list.offset, offset), 3)
            signature.length := sub(sub(end, offset), 3)
        }
    }

    /// @dev Whether the signer is an externally owned key and signed. It is tried before the general ERC-7913 check
    /// because it spares the look at the signer's code and the copy of the signer.
    function isOfKey(bytes storage signer, bytes32 digest, bytes calldata signature) internal view returns (bool) {
        uint256 slot;
        assembly ("memory-safe") {
            slot := sload(signer.slot)
        }
        if (uint8(slot) != TWENTY_BYTES) return false;
        // The third value says more about a fault, and any fault is a no.
        // slither-disable-next-line unused-return
        (address recovered, ECDSA.RecoverError fault,) = ECDSA.tryRecoverCalldata(digest, signature);
        return fault == ECDSA.RecoverError.NoError && recovered == address(bytes20(bytes32(slot)));
    }
}

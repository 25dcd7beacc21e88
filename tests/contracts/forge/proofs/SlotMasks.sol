// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

/// @notice What the proofs of SlotBook mean by the bits of some slots. That these are the bits of just those slots is not
/// left to a solver: SlotMasksTest counts them out for every shift and length.
library SlotMasks {
    /// @param shift of the first slot in its word
    /// @return low its bits in the word of the first slot
    /// @return high its bits in the next word
    function masksOf(uint8 shift, uint8 length) internal pure returns (uint256 low, uint256 high) {
        unchecked {
            uint256 bits = (1 << uint256(length)) - 1;
            low = bits << shift;
            if (uint256(shift) + length > 256) high = bits >> (256 - uint256(shift));
        }
    }
}

// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {ForgeTest} from "./ForgeTest.sol";
import {SlotMasks} from "./proofs/SlotMasks.sol";

/// @notice Not at random: all 65,536 pairs of shift and length. The symbolic proofs of SlotBook rest on it.
contract SlotMasksTest is ForgeTest {
    function test_masks__of_every_shift_and_length__have_the_bits_of_its_slots_alone() public pure {
        for (uint256 shift; shift < 256; ++shift) {
            uint256[2] memory words;
            for (uint256 length; length < 256; ++length) {
                (uint256 low, uint256 high) = SlotMasks.masksOf(uint8(shift), uint8(length));
                if (low != words[0] || high != words[1]) revert("other bits than those of its slots");
                uint256 next = shift + length;
                words[next / 256] |= 1 << (next % 256);
            }
        }
    }
}

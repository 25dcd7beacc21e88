// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

/// @notice Numbers that follow from a seed, so that one fuzzed word makes a whole case.
library Dice {
    struct Cup {
        uint256 seed;
    }

    /// @dev From 0 up to but not including `below`.
    function roll(Cup memory cup, uint256 below) internal pure returns (uint256) {
        cup.seed = uint256(keccak256(abi.encode(cup.seed)));
        return cup.seed % below;
    }

    /// @dev Up to and including `most`, and its edges far more often than chance would have it.
    function rollEdgy(Cup memory cup, uint256 most) internal pure returns (uint256) {
        uint256 way = roll(cup, 8);
        if (way == 0) return 0;
        if (way == 1) return most;
        if (way == 2) return roll(cup, most < 8 ? most + 1 : 8);
        return most == type(uint256).max ? roll(cup, most) : roll(cup, most + 1);
    }
}

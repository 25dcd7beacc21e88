// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

/// @dev Put in the place of KeyReplacement it says that the keys of everybody are being replaced.
contract EveryReplacement {
    function isPending(uint32) external pure returns (bool) {
        return true;
    }
}

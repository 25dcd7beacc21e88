// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IKeyReplacement} from "../interfaces/IKeyReplacement.sol";

/// @dev Stands for the contract that replaces keys until it is there: nothing is ever pending.
contract NoReplacements is IKeyReplacement {
    function isPending(uint32) external pure returns (bool) {
        return false;
    }
}

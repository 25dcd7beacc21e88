// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {EIP712} from "@openzeppelin/contracts/utils/cryptography/EIP712.sol";
import {IStatements} from "../interfaces/IStatements.sol";

/// @title Base of the contracts that take signed statements: one domain, deadlines, a clock in seconds.
abstract contract Statements is EIP712, IStatements {
    /// @dev Year 5138 in seconds, 1973 in milliseconds: some consortium chains stamp blocks in milliseconds.
    uint256 private constant LATEST_SECONDS = 1e11;

    constructor() EIP712("Huizhen", "1") {
        if (block.timestamp > LATEST_SECONDS) revert ClockInMilliseconds(block.timestamp);
    }

    modifier inTime(uint40 deadline) {
        _requireInTime(deadline);
        _;
    }

    /// @dev Not in the modifier, which stands in every function that it guards.
    function _requireInTime(uint40 deadline) private view {
        if (block.timestamp > deadline) revert StatementExpired(deadline, block.timestamp);
    }
}

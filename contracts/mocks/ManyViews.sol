// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

/// @dev Answers many views in one call, for tests that look at all of them after each step. In: for each its contract
/// (20 bytes), the length of its calldata (2) and the calldata. Out: the answers, one behind the other.
contract ManyViews {
    fallback() external {
        assembly {
            let end := 0
            for { let i := 0 } lt(i, calldatasize()) {} {
                let head := calldataload(i)
                let size := and(shr(80, head), 0xffff)
                calldatacopy(end, add(i, 22), size)
                if iszero(staticcall(gas(), shr(96, head), end, size, 0, 0)) { revert(0, 0) }
                returndatacopy(end, 0, returndatasize())
                end := add(end, returndatasize())
                i := add(add(i, 22), size)
            }
            return(0, end)
        }
    }
}

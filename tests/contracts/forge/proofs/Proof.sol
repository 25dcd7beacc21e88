// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {ForgeTest} from "../ForgeTest.sol";

/// @notice The cheat codes of halmos that we use.
interface Svm {
    /// @notice Any values in the storage of a contract, instead of those that its constructor left there.
    function enableSymbolicStorage(address target) external;
    function createUint256(string memory name) external returns (uint256);
}

/// @notice Base of the symbolic proofs: each `check_` function holds for all its arguments, or halmos shows which not.
abstract contract Proof is ForgeTest {
    /// @dev The last 20 bytes of keccak256("svm cheat code").
    Svm internal constant svm = Svm(address(uint160(uint256(keccak256("svm cheat code")))));
}

// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {Vm} from "./Vm.sol";

/// @notice Base of all forge tests: the cheat codes, and the list of what an invariant campaign calls.
abstract contract ForgeTest {
    /// @dev forge answers at this address, the last 20 bytes of keccak256("hevm cheat code").
    Vm internal constant vm = Vm(address(uint160(uint256(keccak256("hevm cheat code")))));

    /// @dev Where forge prints what is logged to (shown with -vv).
    address private constant CONSOLE = 0x000000000000000000636F6e736F6c652e6c6f67;

    struct FuzzSelector {
        address addr;
        bytes4[] selectors;
    }

    address[] private handlers;
    FuzzSelector[] private excluded;

    /// @notice The contracts that forge calls at random in an invariant campaign.
    function targetContracts() public view returns (address[] memory) {
        return handlers;
    }

    function callAtRandom(address handler) internal {
        handlers.push(handler);
    }

    /// @notice The functions of these contracts that forge leaves alone.
    function excludeSelectors() public view returns (FuzzSelector[] memory) {
        return excluded;
    }

    function neverCallAtRandom(address handler, bytes4[] memory selectors) internal {
        excluded.push(FuzzSelector(handler, selectors));
    }

    function print(string memory line) internal view {
        (bool done,) = CONSOLE.staticcall(abi.encodeWithSignature("log(string)", line));
        done;
    }

    /// @notice `value` folded into [min, max]; what lies inside already stays as it is, so that edges are found.
    function bound(uint256 value, uint256 min, uint256 max) internal pure returns (uint256) {
        if (value >= min && value <= max) return value;
        uint256 size = max - min + 1;
        return size == 0 ? value : min + value % size;
    }

    /// @dev Vector files have one case a line, and a comma after each but the last.
    function withoutComma(string memory line) internal pure returns (string memory) {
        uint256 length = bytes(line).length;
        if (bytes(line)[length - 1] != ",") return line;
        assembly ("memory-safe") {
            mstore(line, sub(length, 1))
        }
        return line;
    }
}

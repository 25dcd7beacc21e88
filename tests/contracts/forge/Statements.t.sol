// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {CaseAccess} from "../../../contracts/CaseAccess.sol";
import {ICredentialRegistry} from "../../../contracts/interfaces/ICredentialRegistry.sol";
import {IStatements} from "../../../contracts/interfaces/IStatements.sol";
import {ForgeTest} from "./ForgeTest.sol";

/// @notice Contracts with deadlines refuse a chain that stamps its blocks in milliseconds.
contract StatementsTest is ForgeTest {
    uint256 private constant LATEST_SECONDS = 1e11;

    function testFuzz_constructor__on_a_clock_in_seconds__is_accepted(uint256 timestamp) public {
        vm.warp(bound(timestamp, 1, LATEST_SECONDS));
        new CaseAccess(ICredentialRegistry(address(0)));
    }

    function testFuzz_constructor__on_a_clock_in_milliseconds__reverts(uint256 timestamp) public {
        timestamp = bound(timestamp, LATEST_SECONDS + 1, type(uint64).max);
        vm.warp(timestamp);
        vm.expectRevert(abi.encodeWithSelector(IStatements.ClockInMilliseconds.selector, timestamp));
        new CaseAccess(ICredentialRegistry(address(0)));
    }
}

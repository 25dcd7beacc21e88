// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {ForgeTest} from "../ForgeTest.sol";
import {Handler} from "./Handler.sol";

/// @notice The campaign: any sequence of the handler's acts by anybody, and after each of them the invariants of
/// DESIGN.md. I3 is asserted wherever the handler computes legs, I13 is held by the Python model, which rebuilds all state
/// from events.
contract InvariantsTest is ForgeTest {
    Handler private handler;

    function setUp() public {
        handler = new Handler();
        callAtRandom(address(handler));
        bytes4[] memory checks = new bytes4[](2);
        (checks[0], checks[1]) = (handler.timeAloneEndsAll.selector, handler.nothingServesTwice.selector);
        neverCallAtRandom(address(handler), checks);
    }

    /// @notice What must hold after every single call.
    function invariant_I1_to_I15() public view {
        handler.custodyCovers();
        handler.fundedIsAccountedFor();
        handler.earnedIsAccountedFor();
        handler.onlyDrawnTransitions();
        handler.everyReleaseHasItsCause();
        handler.sharesWereSignedFor();
        handler.moneyIsWhatMoneyActsMadeIt();
        handler.paidSeatsWereQualified();
        handler.itemsGoTheirOwnWay();
        handler.hoursAreTakenOnce();
        handler.paidToSignedAccounts();
    }

    /// @notice What costs more to ask, at the end of each run.
    function afterInvariant() public {
        handler.peopleAreWhatTheirActsMadeThem();
        handler.nothingServesTwice();
        handler.timeAloneEndsAll();
    }
}

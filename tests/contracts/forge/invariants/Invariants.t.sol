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

    function invariant_I1_custody_covers_escrowed_and_credited() public view {
        handler.custodyCovers();
    }

    function invariant_I2_funded_is_escrowed_credited_or_returned() public view {
        handler.fundedIsAccountedFor();
    }

    function invariant_I4_credited_is_paid_withheld_or_outstanding() public view {
        handler.earnedIsAccountedFor();
    }

    function invariant_I5_only_the_drawn_transitions() public view {
        handler.onlyDrawnTransitions();
    }

    function invariant_I6_release_needs_its_cause() public view {
        handler.everyReleaseHasItsCause();
    }

    function invariant_I7_no_share_falls_without_its_doctor() public view {
        handler.sharesWereSignedFor();
    }

    function invariant_I8_people_and_keys_never_alter_credits() public view {
        handler.moneyIsWhatMoneyActsMadeIt();
    }

    function invariant_I9_paid_seats_were_qualified() public view {
        handler.paidSeatsWereQualified();
    }

    function invariant_I10_no_payee_blocks_another() public view {
        handler.itemsGoTheirOwnWay();
    }

    function invariant_I11_time_alone_ends_everything() public {
        handler.timeAloneEndsAll();
    }

    function invariant_I12_no_signature_serves_twice() public {
        handler.nothingServesTwice();
    }

    function invariant_I14_no_hour_is_taken_twice() public view {
        handler.hoursAreTakenOnce();
    }

    function invariant_I15_money_leaves_to_signed_accounts_alone() public view {
        handler.paidToSignedAccounts();
    }

    function invariant_people_are_what_their_acts_made_them() public view {
        handler.peopleAreWhatTheirActsMadeThem();
    }
}

// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {ConsultationStatus} from "../../../../contracts/types/Terms.sol";
import {Dice} from "../Dice.sol";
import {ForgeTest} from "../ForgeTest.sol";
import {Desk} from "./Desk.sol";
import {Handler} from "./Handler.sol";

/// @notice That the campaign reaches what it claims to test: one seeded sequence, and the table of it (forge test -vv).
contract ReachTest is ForgeTest {
    using Dice for Dice.Cup;

    uint256 private constant CALLS = 3000;
    uint256 private constant ACTS = 51;
    uint256 private constant LEAST_PER_CENT = 5;

    function test_campaign__of_a_fixed_sequence__reaches_every_act_and_state() public {
        Handler handler = new Handler();
        bytes4[ACTS] memory acts = _selectors(handler);
        Dice.Cup memory cup = Dice.Cup(20261125);
        for (uint256 i; i < CALLS; ++i) {
            (bool done, bytes memory answer) =
                address(handler).call(abi.encodeWithSelector(acts[cup.roll(ACTS)], cup.roll(type(uint256).max)));
            if (!done) {
                assembly ("memory-safe") {
                    revert(add(answer, 32), mload(answer))
                }
            }
        }
        _checkAll(handler);
        _printActs(handler);
        _printStates(handler);
    }

    function _checkAll(Handler handler) private {
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
        handler.peopleAreWhatTheirActsMadeThem();
        handler.nothingServesTwice();
        handler.timeAloneEndsAll();
    }

    function _printActs(Handler handler) private view {
        print("act                       calls  succeeded  refused");
        for (uint256 i; i < ACTS; ++i) {
            Desk.Tally memory t = handler.tallyOf(i);
            string memory numbers = string.concat(_right(t.calls, 8), _right(t.done, 11), _right(t.refused, 9));
            print(string.concat(_left(_name(i), 23), numbers));
            vm.assertTrue(t.refused != 0, string.concat(_name(i), " was never refused"));
            // Intruders must never succeed; everybody else must, often enough for what follows to be tested.
            bool intruding = i == ACTS - 1;
            if (intruding) {
                vm.assertEq(t.done, 0, "an intruder succeeded");
            } else {
                vm.assertGe(t.done * 100, t.calls * LEAST_PER_CENT, string.concat(_name(i), " hardly ever succeeds"));
            }
        }
    }

    function _printStates(Handler handler) private view {
        print("state of a consultation   times reached");
        for (uint8 i = uint8(ConsultationStatus.Booked); i <= uint8(ConsultationStatus.Expired); ++i) {
            uint256 times = handler.timesReached(ConsultationStatus(i));
            print(string.concat(_left(_stateName(i), 23), _right(times, 8)));
            vm.assertTrue(times != 0, string.concat(_stateName(i), " was never reached"));
        }
    }

    function _selectors(Handler handler) private pure returns (bytes4[ACTS] memory acts) {
        (acts[0], acts[1], acts[2]) = (handler.applyAs.selector, handler.accredit.selector, handler.suspend.selector);
        (acts[3], acts[4], acts[5]) =
        (handler.reinstate.selector, handler.addSigner.selector, handler.requestSignerRemoval.selector);
        (acts[6], acts[7], acts[8]) =
        (handler.cancelSignerRemoval.selector, handler.removeSigner.selector, handler.affiliate.selector);
        (acts[9], acts[10], acts[11]) =
        (handler.endAffiliation.selector, handler.agree.selector, handler.requestReplacement.selector);
        (acts[12], acts[13], acts[14]) =
        (handler.cancelReplacement.selector, handler.ruleReplacement.selector, handler.replaceSigners.selector);
        (acts[15], acts[16], acts[17]) =
        (handler.grantConsent.selector, handler.withdrawConsent.selector, handler.found.selector);
        (acts[18], acts[19], acts[20]) = (handler.join.selector, handler.leave.selector, handler.expel.selector);
        (acts[21], acts[22], acts[23]) =
        (handler.setShareRule.selector, handler.setStandingConsent.selector, handler.setPolicy.selector);
        (acts[24], acts[25], acts[26]) =
        (handler.transferLead.selector, handler.book.selector, handler.deliver.selector);
        (acts[27], acts[28], acts[29]) =
        (handler.accept.selector, handler.acceptByTime.selector, handler.cancel.selector);
        (acts[30], acts[31], acts[32]) =
        (handler.cancelWithdrawn.selector, handler.expire.selector, handler.recordAttendance.selector);
        (acts[33], acts[34], acts[35]) =
        (handler.markNoShow.selector, handler.reschedule.selector, handler.substitute.selector);
        (acts[36], acts[37], acts[38]) =
        (handler.dispute.selector, handler.settleDispute.selector, handler.rule.selector);
        (acts[39], acts[40], acts[41]) =
        (handler.applyDefault.selector, handler.releaseUncontested.selector, handler.deposit.selector);
        (acts[42], acts[43], acts[44]) =
        (handler.refund.selector, handler.setPayoutAccount.selector, handler.cancelPayoutAccount.selector);
        (acts[45], acts[46], acts[47]) =
        (handler.dropPendingAccount.selector, handler.preparePayout.selector, handler.approvePayout.selector);
        (acts[48], acts[49], acts[50]) =
        (handler.confirmPayout.selector, handler.returnPayout.selector, handler.intrude.selector);
    }

    function _name(uint256 act) private pure returns (string memory) {
        string[ACTS] memory names;
        (names[0], names[1], names[2]) = ("applyAs", "accredit", "suspend");
        (names[3], names[4], names[5]) = ("reinstate", "addSigner", "requestSignerRemoval");
        (names[6], names[7], names[8]) = ("cancelSignerRemoval", "removeSigner", "affiliate");
        (names[9], names[10], names[11]) = ("endAffiliation", "agree", "requestReplacement");
        (names[12], names[13], names[14]) = ("cancelReplacement", "ruleReplacement", "replaceSigners");
        (names[15], names[16], names[17]) = ("grantConsent", "withdrawConsent", "found");
        (names[18], names[19], names[20]) = ("join", "leave", "expel");
        (names[21], names[22], names[23]) = ("setShareRule", "setStandingConsent", "setPolicy");
        (names[24], names[25], names[26]) = ("transferLead", "book", "deliver");
        (names[27], names[28], names[29]) = ("accept", "acceptByTime", "cancel");
        (names[30], names[31], names[32]) = ("cancelWithdrawn", "expire", "recordAttendance");
        (names[33], names[34], names[35]) = ("markNoShow", "reschedule", "substitute");
        (names[36], names[37], names[38]) = ("dispute", "settleDispute", "rule");
        (names[39], names[40], names[41]) = ("applyDefault", "releaseUncontested", "deposit");
        (names[42], names[43], names[44]) = ("refund", "setPayoutAccount", "cancelPayoutAccount");
        (names[45], names[46], names[47]) = ("dropPendingAccount", "preparePayout", "approvePayout");
        (names[48], names[49], names[50]) = ("confirmPayout", "returnPayout", "intrude");
        return names[act];
    }

    function _stateName(uint8 i) private pure returns (string memory) {
        string[7] memory names = ["None", "Booked", "Delivered", "Disputed", "Settled", "Cancelled", "Expired"];
        return names[i];
    }

    function _left(string memory text, uint256 width) private pure returns (string memory) {
        while (bytes(text).length < width) text = string.concat(text, " ");
        return text;
    }

    function _right(uint256 number, uint256 width) private pure returns (string memory text) {
        text = vm.toString(number);
        while (bytes(text).length < width) text = string.concat(" ", text);
    }
}

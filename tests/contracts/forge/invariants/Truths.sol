// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {Group, Membership} from "../../../../contracts/types/Groups.sol";
import {Batch, Credit, Funds} from "../../../../contracts/types/Payouts.sol";
import {ConsultationStatus, Terms} from "../../../../contracts/types/Terms.sol";
import {DisputeActs} from "./DisputeActs.sol";

/// @notice The invariants of DESIGN.md, each over the contracts' own answers, with the ghost as witness.
abstract contract Truths is DisputeActs {
    /// @notice I1: what is in custody covers all that is escrowed, credited or on its way, and it is what the bank was
    /// seen to take in and pay out. Through a bank nothing else comes in, so both are equal.
    function custodyCovers() external view {
        uint256 owed;
        for (uint32 party = 1; party <= partyCount; ++party) {
            Funds memory f = ledger.fundsOf(party);
            Credit memory c = ledger.creditOf(party);
            owed += uint256(f.available) + f.escrowed + c.credited + c.outstanding;
        }
        vm.assertGe(rail.custody(), owed, "I1: less in custody than is owed");
        vm.assertEq(owed, custody, "I1: what is owed is not what came in less what was paid");
        vm.assertEq(rail.custody(), custody, "I1: custody");
    }

    /// @notice I2: what was set aside for a consultation is in escrow still, was earned or went back.
    function fundedIsAccountedFor() external view {
        for (uint32 id = 1; id <= visitCount; ++id) {
            Visit storage v = visits[id];
            uint256 escrowed = consultations.consultationOf(v.termsHash).escrowed;
            vm.assertEq(v.funded, escrowed + v.credited + v.returned, "I2: funded = escrowed + credited + returned");
        }
    }

    /// @notice I4: what somebody earned was paid, withheld, is on its way or waits.
    function earnedIsAccountedFor() external view {
        for (uint32 party = 1; party <= PEOPLE; ++party) {
            Credit memory c = ledger.creditOf(party);
            Earned storage e = earned[party];
            uint256 sum = uint256(c.credited) + c.outstanding + e.paidNet + e.withheld;
            vm.assertEq(e.credited, sum, "I4: earned = waiting + outstanding + paid net + withheld");
        }
    }

    /// @notice I5: every consultation is in the state that the drawn transitions led to, in every field; what has ended
    /// holds nothing.
    function onlyDrawnTransitions() external view {
        vm.assertEq(consultations.consultationCount(), visitCount, "I5: consultations");
        for (uint32 id = 1; id <= visitCount; ++id) {
            Visit storage v = visits[id];
            bytes memory found = abi.encode(consultations.consultationOf(v.termsHash), disputes.disputeOf(id));
            vm.assertEq(found, abi.encode(v.c, v.d), "I5: a consultation, or its dispute");
            if (_isEnded(v.c.status)) vm.assertEq(v.c.escrowed, 0, "I5: what has ended holds money");
        }
        for (uint256 i; i < replaced.length; ++i) {
            bytes memory found = abi.encode(consultations.consultationOf(replaced[i]));
            vm.assertEq(found, abi.encode(replacedRecord[replaced[i]]), "I5: terms that others replaced");
        }
    }

    /// @notice I6: no escrow ends without one of the causes of the book, and each leads where it may.
    function everyReleaseHasItsCause() external view {
        for (uint32 id = 1; id <= visitCount; ++id) {
            Visit storage v = visits[id];
            ConsultationStatus status = v.c.status;
            Cause cause = v.cause;
            bool open = status == ConsultationStatus.Booked || status == ConsultationStatus.Delivered;
            if (open) {
                vm.assertTrue(cause == Cause.None && v.credited + v.returned == 0, "I6: paid before its time");
                continue;
            }
            bool good = status == ConsultationStatus.Expired && cause == Cause.Expired;
            good = good || status == ConsultationStatus.Disputed && (cause == Cause.None || cause == Cause.Contested);
            if (status == ConsultationStatus.Settled) {
                good = cause == Cause.Accepted || cause == Cause.WindowElapsed || cause == Cause.Contested;
            }
            if (status == ConsultationStatus.Cancelled) {
                good = cause == Cause.Cancelled || cause == Cause.ConsentWithdrawn || cause == Cause.RequiredSeatAbsent;
            }
            vm.assertTrue(good, "I6: released for another reason than its state's");
        }
    }

    /// @notice I7: no member of a group is under a rule that takes more than that member has signed for.
    function sharesWereSignedFor() external view {
        for (uint32 group = FIRST_GROUP; group <= LAST_GROUP; ++group) {
            Group memory g = groups.groupOf(group);
            for (uint32 doctor = FIRST_DOCTOR; doctor <= LAST_DOCTOR; ++doctor) {
                if (!groups.isMember(group, doctor)) continue;
                uint256 taken = uint256(g.institutionBps) + g.fundBps;
                vm.assertLe(taken, signedShares[group][doctor], "I7: a share fell without its doctor's signature");
            }
        }
    }

    /// @notice I8: credits and funds are what the acts on money made them, to the fen: acts on people, keys and groups
    /// never write the ghost's, and Desk asserts that they never write to the ledger.
    function moneyIsWhatMoneyActsMadeIt() external view {
        for (uint32 party = 1; party <= PEOPLE; ++party) {
            bytes memory found = abi.encode(
                ledger.creditOf(party), ledger.fundsOf(party), ledger.refundsOf(party), ledger.payoutAccountOf(party)
            );
            bytes memory due = abi.encode(credits[party], funds[party], refunds[party], accounts[party]);
            vm.assertEq(found, due, "I8: somebody's money");
        }
    }

    /// @notice I9: every paid seat was qualified and affiliated when it was booked and when it was delivered or claimed.
    function paidSeatsWereQualified() external view {
        for (uint32 id = 1; id <= visitCount; ++id) {
            Visit storage v = visits[id];
            uint256 qualified = v.qualifiedWhenBooked & v.qualifiedWhenClaimed;
            vm.assertEq(v.paid & ~qualified, 0, "I9: paid without being qualified");
        }
    }

    /// @notice I10: each item of each batch went its way, whatever became of the others.
    function itemsGoTheirOwnWay() external view {
        vm.assertEq(ledger.batchCount(), batchCount, "I10: batches");
        for (uint32 batch = 1; batch <= batchCount; ++batch) {
            Batch memory found = ledger.batchOf(batch);
            vm.assertEq(abi.encode(found), abi.encode(batches[batch].b), "I10: a batch");
        }
    }

    /// @notice I11: nothing is needed but time to end what is funded: no signature, no officer, no party in good
    /// standing. Changes the state; call it where that is undone.
    function timeAloneEndsAll() external {
        vm.warp(block.timestamp + 800 days);
        for (uint32 id = 1; id <= visitCount; ++id) {
            Visit storage v = visits[id];
            if (v.c.status == ConsultationStatus.Booked) consultations.expire(v.packed);
            if (v.c.status == ConsultationStatus.Delivered) consultations.acceptByTime(v.packed);
            if (v.c.status == ConsultationStatus.Disputed) {
                if (v.d.contested != 0) disputes.applyDefault(v.packed);
                if (!v.d.restReleased) disputes.releaseUncontested(v.packed);
            }
            vm.assertEq(consultations.consultationOf(v.termsHash).escrowed, 0, "I11: money is stuck");
        }
        for (uint32 hospital = FIRST_HOSPITAL; hospital <= LAST_HOSPITAL; ++hospital) {
            vm.assertEq(ledger.fundsOf(hospital).escrowed, 0, "I11: a hospital's money is stuck");
        }
    }

    /// @notice I12: of all that was signed and served its purpose, nothing serves again. Changes the state if it fails.
    function nothingServesTwice() external {
        for (uint256 i; i < sealedCalls.length; ++i) {
            Sealed storage s = sealedCalls[i];
            (bool done,) = s.to.call(s.call_);
            vm.assertTrue(!done, "I12: a signature served twice");
        }
    }

    /// @notice I14: the bits of the SlotBook are the hours of the consultations, each in one of them (which the ghost
    /// asserts when it takes an hour).
    function hoursAreTakenOnce() external view {
        for (uint32 doctor = FIRST_DOCTOR; doctor <= LAST_DOCTOR; ++doctor) {
            Calendar storage c = calendars[doctor];
            for (uint256 i; i < c.touched.length; ++i) {
                vm.assertEq(slots.wordOf(doctor, c.touched[i]), c.bits[c.touched[i]], "I14: a doctor's hours");
            }
        }
    }

    /// @notice I15: whatever was paid went to an account that its payee had signed for 48 hours before the approval.
    function paidToSignedAccounts() external view {
        vm.assertEq(paidTooSoon, 0, "I15: paid to an account that its payee did not sign for in time");
    }

    /// @notice All that the registry, the groups and the cases hold on the people of this world.
    function peopleAreWhatTheirActsMadeThem() external view {
        vm.assertEq(registry.partyCount(), partyCount, "parties");
        vm.assertEq(registry.lastLoss(), lastLoss, "last loss");
        for (uint32 party = 1; party <= PEOPLE; ++party) {
            _compareParty(party);
        }
        for (uint32 doctor = FIRST_DOCTOR; doctor <= LAST_DOCTOR; ++doctor) {
            _compareBonds(doctor);
        }
        bytes memory agreed = abi.encode(registry.agreementOf(LAST_HOSPITAL, FIRST_HOSPITAL));
        vm.assertEq(agreed, abi.encode(agreements[FIRST_HOSPITAL][LAST_HOSPITAL]), "the agreement");
        vm.assertEq(cases.consentCount(), consents.length, "consents");
        for (uint32 group = FIRST_GROUP; group <= LAST_GROUP; ++group) {
            Group memory due = companies[group];
            due.members = uint32(_memberCount(group));
            vm.assertEq(abi.encode(groups.groupOf(group)), abi.encode(due), "a group");
        }
    }

    function timesReached(ConsultationStatus status) external view returns (uint256) {
        return reached[status];
    }

    function _compareParty(uint32 party) private view {
        vm.assertEq(abi.encode(registry.partyOf(party)), abi.encode(parties[party]), "a party");
        vm.assertEq(registry.registrationOf(party).revision, revisions[party], "a revision");
        vm.assertEq(abi.encode(registry.removalOf(party)), abi.encode(removals[party]), "a removal");
        vm.assertEq(abi.encode(replacements.replacementOf(party)), abi.encode(requests[party]), "a replacement");
        for (uint8 index; index < 8; ++index) {
            uint256 key = keys[party][index];
            vm.assertEq(registry.signerOf(party, index), key == 0 ? bytes("") : _signer(key), "a signer");
        }
    }

    function _compareBonds(uint32 doctor) private view {
        for (uint32 hospital = FIRST_HOSPITAL; hospital <= LAST_HOSPITAL; ++hospital) {
            bytes memory found = abi.encode(registry.affiliationOf(doctor, hospital));
            vm.assertEq(found, abi.encode(affiliations[doctor][hospital]), "an affiliation");
        }
        for (uint32 group = FIRST_GROUP; group <= LAST_GROUP; ++group) {
            Membership memory m = groups.membershipOf(group, doctor);
            // The chain of members is the contract's own; their number is compared above.
            m.previous = 0;
            vm.assertEq(abi.encode(m), abi.encode(memberships[group][doctor]), "a membership");
        }
    }
}

// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {ICredentialRegistry} from "../../../../contracts/interfaces/ICredentialRegistry.sol";
import {IStatements} from "../../../../contracts/interfaces/IStatements.sol";
import {Dice} from "../Dice.sol";
import {Forms} from "./Forms.sol";
import {Ghost} from "./Ghost.sol";

/// @notice Where statements are signed, rightly or with one fault, and where every call is made, compared and counted.
abstract contract Desk is Ghost {
    using Dice for Dice.Cup;

    /// @dev All that the handler does, in the order of the table.
    enum Act {
        ApplyAs,
        Accredit,
        Suspend,
        Reinstate,
        AddSigner,
        RequestSignerRemoval,
        CancelSignerRemoval,
        RemoveSigner,
        Affiliate,
        EndAffiliation,
        Agree,
        RequestReplacement,
        CancelReplacement,
        RuleReplacement,
        ReplaceSigners,
        GrantConsent,
        WithdrawConsent,
        Found,
        Join,
        Leave,
        Expel,
        SetShareRule,
        SetStandingConsent,
        SetPolicy,
        TransferLead,
        Book,
        Deliver,
        Accept,
        AcceptByTime,
        Cancel,
        CancelWithdrawn,
        Expire,
        RecordAttendance,
        MarkNoShow,
        Reschedule,
        Substitute,
        Dispute,
        SettleDispute,
        Rule,
        ApplyDefault,
        ReleaseUncontested,
        Deposit,
        Refund,
        SetPayoutAccount,
        CancelPayoutAccount,
        DropPendingAccount,
        PreparePayout,
        ApprovePayout,
        ConfirmPayout,
        ReturnPayout,
        Intrude
    }

    struct Tally {
        uint256 calls;
        uint256 done;
        uint256 refused;
    }

    /// @dev What is wrong with a signature or its list.
    enum Slip {
        None,
        Late,
        Strange,
        EmptyIndex,
        Trailing,
        Cut,
        OtherContract,
        OtherChain
    }

    /// @dev How a statement is signed: with which slip, at which of its signatures, good until when.
    struct Pen {
        Slip slip;
        uint256 place;
        uint40 deadline;
    }

    uint256 private constant REMEMBERED = 24;
    /// @dev Where nobody ever has a signer: there are eight.
    uint8 private constant UNUSED_INDEX = 200;

    mapping(Act => Tally) internal tallies;

    function tallyOf(uint256 act) external view returns (Tally memory) {
        return tallies[Act(act)];
    }

    // Signing

    /// @dev One statement in five has a slip. A good one is in time to the second, or with an hour to spare.
    function _anyPen(Dice.Cup memory cup) internal view returns (Pen memory) {
        Slip slip = cup.roll(5) == 0 ? Slip(1 + cup.roll(7)) : Slip.None;
        uint40 deadline = slip == Slip.Late ? _now() - 1 : _now() + uint40(cup.roll(2) * 1 hours);
        return Pen(slip, cup.roll(1 << 32), deadline);
    }

    function _steadyPen() internal view returns (Pen memory) {
        return Pen(Slip.None, 1, _now());
    }

    /// @dev Empty where the statement is still in time.
    function _late(Pen memory pen) internal view returns (bytes memory) {
        if (block.timestamp <= pen.deadline) return "";
        return abi.encodeWithSelector(IStatements.StatementExpired.selector, pen.deadline, block.timestamp);
    }

    /// @dev The first of the two that names a fault.
    function _or(bytes memory first, bytes memory second) internal pure returns (bytes memory) {
        return first.length != 0 ? first : second;
    }

    /// @return list the signatures on a statement, in order of signers
    /// @return refusal what the registry says to them; empty if they are good
    function _sign(address to, bytes32 structHash, uint32[] memory signers, Pen memory pen)
        internal
        view
        returns (bytes memory list, bytes memory refusal)
    {
        for (uint256 i; i < signers.length; ++i) {
            Slip slip = i == pen.place % signers.length ? pen.slip : Slip.None;
            (bytes memory entry, bytes memory fault) = _entry(signers[i], pen.place, slip, to, structHash);
            if (i + 1 == signers.length && pen.slip == Slip.Cut) fault = _malformedList();
            (list, refusal) = (bytes.concat(list, entry), _or(refusal, fault));
        }
        return _finish(list, refusal, pen.slip);
    }

    function _sign(address to, bytes32 structHash, uint32 signer, Pen memory pen)
        internal
        view
        returns (bytes memory list, bytes memory refusal)
    {
        return _sign(to, structHash, _one(signer), pen);
    }

    function _keyOf(uint32 party, uint256 from, Slip slip)
        private
        view
        returns (uint8 index, uint256 key, bytes memory fault)
    {
        index = slip == Slip.EmptyIndex ? UNUSED_INDEX : _liveIndex(party, from);
        key = keys[party][index];
        if (key == 0) {
            return
                (index, STRANGER_KEY, abi.encodeWithSelector(ICredentialRegistry.UnknownSigner.selector, party, index));
        }
        if (slip != Slip.Strange && slip != Slip.OtherContract && slip != Slip.OtherChain) return (index, key, "");
        if (slip == Slip.Strange) key = STRANGER_KEY;
        fault = abi.encodeWithSelector(ICredentialRegistry.InvalidSignature.selector, party, index);
    }

    /// @dev An index with a key, searched from any; 0 where there is none.
    function _liveIndex(uint32 party, uint256 from) internal view returns (uint8) {
        for (uint256 i; i < 8; ++i) {
            uint8 index = uint8((from + i) % 8);
            if (keys[party][index] != 0) return index;
        }
        return 0;
    }

    function _digestWith(Slip slip, address to, bytes32 structHash) private view returns (bytes32) {
        if (slip == Slip.OtherContract) to = address(uint160(to) ^ 1);
        return Forms.digest(slip == Slip.OtherChain ? block.chainid + 1 : block.chainid, to, structHash);
    }

    function _entry(uint32 party, uint256 from, Slip slip, address to, bytes32 structHash)
        private
        view
        returns (bytes memory entry, bytes memory fault)
    {
        uint8 index;
        uint256 key;
        (index, key, fault) = _keyOf(party, from, slip);
        entry = abi.encodePacked(index, uint16(65), _plain(key, _digestWith(slip, to, structHash)));
    }

    function _malformedList() private pure returns (bytes memory) {
        return abi.encodeWithSelector(ICredentialRegistry.MalformedSignatures.selector);
    }

    /// @dev A key's signature alone.
    function _plain(uint256 key, bytes32 digest) internal pure returns (bytes memory) {
        (uint8 v, bytes32 r, bytes32 s) = vm.sign(key, digest);
        return abi.encodePacked(r, s, v);
    }

    /// @dev The plain signature of a key that belongs to nobody yet, and whether it is good. A plain signature has no index.
    function _signPlainly(address to, bytes32 structHash, uint256 key, Pen memory pen)
        internal
        view
        returns (bytes memory signature, bool good)
    {
        if (pen.slip == Slip.Strange) key = STRANGER_KEY;
        signature = _plain(key, _digestWith(pen.slip, to, structHash));
        if (pen.slip == Slip.Trailing || pen.slip == Slip.Cut) (signature,) = _finish(signature, "", pen.slip);
        good = pen.slip <= Slip.Late || pen.slip == Slip.EmptyIndex;
    }

    function _finish(bytes memory list, bytes memory refusal, Slip slip)
        private
        pure
        returns (bytes memory, bytes memory)
    {
        if (slip == Slip.Trailing) {
            list = bytes.concat(list, hex"00");
            refusal = _or(refusal, _malformedList());
        }
        if (slip == Slip.Cut) {
            assembly ("memory-safe") {
                let length := mload(list)
                if length { mstore(list, sub(length, 1)) }
            }
        }
        return (list, refusal);
    }

    function _one(uint32 party) internal pure returns (uint32[] memory list) {
        list = new uint32[](1);
        list[0] = party;
    }

    function _two(uint32 first, uint32 second) internal pure returns (uint32[] memory list) {
        list = new uint32[](2);
        (list[0], list[1]) = (first, second);
    }

    /// @dev Mostly the number itself, else a neighbour: what names a past or a future state.
    function _near(Dice.Cup memory cup, uint32 number) internal pure returns (uint32) {
        uint256 way = cup.roll(16);
        if (way == 0) return number + 1;
        return way == 1 && number != 0 ? number - 1 : number;
    }

    /// @dev Moves the clock on to a moment; it never goes back.
    function _wait(uint256 until) internal {
        if (until > block.timestamp) vm.warp(until);
    }

    /// @dev The moment, the second before it or the one behind it.
    function _around(Dice.Cup memory cup, uint256 moment) internal {
        if (moment != 0) _wait(moment - 1 + cup.roll(3));
    }

    // Calling

    /// @dev Makes a call from an address that has no part in anything, as a relay would. It must succeed exactly where
    /// `refusal` is empty, and fail with exactly these bytes otherwise.
    function _expect(Act act, address to, bytes memory call_, bytes memory refusal) internal returns (bool done) {
        return _expectFrom(address(0xCA11E5), act, to, call_, refusal);
    }

    function _expectFrom(address caller, Act act, address to, bytes memory call_, bytes memory refusal)
        internal
        returns (bool done)
    {
        // I8: whatever an act on people, keys, groups or consents does, the ledger is not written to.
        bool watched = act < Act.Book;
        if (watched) vm.record();
        bytes memory answer;
        vm.prank(caller);
        (done, answer) = to.call(call_);
        Tally storage t = tallies[act];
        ++t.calls;
        if (done) ++t.done;
        else ++t.refused;
        if (done) answer = "";
        else if (answer.length == 0) answer = "no reason";
        vm.assertEq(
            answer, refusal, string.concat("act ", vm.toString(uint256(act)), ": another outcome than the book's")
        );
        if (!watched) return done;
        (, bytes32[] memory writes) = vm.accesses(address(ledger));
        vm.assertEq(writes.length, 0, "I8: an act on people wrote to the ledger");
    }

    /// @dev A call whose statement must never serve again.
    function _expectOnce(Act act, address to, bytes memory call_, bytes memory refusal) internal returns (bool done) {
        done = _expect(act, to, call_, refusal);
        if (!done) return false;
        if (sealedCalls.length < REMEMBERED) sealedCalls.push();
        Sealed storage s = sealedCalls[sealedCount++ % REMEMBERED];
        (s.to, s.call_) = (to, call_);
    }
}

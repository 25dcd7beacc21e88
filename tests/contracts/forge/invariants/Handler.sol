// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IAccessManaged} from "@openzeppelin/contracts/access/manager/IAccessManaged.sol";
import {ISlotBook} from "../../../../contracts/interfaces/ISlotBook.sol";
import {IConsultations} from "../../../../contracts/interfaces/IConsultations.sol";
import {ICredentialRegistry} from "../../../../contracts/interfaces/ICredentialRegistry.sol";
import {IRevenueLedger} from "../../../../contracts/interfaces/IRevenueLedger.sol";
import {Party, PartyKind, PartyStatus} from "../../../../contracts/types/Parties.sol";
import {Leg, Payment} from "../../../../contracts/types/Payouts.sol";
import {Dice} from "../Dice.sol";
import {Truths} from "./Truths.sol";

/// @notice Everything that anybody may try. Each function takes a seed and asserts the exact outcome of what it does.
contract Handler is Truths {
    using Dice for Dice.Cup;

    constructor() {
        partyCount = 2;
        _recordOfficial(AUTHORITY);
        _recordOfficial(TAX_OFFICE);
        for (uint32 party = ARBITER; party <= PEOPLE; ++party) {
            _applyAs(_kindOf(party), FIRST_KEY + party, _steadyPen());
            _heal(party);
        }
        for (uint32 doctor = FIRST_DOCTOR; doctor <= LAST_DOCTOR; ++doctor) {
            _healBond(doctor, FIRST_HOSPITAL);
            _healBond(doctor, LAST_HOSPITAL);
        }
        _healAgreement();
        _found(Rule(FIRST_GROUP, 0, 1000, 500), FIRST_DOCTOR, 0, _steadyPen());
        _found(Rule(LAST_GROUP, 0, 2500, 0), LAST_DOCTOR, 2, _steadyPen());
        _makeMember(FIRST_GROUP, FIRST_DOCTOR + 1);
        _makeMember(FIRST_GROUP, FIRST_DOCTOR + 2);
        _makeMember(LAST_GROUP, FIRST_DOCTOR + 2);
        _makeMember(LAST_GROUP, FIRST_DOCTOR + 3);
        for (uint256 act; act <= uint256(Act.Intrude); ++act) {
            delete tallies[Act(act)];
        }
        _wait(block.timestamp + 30 days);
    }

    /// @notice Somebody without the permission calls what only the contracts may call of each other.
    function intrude(uint256 seed) external {
        Dice.Cup memory cup = Dice.Cup(seed);
        address[5] memory intruders =
            [address(this), address(registry), address(groups), vm.addr(FIRST_KEY + AUTHORITY), address(cases)];
        address intruder = intruders[cup.roll(intruders.length)];
        (address to, bytes memory call_, bytes4 fault) = _forbidden(cup);
        _expectFrom(intruder, Act.Intrude, to, call_, abi.encodeWithSelector(fault, intruder));
    }

    function _forbidden(Dice.Cup memory cup) private view returns (address, bytes memory, bytes4) {
        uint256 way = cup.roll(15);
        if (way < 2) return (address(slots), _onHours(way, _anyDoctor(cup)), ISlotBook.NotBooker.selector);
        if (way < 4) return (address(ledger), _onEscrow(way), IRevenueLedger.NotBooker.selector);
        bytes4 unauthorised = IAccessManaged.AccessManagedUnauthorized.selector;
        if (way == 4) return (address(slots), abi.encodeCall(slots.setBooker, (address(this), true)), unauthorised);
        if (way == 5) return (address(ledger), abi.encodeCall(ledger.setBooker, (address(this), true)), unauthorised);
        if (way < 9) return (address(rail), _onCustody(way), unauthorised);
        if (way == 9) {
            bytes memory call_ = abi.encodeCall(registry.replaceSigners, (FIRST_DOCTOR, _signer(STRANGER_KEY)));
            return (address(registry), call_, ICredentialRegistry.OnlyKeyReplacement.selector);
        }
        return (address(consultations), _onVisit(way, visits[visitCount].packed), IConsultations.NotDisputes.selector);
    }

    function _onHours(uint256 way, uint32 doctor) private view returns (bytes memory) {
        uint32 slot = uint32(lastSlot);
        if (way == 0) return abi.encodeCall(slots.reserve, (_one(doctor), slot, 1));
        return abi.encodeCall(slots.release, (_one(doctor), slot, 1));
    }

    function _onEscrow(uint256 way) private view returns (bytes memory) {
        if (way == 2) return abi.encodeCall(ledger.escrow, (1, FIRST_HOSPITAL, 1));
        return abi.encodeCall(ledger.release, (1, FIRST_HOSPITAL, 1, _ownLeg()));
    }

    function _onCustody(uint256 way) private view returns (bytes memory) {
        bytes32 ref = bytes32(lastRef + 1);
        if (way == 6) return abi.encodeCall(rail.collect, (ref, 1));
        if (way == 7) return abi.encodeCall(rail.reclaim, (ref, 1));
        Payment[] memory payments = new Payment[](1);
        payments[0] = Payment(REASON, 1);
        return abi.encodeCall(rail.pay, (ref, payments));
    }

    function _onVisit(uint256 way, bytes memory packed) private view returns (bytes memory) {
        if (way == 10) return abi.encodeCall(consultations.attend, (packed, 1, 0));
        if (way == 11) return abi.encodeCall(consultations.deliverUnattended, (packed, REPORT, 1));
        if (way == 12) return abi.encodeCall(consultations.amend, (packed, packed, _one(FIRST_DOCTOR), ""));
        if (way == 13) return abi.encodeCall(consultations.contest, (packed));
        return abi.encodeCall(consultations.releasePart, (packed, 1, _ownLeg(), true));
    }

    function _ownLeg() private pure returns (Leg[] memory legs) {
        legs = new Leg[](1);
        legs[0] = Leg.wrap(1 << 160 | uint256(FIRST_DOCTOR) << 128 | 1);
    }

    /// @dev The two parties that the registry begins with.
    function _recordOfficial(uint32 party) private {
        parties[party] = Party(0, type(uint40).max, 0, PartyKind.Official, PartyStatus.Accredited, _powersOf(party), 1);
        (keys[party][0], ownerOfKey[FIRST_KEY + party]) = (FIRST_KEY + party, party);
    }

    function _kindOf(uint32 party) private pure returns (PartyKind) {
        if (party >= FIRST_DOCTOR) return PartyKind.Doctor;
        if (party >= FIRST_GROUP) return PartyKind.Group;
        if (party == PLATFORM) return PartyKind.Platform;
        return party >= FIRST_HOSPITAL ? PartyKind.Hospital : PartyKind.Official;
    }
}

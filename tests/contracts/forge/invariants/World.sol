// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {AccessManager} from "@openzeppelin/contracts/access/manager/AccessManager.sol";
import {CaseAccess} from "../../../../contracts/CaseAccess.sol";
import {Consultations} from "../../../../contracts/Consultations.sol";
import {CredentialRegistry} from "../../../../contracts/CredentialRegistry.sol";
import {Disputes} from "../../../../contracts/Disputes.sol";
import {DoctorGroups} from "../../../../contracts/DoctorGroups.sol";
import {KeyReplacement} from "../../../../contracts/KeyReplacement.sol";
import {RevenueLedger} from "../../../../contracts/RevenueLedger.sol";
import {SlotBook} from "../../../../contracts/SlotBook.sol";
import {BankRail} from "../../../../contracts/rails/BankRail.sol";
import {IRail} from "../../../../contracts/interfaces/IRail.sol";
import {ForgeTest} from "../ForgeTest.sol";

/// @notice The contracts as the deployer puts them on a chain, and the small fixed set of people who use them.
abstract contract World is ForgeTest {
    uint32 internal constant AUTHORITY = 1;
    uint32 internal constant TAX_OFFICE = 2;
    uint32 internal constant ARBITER = 3;
    uint32 internal constant BANK = 4;
    /// @dev Prepares and approves, so that the rule of two officers has somebody to stop.
    uint32 internal constant PREPARER = 5;
    uint32 internal constant APPROVER = 6;
    uint32 internal constant FIRST_HOSPITAL = 7;
    uint32 internal constant LAST_HOSPITAL = 8;
    uint32 internal constant PLATFORM = 9;
    uint32 internal constant FIRST_GROUP = 10;
    uint32 internal constant LAST_GROUP = 11;
    uint32 internal constant FIRST_DOCTOR = 12;
    uint32 internal constant LAST_DOCTOR = 15;
    /// @dev Whoever applied later than these has no part in consultations.
    uint32 internal constant PEOPLE = 15;
    uint256 internal constant DOCTORS = LAST_DOCTOR - FIRST_DOCTOR + 1;

    uint256 internal constant BPS = 10_000;
    uint160 internal constant ALL_SPECIALTIES = 7;
    uint24 internal constant CITY = 110_000;
    uint40 internal constant GENESIS = 1_800_000_000;
    /// @dev A party's first key is this plus its id.
    uint256 internal constant FIRST_KEY = 0xA000;
    uint256 internal constant STRANGER_KEY = 0xBAD;
    uint64 private constant LEDGER_ROLE = 1;

    CredentialRegistry internal registry;
    KeyReplacement internal replacements;
    DoctorGroups internal groups;
    SlotBook internal slots;
    CaseAccess internal cases;
    BankRail internal rail;
    RevenueLedger internal ledger;
    Consultations internal consultations;
    Disputes internal disputes;
    AccessManager internal manager;

    constructor() {
        vm.warp(GENESIS);
        manager = new AccessManager(address(this));
        registry = new CredentialRegistry(_signer(FIRST_KEY + AUTHORITY), _signer(FIRST_KEY + TAX_OFFICE));
        replacements = KeyReplacement(registry.keyReplacement());
        groups = new DoctorGroups(registry);
        slots = new SlotBook(address(manager));
        cases = new CaseAccess(registry);
        rail = new BankRail(address(manager));
        ledger = new RevenueLedger(address(manager), registry, rail, TAX_OFFICE);
        consultations = new Consultations(registry, groups, slots, cases, ledger);
        disputes = Disputes(consultations.disputes());
        _permit();
    }

    /// @dev Of an externally owned key.
    function _signer(uint256 key) internal pure returns (bytes memory) {
        return abi.encodePacked(vm.addr(key));
    }

    function _now() internal view returns (uint40) {
        return uint40(block.timestamp);
    }

    function _permit() private {
        slots.setBooker(address(consultations), true);
        ledger.setBooker(address(consultations), true);
        bytes4[] memory verbs = new bytes4[](3);
        (verbs[0], verbs[1], verbs[2]) = (IRail.collect.selector, IRail.pay.selector, IRail.reclaim.selector);
        manager.setTargetFunctionRole(address(rail), verbs, LEDGER_ROLE);
        manager.grantRole(LEDGER_ROLE, address(ledger), 0);
        // Nobody governs from here on: an administrator that the handler could be would excuse what nobody may do.
        manager.renounceRole(manager.ADMIN_ROLE(), address(this));
    }
}

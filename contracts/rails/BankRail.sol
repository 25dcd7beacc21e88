// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {AccessManaged} from "@openzeppelin/contracts/access/manager/AccessManaged.sol";
import {IRail} from "../interfaces/IRail.sol";
import {Payment} from "../types/Payouts.sol";

/// @title Money in a bank's custody account, as the settlement bank's signed confirmations report it.
contract BankRail is IRail, AccessManaged {
    uint256 public custody;
    mapping(bytes32 bankRef => bool) public isUsed;

    constructor(address manager) AccessManaged(manager) {}

    /// @inheritdoc IRail
    function collect(bytes32 bankRef, uint128 amount) external restricted {
        _use(bankRef);
        custody += amount;
        emit Collected(bankRef, amount, custody);
    }

    /// @inheritdoc IRail
    /// @dev The bank confirms only what it has paid: all of it.
    function pay(bytes32 bankRef, Payment[] calldata payments) external restricted returns (uint64 paid) {
        _use(bankRef);
        uint128 amount;
        for (uint256 i; i < payments.length; ++i) {
            amount += payments[i].amount;
        }
        uint256 held = custody;
        if (held < amount) revert CustodyTooSmall(held, amount);
        custody = held - amount;
        emit Paid(bankRef, amount, held - amount);
        return type(uint64).max;
    }

    /// @inheritdoc IRail
    function reclaim(bytes32 bankRef, uint128 amount) external restricted {
        _use(bankRef);
        custody += amount;
        emit Reclaimed(bankRef, amount, custody);
    }

    function _use(bytes32 bankRef) private {
        if (isUsed[bankRef]) revert ReferenceUsed(bankRef);
        isUsed[bankRef] = true;
    }
}

// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {AccessManaged} from "@openzeppelin/contracts/access/manager/AccessManaged.sol";
import {IRail} from "../interfaces/IRail.sol";

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
    function pay(bytes32 bankRef, uint128 amount) external restricted {
        _use(bankRef);
        if (custody < amount) revert CustodyTooSmall(custody, amount);
        custody -= amount;
        emit Paid(bankRef, amount, custody);
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

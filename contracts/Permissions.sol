// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {AccessManager} from "@openzeppelin/contracts/access/manager/AccessManager.sol";

/// @title Which contract may call which, and who may change that. Persons' powers are in CredentialRegistry.
contract Permissions is AccessManager {
    constructor(address admin) AccessManager(admin) {}
}

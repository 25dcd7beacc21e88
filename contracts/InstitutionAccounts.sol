// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {Create2} from "@openzeppelin/contracts/utils/Create2.sol";
import {InstitutionAccount} from "./InstitutionAccount.sol";
import {IInstitutionAccounts} from "./interfaces/IInstitutionAccounts.sol";

/// @dev The interface IInstitutionAccounts is the book; what stands here says how.
contract InstitutionAccounts is IInstitutionAccounts {
    address[] private _accounts;

    function create(bytes[] calldata officers, uint64 threshold, bytes32 salt) external returns (address account) {
        account = addressOf(officers, threshold, salt);
        if (account.code.length != 0) return account;

        _accounts.push(address(new InstitutionAccount{salt: salt}(officers, threshold)));
        emit AccountCreated(account, officers, threshold);
    }

    function addressOf(bytes[] calldata officers, uint64 threshold, bytes32 salt) public view returns (address) {
        bytes memory code = bytes.concat(type(InstitutionAccount).creationCode, abi.encode(officers, threshold));
        return Create2.computeAddress(salt, keccak256(code));
    }

    function accountCount() external view returns (uint256) {
        return _accounts.length;
    }

    function accountAt(uint256 index) external view returns (address) {
        return _accounts[index];
    }
}

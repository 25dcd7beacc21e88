// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IERC1271} from "@openzeppelin/contracts/interfaces/IERC1271.sol";
import {IStatements} from "./IStatements.sol";

/// @title Several officers of an institution who sign as one party.
/// @notice The account's address is an ERC-7913 signer of 20 bytes: registered with CredentialRegistry, it signs whatever
/// a single key would, once at least `threshold` officers signed. Officers are ERC-7913 signers themselves: externally
/// owned keys, contract wallets, or verifier and key (P-256, WebAuthn, SM2).
///
/// What officers sign is bound to this account by ERC-7739, so that the signatures of two officers never count for
/// another institution that they serve as well: over the digest of a statement they sign either `PersonalSign(bytes
/// prefixed)` or, readable in a wallet, `TypedDataSign` around the statement, in the domain of the account. Their
/// signatures travel as `abi.encode(bytes[] officers, bytes[] signatures)`, each officer once, cheapest in ascending
/// order of keccak256(officer).
///
/// The contract sees keys, not people: that no person holds two of them is for the institution to see to.
interface IInstitutionAccount is IERC1271, IStatements {
    /// @param sequence the number of changes so far, this one included
    event OfficersChanged(bytes[] added, bytes[] removed, uint64 threshold, uint32 sequence);

    error StaleSequence(uint32 named, uint32 current);
    error OfficersDidNotSign(uint64 threshold);
    /// @dev The account itself, or a verifier without code: precompile 4 would answer yes to any signature.
    error OfficerNotAllowed(bytes officer);
    error ThresholdTooLow(uint64 named, uint64 allowed);

    /// @notice Adds and removes officers and sets how many must sign, all at once. Signed by the officers so far, as many
    /// as the threshold so far, over the EIP-712 struct `ChangeOfficers` of the same fields in the account's own domain.
    /// Reverts where an added officer is one already, a removed one is none, or fewer would be left than must sign.
    /// @param newThreshold at least 2
    /// @param sequence the number of changes so far
    /// @param signature abi.encode(bytes[] officers, bytes[] signatures)
    function changeOfficers(
        bytes[] calldata added,
        bytes[] calldata removed,
        uint64 newThreshold,
        uint32 sequence,
        uint40 deadline,
        bytes calldata signature
    ) external;

    /// @notice All officers, in no particular order.
    function officers() external view returns (bytes[] memory);

    /// @notice How many officers must sign.
    function threshold() external view returns (uint64);

    /// @notice How often the officers were changed.
    function changeCount() external view returns (uint32);
}

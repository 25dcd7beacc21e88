// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IStatements} from "./IStatements.sol";
import {Replacement} from "../types/Parties.sol";

/// @title How a party whose keys are lost or stolen gets a new one.
/// @notice An authority asks in public, and 72 hours later anyone carries it out: all signers of the party go, the new
/// one stays. Until then any present signer may cancel, once: who holds a stolen key cannot block for ever. After that
/// a request needs an arbiter's ruling, and the arbiter may deny any request. It works for a party in any status.
///
/// A request that is not carried out within 30 days of its time lapses: nobody stays under one that nothing decides.
/// It also ends with any act on the authority that asked (suspension, renewal, change of keys). A new request takes
/// the place of one that is pending and waits anew.
///
/// Statements name the party's `sequence` here, the number of acts so far; every act moves it, so each works once and
/// only on the request that its signer saw.
interface IKeyReplacement is IStatements {
    /// @param sequence the number of acts on this party with this one, in all events
    event ReplacementRequested(
        uint32 indexed party, uint32 indexed authority, bytes signer, uint40 notBefore, uint32 sequence
    );
    event ReplacementCancelled(uint32 indexed party, uint32 sequence);
    event ReplacementRuled(uint32 indexed party, uint32 indexed arbiter, bool allowed, uint32 sequence);
    event SignersReplaced(uint32 indexed party, uint32 sequence);

    error StaleSequence(uint32 named, uint32 current);
    error OwnCause(uint32 officer);
    error NoReplacementPending(uint32 party);
    error CancellationSpent(uint32 party);
    error RulingNeeded(uint32 party);
    error ReplacementTooEarly(uint40 notBefore, uint256 nowAt);

    /// @notice Asks for the replacement of all signers of a party, due after 72 hours. Signed by an authority other
    /// than the party. A request that is pending is superseded, and with it what was ruled on it.
    /// @param sequence the party's current sequence
    /// @param signer the new ERC-7913 signer; not one that belongs or belonged to another party
    /// @param possession the plain signature of the new signer over the same digest
    function requestReplacement(
        uint32 party,
        uint32 sequence,
        bytes calldata signer,
        uint32 authority,
        uint40 deadline,
        bytes calldata signature,
        bytes calldata possession
    ) external;

    /// @notice Ends the pending request. Signed by any present signer of the party; refused after an earlier
    /// cancellation or an arbiter's consent. A denial or a replacement gives the right back.
    function cancelReplacement(uint32 party, uint32 sequence, uint40 deadline, bytes calldata signature) external;

    /// @notice Allows or denies the pending request. Signed by an arbiter that is neither the party nor the authority
    /// that asked. A denial ends the request; it may follow a consent as long as nothing was carried out.
    function ruleReplacement(
        uint32 party,
        uint32 sequence,
        bool allowed,
        uint32 arbiter,
        uint40 deadline,
        bytes calldata signature
    ) external;

    /// @notice Carries out the pending request once it is due and, after a cancellation, allowed. Anyone may call.
    /// The authority that asked must still hold its power.
    function replaceSigners(uint32 party) external;

    /// @notice Whether a request waits for its time, a ruling or to be carried out. Payout accounts do not change
    /// meanwhile.
    function isPending(uint32 party) external view returns (bool);

    /// @notice What is recorded of a party; a request that lapsed stays recorded until the next act.
    function replacementOf(uint32 party) external view returns (Replacement memory);
}

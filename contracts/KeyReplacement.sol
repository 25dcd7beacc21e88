// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {SignatureChecker} from "@openzeppelin/contracts/utils/cryptography/SignatureChecker.sol";
import {ICredentialRegistry} from "./interfaces/ICredentialRegistry.sol";
import {IKeyReplacement} from "./interfaces/IKeyReplacement.sol";
import {Statements} from "./libraries/Statements.sol";
import {Powers, Replacement, Signers} from "./types/Parties.sol";

/// @dev The interface IKeyReplacement is the book; what stands here says how. Made by the registry's constructor.
contract KeyReplacement is IKeyReplacement, Statements {
    uint40 public constant REPLACEMENT_DELAY = 72 hours;
    uint40 public constant LAPSES_AFTER = 30 days;

    bytes32 private constant REQUEST_REPLACEMENT =
        keccak256("RequestReplacement(uint32 party,uint32 sequence,bytes signer,uint32 authority,uint40 deadline)");
    bytes32 private constant CANCEL_REPLACEMENT =
        keccak256("CancelReplacement(uint32 party,uint32 sequence,uint40 deadline)");
    bytes32 private constant RULE_REPLACEMENT =
        keccak256("RuleReplacement(uint32 party,uint32 sequence,bool allowed,uint32 arbiter,uint40 deadline)");

    ICredentialRegistry public immutable REGISTRY;
    mapping(uint32 party => Replacement) private _replacements;

    constructor(ICredentialRegistry registry) {
        REGISTRY = registry;
    }

    function requestReplacement(
        uint32 party,
        uint32 sequence,
        bytes calldata signer,
        uint32 authority,
        uint40 deadline,
        bytes calldata signature,
        bytes calldata possession
    ) external inTime(deadline) {
        _atSequence(party, sequence);
        if (party == 0 || party > REGISTRY.partyCount()) revert ICredentialRegistry.UnknownParty(party);
        if (authority == party) revert OwnCause(authority);
        _requireFree(signer, party);
        REGISTRY.requirePower(authority, Powers.AUTHORITY);
        bytes32 digest = _hashTypedDataV4(
            keccak256(abi.encode(REQUEST_REPLACEMENT, party, sequence, keccak256(signer), authority, deadline))
        );
        REGISTRY.requireSignedBy(digest, authority, signature);
        if (!SignatureChecker.isValidSignatureNow(signer, digest, possession)) {
            revert ICredentialRegistry.PossessionUnproven(party);
        }

        _record(party, sequence + 1, authority, signer);
    }

    function cancelReplacement(uint32 party, uint32 sequence, uint40 deadline, bytes calldata signature)
        external
        inTime(deadline)
    {
        Replacement storage r = _atSequence(party, sequence);
        if (!_isPending(r)) revert NoReplacementPending(party);
        if (r.contested || r.allowed) revert CancellationSpent(party);
        bytes32 structHash = keccak256(abi.encode(CANCEL_REPLACEMENT, party, sequence, deadline));
        REGISTRY.requireSignedBy(_hashTypedDataV4(structHash), party, signature);

        _end(party, true);
        emit ReplacementCancelled(party, sequence + 1);
    }

    function ruleReplacement(
        uint32 party,
        uint32 sequence,
        bool allowed,
        uint32 arbiter,
        uint40 deadline,
        bytes calldata signature
    ) external inTime(deadline) {
        Replacement storage r = _atSequence(party, sequence);
        if (!_isPending(r)) revert NoReplacementPending(party);
        if (arbiter == party || arbiter == r.authority) revert OwnCause(arbiter);
        REGISTRY.requirePower(arbiter, Powers.ARBITER);
        bytes32 structHash = keccak256(abi.encode(RULE_REPLACEMENT, party, sequence, allowed, arbiter, deadline));
        REGISTRY.requireSignedBy(_hashTypedDataV4(structHash), arbiter, signature);

        if (allowed) {
            r.sequence = sequence + 1;
            r.allowed = true;
        } else {
            _end(party, false);
        }
        emit ReplacementRuled(party, arbiter, allowed, sequence + 1);
    }

    function replaceSigners(uint32 party) external {
        Replacement storage r = _replacements[party];
        if (!_isPending(r)) revert NoReplacementPending(party);
        if (block.timestamp < r.notBefore) revert ReplacementTooEarly(r.notBefore, block.timestamp);
        if (r.contested && !r.allowed) revert RulingNeeded(party);
        REGISTRY.requirePower(r.authority, Powers.AUTHORITY);
        bytes memory signer = r.signer;

        uint32 sequence = _end(party, false);
        REGISTRY.replaceSigners(party, signer);
        emit SignersReplaced(party, sequence);
    }

    function isPending(uint32 party) external view returns (bool) {
        return _isPending(_replacements[party]);
    }

    function replacementOf(uint32 party) external view returns (Replacement memory) {
        return _replacements[party];
    }

    function _atSequence(uint32 party, uint32 sequence) private view returns (Replacement storage r) {
        r = _replacements[party];
        if (r.sequence != sequence) revert StaleSequence(sequence, r.sequence);
    }

    /// @dev Refuses at once what the registry would refuse when it is due.
    function _requireFree(bytes calldata signer, uint32 party) private view {
        if (signer.length > Signers.LONGEST) revert ICredentialRegistry.SignerTooLong(signer.length, Signers.LONGEST);
        uint32 owner = REGISTRY.partyOfSigner(keccak256(signer));
        if (owner != 0 && owner != party) revert ICredentialRegistry.SignerTaken(owner);
    }

    /// @dev Any act on the authority ends what it asked for: once it is suspended or gives up a stolen key, no request
    /// of the thief's comes back to life, not even with its reinstatement.
    function _isPending(Replacement storage r) private view returns (bool) {
        uint40 notBefore = r.notBefore;
        return notBefore != 0 && block.timestamp <= notBefore + LAPSES_AFTER
            && REGISTRY.registrationOf(r.authority).revision == r.authorityRevision;
    }

    /// @dev Whether a key has cancelled stays as it was; what an arbiter allowed was another request.
    function _record(uint32 party, uint32 sequence, uint32 authority, bytes calldata signer) private {
        uint40 notBefore = uint40(block.timestamp) + REPLACEMENT_DELAY;
        Replacement storage r = _replacements[party];
        r.sequence = sequence;
        r.authority = authority;
        r.authorityRevision = REGISTRY.registrationOf(authority).revision;
        r.notBefore = notBefore;
        r.allowed = false;
        r.signer = signer;
        emit ReplacementRequested(party, authority, signer, notBefore, sequence);
    }

    /// @dev Leaves nothing of the request but the count of acts and whether a key has cancelled one.
    function _end(uint32 party, bool contested) private returns (uint32 sequence) {
        sequence = _replacements[party].sequence + 1;
        delete _replacements[party];
        _replacements[party].sequence = sequence;
        _replacements[party].contested = contested;
    }
}

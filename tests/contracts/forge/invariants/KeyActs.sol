// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {ICredentialRegistry} from "../../../../contracts/interfaces/ICredentialRegistry.sol";
import {IKeyReplacement} from "../../../../contracts/interfaces/IKeyReplacement.sol";
import {Powers, Replacement, SignerRemoval} from "../../../../contracts/types/Parties.sol";
import {Dice} from "../Dice.sol";
import {Forms} from "./Forms.sol";
import {RegistryActs} from "./RegistryActs.sol";

/// @notice Acts on the keys of a party: by its own signers, and by the authority in public.
abstract contract KeyActs is RegistryActs {
    using Dice for Dice.Cup;

    /// @dev A replacement asked for. `proven`: the new key signs too.
    struct Asking {
        uint32 party;
        uint32 sequence;
        uint256 key;
        uint32 authority;
        bool proven;
    }

    // What the campaign calls

    function addSigner(uint256 seed) external {
        Dice.Cup memory cup = Dice.Cup(seed);
        uint32 party = _anyParty(cup);
        uint256 key = cup.roll(6) == 0 ? FIRST_KEY + 1 + cup.roll(PEOPLE) : _freshKey();
        // To the bound of eight, now and then.
        for (uint256 i; cup.roll(12) == 0 && i < 7; ++i) {
            _addSigner(party, revisions[party], _freshKey(), true, _steadyPen());
        }
        _addSigner(party, _near(cup, revisions[party]), key, cup.roll(8) != 0, _anyPen(cup));
    }

    function requestSignerRemoval(uint256 seed) external {
        Dice.Cup memory cup = Dice.Cup(seed);
        uint32 party = _anyParty(cup);
        uint8 index = cup.roll(3) == 0 ? uint8(cup.roll(8)) : _liveIndex(party, cup.roll(8));
        _requestSignerRemoval(party, _near(cup, revisions[party]), index, _anyPen(cup));
    }

    function cancelSignerRemoval(uint256 seed) external {
        Dice.Cup memory cup = Dice.Cup(seed);
        uint32 party = _withRemoval(cup);
        _cancelSignerRemoval(party, _near(cup, revisions[party]), _anyPen(cup));
    }

    function removeSigner(uint256 seed) external {
        Dice.Cup memory cup = Dice.Cup(seed);
        uint32 party = _withRemoval(cup);
        if (cup.roll(2) == 0) _addSigner(party, revisions[party], _freshKey(), true, _steadyPen());
        if (removals[party].notBefore != 0 && cup.roll(4) != 0) _around(cup, removals[party].notBefore);
        _removeSigner(party);
    }

    function requestReplacement(uint256 seed) external {
        Dice.Cup memory cup = Dice.Cup(seed);
        uint32 party = _anyParty(cup);
        Asking memory a = Asking(party, _near(cup, requests[party].sequence), _freshKey(), AUTHORITY, true);
        uint256 way = cup.roll(8);
        if (way == 0) a.key = FIRST_KEY + 1 + cup.roll(PEOPLE);
        if (way == 1) a.authority = _anyParty(cup);
        if (way == 2) a.proven = false;
        _requestReplacement(a, _anyPen(cup));
    }

    function cancelReplacement(uint256 seed) external {
        Dice.Cup memory cup = Dice.Cup(seed);
        uint32 party = _withRequest(cup);
        _cancelReplacement(party, _near(cup, requests[party].sequence), _anyPen(cup));
    }

    function ruleReplacement(uint256 seed) external {
        Dice.Cup memory cup = Dice.Cup(seed);
        uint32 party = _withRequest(cup);
        if (cup.roll(2) == 0) _heal(ARBITER);
        uint32 arbiter = cup.roll(8) == 0 ? _anyParty(cup) : ARBITER;
        _ruleReplacement(party, _near(cup, requests[party].sequence), cup.roll(2) == 0, arbiter, _anyPen(cup));
    }

    function replaceSigners(uint256 seed) external {
        Dice.Cup memory cup = Dice.Cup(seed);
        uint32 party = _withRequest(cup);
        Replacement storage r = requests[party];
        if (cup.roll(3) == 0) _heal(ARBITER);
        if (r.contested && cup.roll(2) == 0) _ruleReplacement(party, r.sequence, true, ARBITER, _steadyPen());
        if (r.notBefore != 0 && cup.roll(4) != 0) _around(cup, r.notBefore);
        else if (r.notBefore != 0 && cup.roll(4) == 0) _around(cup, r.notBefore + 30 days);
        _replaceSigners(party);
    }

    // Each act

    function _addSigner(uint32 party, uint32 revision, uint256 key, bool proven, Pen memory pen) internal {
        bytes32 statement =
            keccak256(abi.encode(Forms.ADD_SIGNER, party, revision, keccak256(_signer(key)), pen.deadline));
        (bytes memory signature, bytes memory refusal) = _sign(address(registry), statement, party, pen);
        refusal = _or(_or(_late(pen), _stale(party, revision)), _or(refusal, _taken(key)));
        uint8 index;
        while (index < 8 && keys[party][index] != 0) ++index;
        if (index == 8) {
            refusal = _or(refusal, abi.encodeWithSelector(ICredentialRegistry.TooManySigners.selector, party, 8));
        }
        if (!proven) refusal = _or(refusal, _says(ICredentialRegistry.PossessionUnproven.selector, party));
        bytes memory possession = _possession(address(registry), statement, key, proven);
        bytes memory call_ =
            abi.encodeCall(registry.addSigner, (party, revision, _signer(key), pen.deadline, signature, possession));
        if (!_expectOnce(Act.AddSigner, address(registry), call_, refusal)) return;
        ++revisions[party];
        (keys[party][index], ownerOfKey[key]) = (key, party);
        if (index == parties[party].signers) ++parties[party].signers;
    }

    function _requestSignerRemoval(uint32 party, uint32 revision, uint8 index, Pen memory pen) internal {
        bytes32 statement = keccak256(abi.encode(Forms.REQUEST_SIGNER_REMOVAL, party, revision, index, pen.deadline));
        (bytes memory signature, bytes memory unsigned) = _sign(address(registry), statement, party, pen);
        bytes memory refusal = _or(_late(pen), _stale(party, revision));
        if (keys[party][index] == 0) {
            refusal = _or(refusal, abi.encodeWithSelector(ICredentialRegistry.UnknownSigner.selector, party, index));
        }
        bytes memory call_ =
            abi.encodeCall(registry.requestSignerRemoval, (party, revision, index, pen.deadline, signature));
        if (!_expectOnce(Act.RequestSignerRemoval, address(registry), call_, _or(refusal, unsigned))) return;
        ++revisions[party];
        removals[party] = SignerRemoval(_now() + 24 hours, index);
    }

    function _cancelSignerRemoval(uint32 party, uint32 revision, Pen memory pen) internal {
        bytes32 statement = keccak256(abi.encode(Forms.CANCEL_SIGNER_REMOVAL, party, revision, pen.deadline));
        (bytes memory signature, bytes memory unsigned) = _sign(address(registry), statement, party, pen);
        bytes memory refusal = _or(_or(_late(pen), _stale(party, revision)), _noRemoval(party));
        bytes memory call_ = abi.encodeCall(registry.cancelSignerRemoval, (party, revision, pen.deadline, signature));
        if (!_expectOnce(Act.CancelSignerRemoval, address(registry), call_, _or(refusal, unsigned))) return;
        ++revisions[party];
        delete removals[party];
    }

    function _removeSigner(uint32 party) internal {
        SignerRemoval memory removal = removals[party];
        bytes memory refusal = _noRemoval(party);
        if (block.timestamp < removal.notBefore) {
            refusal = _or(
                refusal,
                abi.encodeWithSelector(ICredentialRegistry.RemovalTooEarly.selector, removal.notBefore, block.timestamp)
            );
        }
        uint256 others;
        for (uint8 i; i < 8; ++i) {
            if (i != removal.index && keys[party][i] != 0) ++others;
        }
        if (others == 0) refusal = _or(refusal, _says(ICredentialRegistry.LastSigner.selector, party));
        bytes memory call_ = abi.encodeCall(registry.removeSigner, (party));
        if (!_expect(Act.RemoveSigner, address(registry), call_, refusal)) return;
        delete removals[party];
        delete keys[party][removal.index];
    }

    function _requestReplacement(Asking memory a, Pen memory pen) internal {
        bytes32 statement = keccak256(
            abi.encode(
                Forms.REQUEST_REPLACEMENT, a.party, a.sequence, keccak256(_signer(a.key)), a.authority, pen.deadline
            )
        );
        (bytes memory signature, bytes memory unsigned) = _sign(address(replacements), statement, a.authority, pen);
        bytes memory refusal = _or(_late(pen), _wrongSequence(a.party, a.sequence));
        if (a.party == 0 || a.party > partyCount) {
            refusal = _or(refusal, _says(ICredentialRegistry.UnknownParty.selector, a.party));
        }
        if (a.authority == a.party) refusal = _or(refusal, _says(IKeyReplacement.OwnCause.selector, a.party));
        if (ownerOfKey[a.key] != a.party) refusal = _or(refusal, _taken(a.key));
        refusal = _or(refusal, _or(_powerless(a.authority, Powers.AUTHORITY), unsigned));
        if (!a.proven) refusal = _or(refusal, _says(ICredentialRegistry.PossessionUnproven.selector, a.party));
        bytes memory possession = _possession(address(replacements), statement, a.key, a.proven);
        bytes memory call_ = abi.encodeCall(
            replacements.requestReplacement,
            (a.party, a.sequence, _signer(a.key), a.authority, pen.deadline, signature, possession)
        );
        if (!_expectOnce(Act.RequestReplacement, address(replacements), call_, refusal)) return;
        Replacement storage r = requests[a.party];
        (r.sequence, r.authority, r.authorityRevision) = (a.sequence + 1, a.authority, revisions[a.authority]);
        (r.notBefore, r.allowed, r.signer) = (_now() + 72 hours, false, _signer(a.key));
        requestedKey[a.party] = a.key;
    }

    function _cancelReplacement(uint32 party, uint32 sequence, Pen memory pen) internal {
        bytes32 statement = keccak256(abi.encode(Forms.CANCEL_REPLACEMENT, party, sequence, pen.deadline));
        (bytes memory signature, bytes memory unsigned) = _sign(address(replacements), statement, party, pen);
        bytes memory refusal = _or(_or(_late(pen), _wrongSequence(party, sequence)), _noRequest(party));
        if (requests[party].contested || requests[party].allowed) {
            refusal = _or(refusal, _says(IKeyReplacement.CancellationSpent.selector, party));
        }
        bytes memory call_ = abi.encodeCall(replacements.cancelReplacement, (party, sequence, pen.deadline, signature));
        if (!_expectOnce(Act.CancelReplacement, address(replacements), call_, _or(refusal, unsigned))) return;
        _endRequest(party, true);
    }

    function _ruleReplacement(uint32 party, uint32 sequence, bool allowed, uint32 arbiter, Pen memory pen) internal {
        bytes32 statement =
            keccak256(abi.encode(Forms.RULE_REPLACEMENT, party, sequence, allowed, arbiter, pen.deadline));
        (bytes memory signature, bytes memory unsigned) = _sign(address(replacements), statement, arbiter, pen);
        bytes memory refusal = _or(_or(_late(pen), _wrongSequence(party, sequence)), _noRequest(party));
        if (arbiter == party || arbiter == requests[party].authority) {
            refusal = _or(refusal, _says(IKeyReplacement.OwnCause.selector, arbiter));
        }
        refusal = _or(refusal, _or(_powerless(arbiter, Powers.ARBITER), unsigned));
        bytes memory call_ =
            abi.encodeCall(replacements.ruleReplacement, (party, sequence, allowed, arbiter, pen.deadline, signature));
        if (!_expectOnce(Act.RuleReplacement, address(replacements), call_, refusal)) return;
        if (!allowed) return _endRequest(party, false);
        (requests[party].sequence, requests[party].allowed) = (sequence + 1, true);
    }

    function _replaceSigners(uint32 party) internal {
        Replacement storage r = requests[party];
        bytes memory refusal = _noRequest(party);
        if (block.timestamp < r.notBefore) {
            bytes4 early = IKeyReplacement.ReplacementTooEarly.selector;
            refusal = _or(refusal, abi.encodeWithSelector(early, r.notBefore, block.timestamp));
        }
        if (r.contested && !r.allowed) refusal = _or(refusal, _says(IKeyReplacement.RulingNeeded.selector, party));
        refusal = _or(refusal, _powerless(r.authority, Powers.AUTHORITY));
        uint256 key = requestedKey[party];
        if (ownerOfKey[key] != party) refusal = _or(refusal, _taken(key));
        bytes memory call_ = abi.encodeCall(replacements.replaceSigners, (party));
        if (!_expect(Act.ReplaceSigners, address(replacements), call_, refusal)) return;
        _endRequest(party, false);
        ++revisions[party];
        delete removals[party];
        for (uint8 i; i < 8; ++i) {
            delete keys[party][i];
        }
        (keys[party][0], ownerOfKey[key]) = (key, party);
    }

    // Parts

    /// @dev A party whose signer is on the way out, most of the time.
    function _withRemoval(Dice.Cup memory cup) private returns (uint32 party) {
        party = uint32(1 + cup.roll(PEOPLE));
        if (removals[party].notBefore != 0 || cup.roll(4) == 0) return party;
        _requestSignerRemoval(party, revisions[party], _liveIndex(party, cup.roll(8)), _steadyPen());
    }

    /// @dev A party whose keys are about to be replaced, most of the time.
    function _withRequest(Dice.Cup memory cup) private returns (uint32 party) {
        party = uint32(1 + cup.roll(PEOPLE));
        if (_isReplacementPending(party) || cup.roll(4) == 0) return party;
        _requestReplacement(Asking(party, requests[party].sequence, _freshKey(), AUTHORITY, true), _steadyPen());
    }

    function _possession(address to, bytes32 statement, uint256 key, bool proven) private view returns (bytes memory) {
        return _plain(proven ? key : STRANGER_KEY, Forms.digest(block.chainid, to, statement));
    }

    function _endRequest(uint32 party, bool contested) private {
        uint32 sequence = requests[party].sequence + 1;
        delete requests[party];
        (requests[party].sequence, requests[party].contested) = (sequence, contested);
    }

    function _wrongSequence(uint32 party, uint32 sequence) private view returns (bytes memory) {
        if (requests[party].sequence == sequence) return "";
        return abi.encodeWithSelector(IKeyReplacement.StaleSequence.selector, sequence, requests[party].sequence);
    }

    function _noRequest(uint32 party) private view returns (bytes memory) {
        return _isReplacementPending(party) ? bytes("") : _says(IKeyReplacement.NoReplacementPending.selector, party);
    }

    function _noRemoval(uint32 party) private view returns (bytes memory) {
        if (removals[party].notBefore != 0) return "";
        return _says(ICredentialRegistry.NoRemovalPending.selector, party);
    }
}

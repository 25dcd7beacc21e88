// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {ICaseAccess} from "../../../../contracts/interfaces/ICaseAccess.sol";
import {Dice} from "../Dice.sol";
import {Forms} from "./Forms.sol";
import {KeyActs} from "./KeyActs.sol";

/// @notice A patient's consent, given and taken back with a one-time key that no party has.
abstract contract CaseActs is KeyActs {
    using Dice for Dice.Cup;

    // What the campaign calls

    function grantConsent(uint256 seed) external {
        Dice.Cup memory cup = Dice.Cup(seed);
        Given memory g = _freshConsent(_anyHospital(cup));
        if (cup.roll(6) == 0 && consents.length != 0) {
            Given storage old = consents[cup.roll(consents.length)];
            (g.caseFile, g.consent) = (old.caseFile, old.consent);
        }
        if (cup.roll(4) == 0) g.validUntil = uint40(block.timestamp + cup.rollEdgy(2 days));
        _grantConsent(g, _anyPen(cup));
    }

    function withdrawConsent(uint256 seed) external {
        Dice.Cup memory cup = Dice.Cup(seed);
        if (cup.roll(2) == 0) _grantConsent(_freshConsent(_anyHospital(cup)), _steadyPen());
        uint256 index = consents.length == 0 || cup.roll(8) == 0 ? consents.length : cup.roll(consents.length);
        if (cup.roll(2) == 0 && consents.length != 0) index = consents.length - 1;
        _withdrawConsent(index, _anyPen(cup));
    }

    // Each act

    /// @return index of the consent, if it was recorded
    function _grantConsent(Given memory g, Pen memory pen) internal returns (uint256 index) {
        address key = vm.addr(g.key);
        bytes32 statement = keccak256(
            abi.encode(Forms.GRANT_CONSENT, g.caseFile, g.consent, g.hospital, g.validUntil, key, pen.deadline)
        );
        (bytes memory signature, bool good) = _signPlainly(address(cases), statement, g.key, pen);
        bytes memory refusal = _late(pen);
        if (_indexOf(g.caseFile, g.consent) != consents.length) {
            refusal = _or(refusal, abi.encodeWithSelector(ICaseAccess.AlreadyGranted.selector, g.consent));
        }
        refusal = _or(refusal, _past(g.validUntil));
        if (!good) refusal = _or(refusal, abi.encodeWithSelector(ICaseAccess.InvalidSignature.selector, key));
        bytes memory call_ = abi.encodeCall(
            cases.grantConsent, (g.caseFile, g.consent, g.hospital, g.validUntil, key, pen.deadline, signature)
        );
        index = consents.length;
        if (_expectOnce(Act.GrantConsent, address(cases), call_, refusal)) consents.push(g);
    }

    /// @param index of a consent; one that was never given lies at the end
    function _withdrawConsent(uint256 index, Pen memory pen) internal {
        Given memory g = index < consents.length ? consents[index] : _freshConsent(FIRST_HOSPITAL);
        bytes32 statement = keccak256(abi.encode(Forms.WITHDRAW_CONSENT, g.caseFile, g.consent, pen.deadline));
        (bytes memory signature, bool good) = _signPlainly(address(cases), statement, g.key, pen);
        bytes memory refusal = _late(pen);
        if (index == consents.length) {
            refusal = _or(refusal, abi.encodeWithSelector(ICaseAccess.NotGranted.selector, g.consent));
        }
        if (g.withdrawn) {
            refusal = _or(refusal, abi.encodeWithSelector(ICaseAccess.AlreadyWithdrawn.selector, g.consent));
        }
        if (!good) {
            refusal = _or(refusal, abi.encodeWithSelector(ICaseAccess.InvalidSignature.selector, vm.addr(g.key)));
        }
        bytes memory call_ = abi.encodeCall(cases.withdrawConsent, (g.caseFile, g.consent, pen.deadline, signature));
        if (!_expectOnce(Act.WithdrawConsent, address(cases), call_, refusal)) return;
        consents[index].withdrawn = true;
        if (consents[index].validUntil > _now()) consents[index].validUntil = _now();
    }

    // Parts

    /// @dev Good for years, and not recorded yet.
    function _freshConsent(uint32 hospital) internal returns (Given memory g) {
        uint256 number = _freshKey();
        bytes32 caseFile = keccak256(abi.encode("case", number));
        return Given(caseFile, keccak256(abi.encode("consent", number)), hospital, _now() + 3650 days, number, false);
    }

    /// @dev The end of the list where there is none.
    function _indexOf(bytes32 caseFile, bytes32 consent) internal view returns (uint256 index) {
        for (; index < consents.length; ++index) {
            if (consents[index].caseFile == caseFile && consents[index].consent == consent) break;
        }
    }
}

// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {ERC20} from "@openzeppelin/contracts/token/ERC20/ERC20.sol";
import {ERC20Permit} from "@openzeppelin/contracts/token/ERC20/extensions/ERC20Permit.sol";

/// @dev A token that behaves well, except in transfers with the accounts that it was told to misbehave with.
contract AwkwardToken is ERC20, ERC20Permit {
    enum Mood {
        Plain,
        AnswersNothing,
        AnswersFalse,
        OnlyPretends,
        Reverts,
        RevertsAtLength,
        AnswersAtLength,
        TakesFee,
        ChargesSender,
        BurnsGas,
        CallsBack
    }

    uint256 private constant LENGTH = 100_000;

    mapping(address account => Mood) public moodOf;
    address public callee;
    bytes public callback;
    /// @dev What became of the callback: 0 not made, 1 refused, 2 allowed.
    uint256 public calledBack;

    error Refused(address account);

    constructor() ERC20("Digital yuan of the tests", "TCNY") ERC20Permit("Digital yuan of the tests") {}

    function mint(address to, uint256 units) external {
        _mint(to, units);
    }

    function setMood(address account, Mood mood) external {
        moodOf[account] = mood;
    }

    function setCallback(address callee_, bytes calldata callback_) external {
        (callee, callback) = (callee_, callback_);
    }

    function transfer(address to, uint256 units) public override returns (bool) {
        return _move(msg.sender, to, units, moodOf[to]);
    }

    function transferFrom(address from, address to, uint256 units) public override returns (bool) {
        _spendAllowance(from, msg.sender, units);
        return _move(from, to, units, moodOf[from]);
    }

    function _move(address from, address to, uint256 units, Mood mood) private returns (bool) {
        if (mood == Mood.AnswersFalse) return false;
        if (mood == Mood.OnlyPretends) return true;
        if (mood == Mood.Reverts) revert Refused(to);
        if (mood == Mood.BurnsGas) {
            while (true) {}
        }
        if (mood == Mood.RevertsAtLength) {
            assembly {
                revert(0, LENGTH)
            }
        }
        if (mood == Mood.CallsBack) {
            (bool allowed,) = callee.call(callback);
            calledBack = allowed ? 2 : 1;
        }
        _transfer(from, to, units);
        if (mood == Mood.TakesFee) _burn(to, 1);
        if (mood == Mood.ChargesSender) _burn(from, 1);
        if (mood == Mood.AnswersNothing) {
            assembly {
                return(0, 0)
            }
        }
        if (mood == Mood.AnswersAtLength) {
            assembly {
                mstore(0, 1)
                return(0, LENGTH)
            }
        }
        return true;
    }
}

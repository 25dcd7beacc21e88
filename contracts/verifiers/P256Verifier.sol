// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {ERC7913P256Verifier} from "@openzeppelin/contracts/utils/cryptography/verifiers/ERC7913P256Verifier.sol";

/// @title Verifies raw P-256 signatures (hospital key modules): signer = this address | x | y.
contract P256Verifier is ERC7913P256Verifier {}

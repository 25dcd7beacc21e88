// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IStatements} from "./IStatements.sol";
import {Affiliation, Agreement, Party, PartyKind, Registration, SignerRemoval} from "../types/Parties.sol";

/// @title Who may practise, where, and with which keys.
/// @notice Parties have sequential ids from 1. Every change is a statement signed by the people it concerns; anyone
/// may relay it. A statement names the revision (or version) that it moves, so it can be used once, and a deadline.
///
/// Several signatures travel in one `bytes`: for each signer in the documented order, the index of the party's signer
/// (1 byte), the length of the signature (2 bytes, big endian) and the signature. A function of one signer takes the
/// same form. Signers are ERC-7913: 20 bytes for an externally owned key or contract wallet, else verifier and key, at
/// most 1,024 bytes.
interface ICredentialRegistry is IStatements {
    event Applied(uint32 indexed party, PartyKind kind, uint32 home, bytes32 profile, bytes32 licence, bytes signer);
    event Accredited(
        uint32 indexed party,
        uint32 indexed authority,
        uint160 specialties,
        uint24 city,
        uint40 validUntil,
        uint8 powers
    );
    event Suspended(uint32 indexed party, uint32 indexed authority, bytes32 reason);
    event Reinstated(uint32 indexed party, uint32 indexed authority);
    event SignerAdded(uint32 indexed party, uint8 index, bytes signer);
    event SignerRemovalRequested(uint32 indexed party, uint8 index, uint40 notBefore);
    event SignerRemovalCancelled(uint32 indexed party, uint8 index);
    event SignerRemoved(uint32 indexed party, uint8 index);
    event Affiliated(
        uint32 indexed doctor, uint32 indexed institution, uint40 validUntil, uint40 standingUntil, uint32 version
    );
    event AffiliationEnded(uint32 indexed doctor, uint32 indexed institution, uint32 indexed by, uint32 version);
    event Agreed(uint32 indexed a, uint32 indexed b, bytes32 commitment, uint40 validUntil, uint32 version);

    error StaleRevision(uint32 named, uint32 current);
    error InvalidSignature(uint32 party, uint8 signer);
    error UnknownSigner(uint32 party, uint8 signer);
    error MalformedSignatures();
    error PossessionUnproven(uint32 party);
    error SignerTooShort(uint256 length);
    error SignerTooLong(uint256 length, uint256 allowed);
    error VerifierWithoutCode(address verifier);
    error SignerTaken(uint32 party);
    error TooManySigners(uint32 party, uint256 allowed);
    error LastSigner(uint32 party);
    error NoRemovalPending(uint32 party);
    error RemovalTooEarly(uint40 notBefore, uint256 nowAt);
    error UnknownParty(uint32 party);
    error KindNotAllowed(PartyKind kind);
    error NotAccredited(uint32 party);
    error NotSuspended(uint32 party);
    error LicenceExpired(uint32 party, uint40 validUntil, uint256 neededAt);
    error ValidityInThePast(uint40 validUntil, uint256 nowAt);
    error SpecialtiesMissing(uint32 doctor, uint160 held, uint160 needed);
    error NotAffiliated(uint32 doctor, uint32 institution, uint40 validUntil, uint256 neededAt);
    error NoAgreement(uint32 a, uint32 b, uint40 validUntil, uint256 neededAt);
    error PowerMissing(uint32 party, uint8 held, uint8 needed);
    error SameParty(uint32 party);
    error OnlyKeyReplacement(address caller);

    /// @notice Registers a party. Signed by its own first signer, which no other party may have.
    /// @param home the platform party that operates for it (0: none yet)
    /// @param profile digest of the signed profile document
    /// @param licence keyed commitment to the licence
    /// @return party the new id
    function applyAs(
        PartyKind kind,
        uint32 home,
        bytes32 profile,
        bytes32 licence,
        bytes calldata signer,
        uint40 deadline,
        bytes calldata signature
    ) external returns (uint32 party);

    /// @notice Accredits a party or renews what it is accredited for. Signed by an authority.
    /// @param revision the party's current revision
    function accredit(
        uint32 party,
        uint32 revision,
        uint160 specialties,
        uint24 city,
        uint40 validUntil,
        uint8 powers,
        uint32 authority,
        uint40 deadline,
        bytes calldata signature
    ) external;

    /// @notice Suspends an accredited party at once. Earned credits are untouched. Signed by an authority.
    function suspend(
        uint32 party,
        uint32 revision,
        bytes32 reason,
        uint32 authority,
        uint40 deadline,
        bytes calldata signature
    ) external;

    /// @notice Ends a suspension. Signed by an authority.
    function reinstate(uint32 party, uint32 revision, uint32 authority, uint40 deadline, bytes calldata signature)
        external;

    /// @notice Adds a signer to a party (at most 8, at once). Signed by one of its signers.
    /// @param possession the plain signature of the new signer over the same digest: without it anybody could take a
    /// key that somebody else is about to register
    function addSigner(
        uint32 party,
        uint32 revision,
        bytes calldata signer,
        uint40 deadline,
        bytes calldata signature,
        bytes calldata possession
    ) external;

    /// @notice Asks for the removal of a signer, in force after 24 hours. Signed by one of the party's signers.
    function requestSignerRemoval(uint32 party, uint32 revision, uint8 index, uint40 deadline, bytes calldata signature)
        external;

    /// @notice Takes a removal back before it is done. Signed by one of the party's signers.
    function cancelSignerRemoval(uint32 party, uint32 revision, uint40 deadline, bytes calldata signature) external;

    /// @notice Carries out a removal that is due. Anyone may call.
    function removeSigner(uint32 party) external;

    /// @notice Puts one signer in the place of all of a party's signers and drops a pending removal. Only
    /// `keyReplacement` may call.
    /// @param signer may be one that belongs or belonged to the party itself
    function replaceSigners(uint32 party, bytes calldata signer) external;

    /// @notice Registers a doctor at an institution of practice, renews it, or changes the standing consent.
    /// Signed by the doctor, then the institution.
    /// @param version the affiliation's current version (0 for the first)
    function affiliate(
        uint32 doctor,
        uint32 institution,
        uint40 validUntil,
        uint40 standingUntil,
        uint32 version,
        uint40 deadline,
        bytes calldata signatures
    ) external;

    /// @notice Ends an affiliation at once. Signed by the doctor or the institution, whichever `by` names.
    function endAffiliation(
        uint32 doctor,
        uint32 institution,
        uint32 by,
        uint32 version,
        uint40 deadline,
        bytes calldata signature
    ) external;

    /// @notice Puts a cooperation agreement between two hospitals in force. Signed by both, `a` < `b`.
    function agree(
        uint32 a,
        uint32 b,
        bytes32 commitment,
        uint40 validUntil,
        uint32 version,
        uint40 deadline,
        bytes calldata signatures
    ) external;

    /// @notice The contract through which an authority replaces the signers of a party (IKeyReplacement).
    function keyReplacement() external view returns (address);

    /// @notice How many parties there are; ids run from 1 to this.
    function partyCount() external view returns (uint32);

    function partyOf(uint32 party) external view returns (Party memory);

    function registrationOf(uint32 party) external view returns (Registration memory);

    /// @notice The party's signer at an index; empty if none.
    function signerOf(uint32 party, uint8 index) external view returns (bytes memory);

    /// @notice The party that a signer belongs or belonged to, by the signer's keccak256; 0 if none.
    function partyOfSigner(bytes32 signerHash) external view returns (uint32);

    function removalOf(uint32 party) external view returns (SignerRemoval memory);

    function affiliationOf(uint32 doctor, uint32 institution) external view returns (Affiliation memory);

    /// @notice The agreement of two institutions, in either order.
    function agreementOf(uint32 a, uint32 b) external view returns (Agreement memory);

    /// @notice When a party or an affiliation last lost anything (suspension, end, shorter licence). What was
    /// checked after this moment need not be checked again.
    function lastLoss() external view returns (uint40);

    /// @notice Whether a doctor holds all the specialties and is affiliated with an accredited institution at a time.
    function isQualified(uint32 doctor, uint160 specialties, uint32 institution, uint40 asOf)
        external
        view
        returns (bool);

    /// @notice Checks the seats that a mask selects as of `asOf`: licence, specialties, affiliation, institution.
    /// Reverts naming the first fault.
    /// @param terms packed and well formed (see TermsCodec)
    function requireSeats(bytes calldata terms, uint256 mask, uint40 asOf) external view;

    /// @notice Checks what `book` needs of a hospital and its seats: all of `requireSeats`, the hospital accredited, an
    /// agreement in force with each other institution, and a platform that takes a share accredited now.
    /// @param terms packed and well formed (see TermsCodec)
    /// @param leads of the groups without a standing consent
    /// @return signers the hospital, the doctors in seat order, the institutions without a standing consent (in seat
    /// order, each once), the leads
    function signersOf(bytes calldata terms, uint40 asOf, uint32[] calldata leads)
        external
        view
        returns (uint32[] memory signers);

    /// @notice Checks all of `signersOf` and that those who are named there signed the digest, in that order.
    function requireBooked(
        bytes calldata terms,
        uint40 asOf,
        uint32[] calldata leads,
        bytes32 digest,
        bytes calldata signatures
    ) external view;

    /// @notice Checks that each party in turn signed the digest. Reverts naming party and signer.
    function requireSigned(bytes32 digest, uint32[] calldata parties, bytes calldata signatures) external view;

    /// @notice Checks that one party signed the digest.
    function requireSignedBy(bytes32 digest, uint32 party, bytes calldata signature) external view;

    /// @notice Checks that one party signed the digest and answers `lastLoss`: in one call what a delivery asks for.
    function lastLossIfSigned(bytes32 digest, uint32 party, bytes calldata signature) external view returns (uint40);

    /// @notice Checks that an accredited party of a kind exists now.
    function requireActive(uint32 party, PartyKind kind) external view;

    /// @notice Checks that an accredited party holds a power now.
    function requirePower(uint32 party, uint8 power) external view;
}

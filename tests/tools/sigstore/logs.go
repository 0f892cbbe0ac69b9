package main

// Entries of the two kinds of log. Rekor v1 is VirtualSigstore's: promise (SET), proof and checkpoint. Its v2 log signs
// its own certificates only, so the second log is one of two leaves here, with the same libraries. A log of version 2
// promises no time.

import (
	"bytes"
	"context"
	"crypto"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/sha256"
	"crypto/x509"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"time"

	"github.com/cyberphone/json-canonicalization/go/src/webpki.org/jsoncanonicalizer"
	"github.com/secure-systems-lab/go-securesystemslib/dsse"
	common "github.com/sigstore/protobuf-specs/gen/pb-go/common/v1"
	rekor "github.com/sigstore/protobuf-specs/gen/pb-go/rekor/v1"
	tiles "github.com/sigstore/rekor-tiles/v2/pkg/generated/protobuf"
	"github.com/sigstore/rekor-tiles/v2/pkg/note"
	"github.com/sigstore/rekor/pkg/types"
	_ "github.com/sigstore/rekor/pkg/types/dsse/v0.0.1"
	"github.com/sigstore/sigstore-go/pkg/tlog"
	"github.com/sigstore/sigstore/pkg/signature"
	"github.com/transparency-dev/formats/log"
	"github.com/transparency-dev/merkle/rfc6962"
	sumdb "golang.org/x/mod/sumdb/note"
	"google.golang.org/protobuf/encoding/protojson"
)

// An entry of VirtualSigstore's log, with the time that the log would have written it.
func (a *authority) entry(signed *signed, at time.Time) (*rekor.TransparencyLogEntry, error) {
	body, err := entryBody(signed)
	if err != nil {
		return nil, err
	}
	id, err := a.virtual.RekorLogID()
	if err != nil {
		return nil, err
	}
	const index = 0
	set, err := a.virtual.RekorSignPayload(tlog.RekorPayload{
		Body: base64.StdEncoding.EncodeToString(body), IntegratedTime: at.Unix(), LogIndex: index, LogID: id,
	})
	if err != nil {
		return nil, err
	}
	proof, err := a.inclusion(body)
	if err != nil {
		return nil, err
	}
	raw, err := hex.DecodeString(id)
	if err != nil {
		return nil, err
	}
	return &rekor.TransparencyLogEntry{
		LogIndex: index, LogId: &common.LogId{KeyId: raw}, IntegratedTime: at.Unix(),
		KindVersion:      &rekor.KindVersion{Kind: "dsse", Version: "0.0.1"},
		InclusionPromise: &rekor.InclusionPromise{SignedEntryTimestamp: set},
		InclusionProof:   proof, CanonicalizedBody: body,
	}, nil
}

func (a *authority) inclusion(body []byte) (*rekor.InclusionProof, error) {
	proof, err := a.virtual.GetInclusionProof(body)
	if err != nil {
		return nil, err
	}
	rootHash, err := hex.DecodeString(*proof.RootHash)
	if err != nil {
		return nil, err
	}
	// It hashes the entry as the left one of two, whatever index it says.
	made := &rekor.InclusionProof{
		LogIndex: 0, TreeSize: *proof.TreeSize, RootHash: rootHash,
		Checkpoint: &rekor.Checkpoint{Envelope: *proof.Checkpoint},
	}
	for _, text := range proof.Hashes {
		hash, err := hex.DecodeString(text)
		if err != nil {
			return nil, err
		}
		made.Hashes = append(made.Hashes, hash)
	}
	return made, nil
}

func entryBody(signed *signed) ([]byte, error) {
	envelope, err := json.Marshal(signed.envelope())
	if err != nil {
		return nil, err
	}
	ctx := context.Background()
	proposed, err := types.NewProposedEntry(ctx, "dsse", "0.0.1", types.ArtifactProperties{
		ArtifactBytes: envelope, PublicKeyBytes: [][]byte{signed.verifierPEM()}, PKIFormat: "x509",
	})
	if err != nil {
		return nil, err
	}
	entry, err := types.CreateVersionedEntry(proposed)
	if err != nil {
		return nil, err
	}
	return types.CanonicalizeEntry(ctx, entry)
}

// A log of version 2.
type secondLog struct {
	key    *ecdsa.PrivateKey
	signer sumdb.Signer
}

const origin = "second.rekor.localhost"

func newSecondLog() (*secondLog, error) {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return nil, err
	}
	signing, err := signature.LoadECDSASignerVerifier(key, crypto.SHA256)
	if err != nil {
		return nil, err
	}
	signer, err := note.NewNoteSigner(context.Background(), origin, signing)
	return &secondLog{key, signer}, err
}

func (l *secondLog) url() string { return "https://" + origin }

func (l *secondLog) entry(signed *signed) (*rekor.TransparencyLogEntry, error) {
	body, err := secondBody(signed)
	if err != nil {
		return nil, err
	}
	first := rfc6962.DefaultHasher.HashLeaf([]byte("the first entry"))
	rootHash := rfc6962.DefaultHasher.HashChildren(first, rfc6962.DefaultHasher.HashLeaf(body))
	text := log.Checkpoint{Origin: origin, Size: 2, Hash: rootHash}.Marshal()
	checkpoint, err := sumdb.Sign(&sumdb.Note{Text: string(text)}, l.signer)
	if err != nil {
		return nil, err
	}
	id, err := keyID(l.key.Public())
	if err != nil {
		return nil, err
	}
	return &rekor.TransparencyLogEntry{
		LogIndex: 1, LogId: &common.LogId{KeyId: id[:]},
		KindVersion: &rekor.KindVersion{Kind: "hashedrekord", Version: "0.0.2"},
		InclusionProof: &rekor.InclusionProof{
			LogIndex: 1, TreeSize: 2, RootHash: rootHash, Hashes: [][]byte{first},
			Checkpoint: &rekor.Checkpoint{Envelope: string(checkpoint)},
		},
		CanonicalizedBody: body,
	}, nil
}

func secondBody(signed *signed) ([]byte, error) {
	verifier := &tiles.Verifier{KeyDetails: common.PublicKeyDetails_PKIX_ECDSA_P256_SHA_256}
	if signed.certificate != nil {
		verifier.Verifier = &tiles.Verifier_X509Certificate{
			X509Certificate: &common.X509Certificate{RawBytes: signed.certificate.Raw},
		}
	} else {
		spki, err := x509.MarshalPKIXPublicKey(signed.public)
		if err != nil {
			return nil, err
		}
		verifier.Verifier = &tiles.Verifier_PublicKey{PublicKey: &tiles.PublicKey{RawBytes: spki}}
	}
	digest := sha256.Sum256(dsse.PAE(payloadType, signed.payload))
	entry, err := protojson.Marshal(&tiles.Entry{
		ApiVersion: "0.0.2", Kind: "hashedrekord",
		Spec: &tiles.Spec{Spec: &tiles.Spec_HashedRekordV002{HashedRekordV002: &tiles.HashedRekordLogEntryV002{
			Data:      &common.HashOutput{Algorithm: common.HashAlgorithm_SHA2_256, Digest: digest[:]},
			Signature: &tiles.Signature{Content: signed.signature, Verifier: verifier},
		}}},
	})
	if err != nil {
		return nil, err
	}
	return jsoncanonicalizer.Transform(bytes.TrimSpace(entry))
}

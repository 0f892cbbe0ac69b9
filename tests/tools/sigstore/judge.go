package main

// What sigstore-go's verifier says of a bundle, so that no fixture is good or bad only in our eyes.

import (
	"encoding/hex"
	"errors"
	"fmt"
	"time"

	"github.com/sigstore/sigstore-go/pkg/bundle"
	"github.com/sigstore/sigstore-go/pkg/root"
	"github.com/sigstore/sigstore-go/pkg/verify"
	"github.com/sigstore/sigstore/pkg/signature"
)

// What the verifier wants beside the signature and, of a certificate, its chain and SCT.
type demand int

const (
	nothing demand = iota // no time: for keys only
	stamped               // a time, from log or TSA
	logged                // an entry and, of a certificate, a time
)

func (s *scene) judge(r *recipe, text []byte) error {
	verdict := s.verify(r, text)
	if r.accepted && verdict != nil {
		return fmt.Errorf("refused by sigstore-go: %w", verdict)
	}
	if !r.accepted && verdict == nil {
		return errors.New("accepted by sigstore-go")
	}
	return nil
}

func (s *scene) verify(r *recipe, text []byte) error {
	var read bundle.Bundle
	if err := read.UnmarshalJSON(text); err != nil {
		return err
	}
	digest, err := hex.DecodeString(s.digest)
	if err != nil {
		return err
	}
	material, signer, err := s.trusted(r)
	if err != nil {
		return err
	}
	verifier, err := verify.NewVerifier(material, r.demands()...)
	if err != nil {
		return err
	}
	_, err = verifier.Verify(&read, verify.NewPolicy(verify.WithArtifactDigest("sha256", digest), signer))
	return err
}

func (r *recipe) demands() []verify.VerifierOption {
	var wanted []verify.VerifierOption
	if r.wants == nothing {
		wanted = append(wanted, verify.WithNoObserverTimestamps())
	} else {
		wanted = append(wanted, verify.WithObserverTimestamps(1))
	}
	if r.wants == logged {
		wanted = append(wanted, verify.WithTransparencyLog(1))
	}
	if !r.keyed {
		wanted = append(wanted, verify.WithSignedCertificateTimestamps(1))
	}
	return wanted
}

func (s *scene) trusted(r *recipe) (root.TrustedMaterial, verify.PolicyOption, error) {
	if !r.keyed {
		identity, err := verify.NewShortCertificateIdentity(s.issuer, "", s.identity, "")
		return s.ours.root, verify.WithCertificateIdentity(identity), err
	}
	verifier, err := signature.LoadDefaultVerifier(s.key.Public())
	if err != nil {
		return nil, nil, err
	}
	key := root.NewExpiringKey(verifier, time.Time{}, time.Time{})
	keys := root.NewTrustedPublicKeyMaterial(func(string) (root.TimeConstrainedVerifier, error) { return key, nil })
	return root.TrustedMaterialCollection{s.ours.root, keys}, verify.WithKey(), nil
}

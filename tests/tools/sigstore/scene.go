package main

// The files of one subject. Each recipe says who signs, what log and TSA add, and whether a verifier that wants all of
// it accepts the result.

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"time"

	rekor "github.com/sigstore/protobuf-specs/gen/pb-go/rekor/v1"
)

type scene struct {
	*options
	ours, other *authority
	key         crypto.Signer
	digest      string
	predicate   json.RawMessage
}

type recipe struct {
	name     string
	attests  bool // the attestations' predicate, not a signature's
	keyed    bool // by the key, else keyless
	leaf     leaf
	issuer   *authority
	log      func(*signed) (*rekor.TransparencyLogEntry, error)
	stamp    func(signature []byte) ([]byte, error)
	wants    demand
	accepted bool
}

// Certificates are good from 90 s ago on; the log's time is 30 s ago, the TSA's is now.
var (
	usual    = leaf{start: -90 * time.Second, end: 8 * time.Minute}
	expired  = leaf{start: -110 * time.Second, end: -60 * time.Second}
	unborn   = leaf{start: -10 * time.Second, end: 8 * time.Minute}
	ofTheLog = -30 * time.Second
)

func (s *scene) recipes() []recipe {
	v1 := func(a *authority) func(*signed) (*rekor.TransparencyLogEntry, error) {
		return func(made *signed) (*rekor.TransparencyLogEntry, error) {
			return a.entry(made, time.Now().Add(ofTheLog))
		}
	}
	v2, own := s.ours.second.entry, s.ours.virtual.TimestampResponse
	overOther := func(signature []byte) ([]byte, error) { return own(append([]byte("not "), signature...)) }
	noSCT, foreignSCT, otherUsage := usual, usual, usual
	noSCT.withoutSCT, foreignSCT.sctOf, otherUsage.otherUsage = true, s.other, true
	return []recipe{
		{name: "keyless", log: v1(s.ours), wants: logged, accepted: true},
		{name: "keyless-timestamp", log: v1(s.ours), stamp: own, wants: logged, accepted: true},
		{name: "keyless-v2", log: v2, stamp: own, wants: logged, accepted: true},
		{name: "keyless-no-log", stamp: own, wants: stamped, accepted: true},
		{name: "key", keyed: true, wants: nothing, accepted: true},
		{name: "key-log", keyed: true, log: v1(s.ours), wants: logged, accepted: true},
		{name: "key-timestamp", keyed: true, stamp: own, wants: stamped, accepted: true},
		{name: "attestation", attests: true, log: v1(s.ours), wants: logged, accepted: true},
		{name: "attestation-key", attests: true, keyed: true, wants: nothing, accepted: true},
		{name: "attestation-key-log", attests: true, keyed: true, log: v1(s.ours), wants: logged, accepted: true},
		{name: "odd-no-sct", leaf: noSCT, log: v1(s.ours), wants: logged},
		{name: "odd-foreign-sct", leaf: foreignSCT, log: v1(s.ours), wants: logged},
		{name: "odd-other-usage", leaf: otherUsage, log: v1(s.ours), wants: logged},
		{name: "odd-foreign-issuer", issuer: s.other, log: v1(s.ours), wants: logged},
		{name: "odd-foreign-log", log: v1(s.other), wants: logged},
		{name: "odd-foreign-timestamp", log: v2, stamp: s.other.virtual.TimestampResponse, wants: logged},
		{name: "odd-other-timestamp", log: v2, stamp: overOther, wants: logged},
		{name: "odd-v2-no-timestamp", log: v2, wants: logged},
		{name: "odd-no-log", wants: logged},
		{name: "odd-timestamp-no-log", stamp: own, wants: logged},
		{name: "odd-expired", leaf: expired, log: v1(s.ours), wants: logged},
		{name: "odd-not-yet-valid", leaf: unborn, log: v1(s.ours), wants: logged},
		{name: "odd-key-no-log", keyed: true, wants: logged},
		{name: "odd-key-foreign-log", keyed: true, log: v1(s.other), wants: logged},
	}
}

func (s *scene) write(folder string) error {
	if err := os.MkdirAll(folder, 0o700); err != nil {
		return err
	}
	for _, recipe := range s.recipes() {
		text, err := s.make(&recipe)
		if err != nil {
			return fmt.Errorf("%s: %w", recipe.name, err)
		}
		if err := s.judge(&recipe, text); err != nil {
			return fmt.Errorf("%s: %w", recipe.name, err)
		}
		if err := os.WriteFile(filepath.Join(folder, recipe.name+".json"), text, 0o600); err != nil {
			return err
		}
	}
	return nil
}

func (s *scene) make(r *recipe) ([]byte, error) {
	made, err := s.sign(r)
	if err != nil {
		return nil, err
	}
	var entry *rekor.TransparencyLogEntry
	if r.log != nil {
		if entry, err = r.log(made); err != nil {
			return nil, err
		}
	}
	var stamp []byte
	if r.stamp != nil {
		if stamp, err = r.stamp(made.signature); err != nil {
			return nil, err
		}
	}
	return made.bundle(entry, stamp)
}

func (s *scene) sign(r *recipe) (*signed, error) {
	what := statement{
		Type: "https://in-toto.io/Statement/v1", PredicateType: signType, Predicate: json.RawMessage("{}"),
		Subject: []subject{{s.name, map[string]string{"sha256": s.digest}}},
	}
	if r.attests {
		what.PredicateType, what.Predicate = s.predicateType, s.predicate
	}
	if r.keyed {
		return sign(s.key, nil, what)
	}
	issuer, wish := r.issuer, r.leaf
	if issuer == nil {
		issuer = s.ours
	}
	if wish.end == 0 {
		wish = usual
	}
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return nil, err
	}
	certificate, err := issuer.issue(s.options, wish, key.Public())
	if err != nil {
		return nil, err
	}
	return sign(key, certificate, what)
}

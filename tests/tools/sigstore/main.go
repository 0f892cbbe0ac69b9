// Bundles for tests, made on the spot: a Sigstore in memory (sigstore-go's VirtualSigstore for log and timestamps, a CA
// and a CT log of our own, since its CA gives no SCT) signs the digests that it is told, and writes what a signer would
// have, and what only a careless or hostile CA, log or TSA could make. It opens no connection.
//
// It is independent of the verifier under test, and sigstore-go's own verifier judges each file before it is written:
// a fixture that is not what its name says is an error.
package main

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"encoding/hex"
	"encoding/json"
	"encoding/pem"
	"errors"
	"flag"
	"fmt"
	"log"
	"os"
	"path/filepath"
	"strings"
)

const signType = "https://sigstore.dev/cosign/sign/v1"

type options struct {
	out, name, identity, issuer, predicateType, predicate, key string
	digests                                                    list
	claims                                                     list
}

type list []string

func (l *list) String() string         { return strings.Join(*l, ",") }
func (l *list) Set(value string) error { *l = append(*l, value); return nil }

func main() {
	log.SetFlags(0)
	log.SetPrefix("sigstore: ")
	var o options
	flag.StringVar(&o.out, "out", "", "the folder to write to")
	flag.Var(&o.digests, "digest", "sha256 of a subject, in hex; may be repeated, each has a folder of that name")
	flag.StringVar(&o.name, "name", "", "the subjects' name")
	flag.StringVar(&o.identity, "identity", "https://example.test/acme/release.yml@refs/tags/v1", "URI or e-mail address")
	flag.StringVar(&o.issuer, "issuer", "https://issuer.example.test", "the OIDC issuer")
	flag.Var(&o.claims, "claim", "a claim in the certificate, as sourceRepositoryURI=https://...; may be repeated")
	flag.StringVar(&o.predicateType, "predicate-type", "https://slsa.dev/provenance/v1", "of the attestations")
	flag.StringVar(&o.predicate, "predicate", "", "a JSON file; {} where absent")
	flag.StringVar(&o.key, "key", "", "a private key, PKCS#8 as PEM: P-256, Ed25519 or RSA (Rekor takes no other here); a new P-256 key where absent")
	flag.Parse()
	if err := run(&o); err != nil {
		log.Fatal(err)
	}
}

func run(o *options) error {
	if o.out == "" || len(o.digests) == 0 || flag.NArg() > 0 {
		return errors.New("wants -out DIR and -digest HEX, and no other argument")
	}
	key, err := signingKey(o.key)
	if err != nil {
		return err
	}
	predicate, err := predicateOf(o.predicate)
	if err != nil {
		return err
	}
	ours, err := newAuthority()
	if err != nil {
		return err
	}
	other, err := newAuthority()
	if err != nil {
		return err
	}
	if err := writeShared(o.out, ours, other, key); err != nil {
		return err
	}
	for _, digest := range o.digests {
		if raw, err := hex.DecodeString(digest); err != nil || len(raw) != 32 {
			return fmt.Errorf("%q is no sha256 in hex", digest)
		}
		scene := scene{o, ours, other, key, digest, predicate}
		if err := scene.write(filepath.Join(o.out, digest)); err != nil {
			return err
		}
	}
	return nil
}

func signingKey(file string) (crypto.Signer, error) {
	if file == "" {
		return ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	}
	text, err := os.ReadFile(file)
	if err != nil {
		return nil, err
	}
	block, _ := pem.Decode(text)
	if block == nil {
		return nil, fmt.Errorf("%s is no PEM", file)
	}
	key, err := x509.ParsePKCS8PrivateKey(block.Bytes)
	if err != nil {
		return nil, err
	}
	signer, ok := key.(crypto.Signer)
	if !ok {
		return nil, fmt.Errorf("%s cannot sign", file)
	}
	return signer, nil
}

func predicateOf(file string) (json.RawMessage, error) {
	if file == "" {
		return json.RawMessage("{}"), nil
	}
	text, err := os.ReadFile(file)
	if err != nil {
		return nil, err
	}
	if !json.Valid(text) {
		return nil, fmt.Errorf("%s is no JSON", file)
	}
	return text, nil
}

// What all digests share: the roots and the key.
func writeShared(out string, ours, other *authority, key crypto.Signer) error {
	private, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		return err
	}
	public, err := x509.MarshalPKIXPublicKey(key.Public())
	if err != nil {
		return err
	}
	root, err := ours.root.MarshalJSON()
	if err != nil {
		return err
	}
	otherRoot, err := other.root.MarshalJSON()
	if err != nil {
		return err
	}
	files := map[string][]byte{
		"trusted_root.json": root,
		"other_root.json":   otherRoot,
		"key.pem":           pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: private}),
		"key.pub":           pem.EncodeToMemory(&pem.Block{Type: "PUBLIC KEY", Bytes: public}),
	}
	if err := os.MkdirAll(out, 0o700); err != nil {
		return err
	}
	for name, content := range files {
		if err := os.WriteFile(filepath.Join(out, name), content, 0o600); err != nil {
			return err
		}
	}
	return nil
}

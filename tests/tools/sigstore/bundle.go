package main

// A signature and the bundle around it: DSSE over an in-toto statement v1, with certificate or key hint, and with what
// log and TSA say of it.

import (
	"bytes"
	"crypto"
	"crypto/sha256"
	"crypto/x509"
	"encoding/base64"
	"encoding/json"
	"encoding/pem"

	"github.com/secure-systems-lab/go-securesystemslib/dsse"
	bundlepb "github.com/sigstore/protobuf-specs/gen/pb-go/bundle/v1"
	common "github.com/sigstore/protobuf-specs/gen/pb-go/common/v1"
	dssepb "github.com/sigstore/protobuf-specs/gen/pb-go/dsse"
	rekor "github.com/sigstore/protobuf-specs/gen/pb-go/rekor/v1"
	"github.com/sigstore/sigstore/pkg/signature"
	"google.golang.org/protobuf/encoding/protojson"
)

const (
	mediaType   = "application/vnd.dev.sigstore.bundle.v0.3+json"
	payloadType = "application/vnd.in-toto+json"
)

type subject struct {
	Name   string            `json:"name,omitempty"`
	Digest map[string]string `json:"digest"`
}

type statement struct {
	Type          string          `json:"_type"`
	Subject       []subject       `json:"subject"`
	PredicateType string          `json:"predicateType"`
	Predicate     json.RawMessage `json:"predicate"`
}

// A payload with its signature; the certificate is absent where a key signed.
type signed struct {
	payload, signature []byte
	public             crypto.PublicKey
	certificate        *x509.Certificate
}

func sign(key crypto.Signer, certificate *x509.Certificate, what statement) (*signed, error) {
	payload, err := json.Marshal(what)
	if err != nil {
		return nil, err
	}
	signer, err := signature.LoadDefaultSigner(key)
	if err != nil {
		return nil, err
	}
	made, err := signer.SignMessage(bytes.NewReader(dsse.PAE(payloadType, payload)))
	if err != nil {
		return nil, err
	}
	return &signed{payload, made, key.Public(), certificate}, nil
}

func (s *signed) envelope() *dsse.Envelope {
	return &dsse.Envelope{
		PayloadType: payloadType, Payload: base64.StdEncoding.EncodeToString(s.payload),
		Signatures: []dsse.Signature{{Sig: base64.StdEncoding.EncodeToString(s.signature)}},
	}
}

func (s *signed) spki() []byte {
	spki, err := x509.MarshalPKIXPublicKey(s.public)
	if err != nil {
		// It came from a key that could sign.
		panic(err)
	}
	return spki
}

func (s *signed) verifierPEM() []byte {
	if s.certificate != nil {
		return pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: s.certificate.Raw})
	}
	return pem.EncodeToMemory(&pem.Block{Type: "PUBLIC KEY", Bytes: s.spki()})
}

func (s *signed) bundle(entry *rekor.TransparencyLogEntry, stamp []byte) ([]byte, error) {
	material := &bundlepb.VerificationMaterial{}
	if s.certificate != nil {
		material.Content = &bundlepb.VerificationMaterial_Certificate{
			Certificate: &common.X509Certificate{RawBytes: s.certificate.Raw},
		}
	} else {
		// As cosign names a key.
		hint := sha256.Sum256(s.spki())
		material.Content = &bundlepb.VerificationMaterial_PublicKey{
			PublicKey: &common.PublicKeyIdentifier{Hint: base64.StdEncoding.EncodeToString(hint[:])},
		}
	}
	if entry != nil {
		material.TlogEntries = []*rekor.TransparencyLogEntry{entry}
	}
	if stamp != nil {
		material.TimestampVerificationData = &bundlepb.TimestampVerificationData{
			Rfc3161Timestamps: []*common.RFC3161SignedTimestamp{{SignedTimestamp: stamp}},
		}
	}
	return protojson.Marshal(&bundlepb.Bundle{
		MediaType: mediaType, VerificationMaterial: material,
		Content: &bundlepb.Bundle_DsseEnvelope{DsseEnvelope: &dssepb.Envelope{
			PayloadType: payloadType, Payload: s.payload,
			Signatures: []*dssepb.Signature{{Sig: s.signature}},
		}},
	})
}

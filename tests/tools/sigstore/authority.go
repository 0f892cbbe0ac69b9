package main

// The CA with its CT log, and the trusted root that names them with VirtualSigstore's log and TSA. VirtualSigstore has a
// CA too, but it gives e-mail addresses only, no SCT, and keeps its key to itself.

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/sha256"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/asn1"
	"encoding/hex"
	"fmt"
	"math/big"
	"net/url"
	"strings"
	"time"

	ct "github.com/google/certificate-transparency-go"
	"github.com/google/certificate-transparency-go/tls"
	ctx509 "github.com/google/certificate-transparency-go/x509"
	"github.com/sigstore/sigstore-go/pkg/root"
	"github.com/sigstore/sigstore-go/pkg/testing/ca"
)

type authority struct {
	virtual *ca.VirtualSigstore
	issuer  *x509.Certificate
	key     *ecdsa.PrivateKey
	ctKey   *ecdsa.PrivateKey
	second  *secondLog
	root    *root.TrustedRoot
}

// Fulcio's extensions, 1.3.6.1.4.1.57264.1.N, by the names that sigstore-go gives them.
var claimNumbers = map[string]int{
	"buildSignerURI": 9, "buildSignerDigest": 10, "runnerEnvironment": 11, "sourceRepositoryURI": 12,
	"sourceRepositoryDigest": 13, "sourceRepositoryRef": 14, "sourceRepositoryIdentifier": 15,
	"sourceRepositoryOwnerURI": 16, "sourceRepositoryOwnerIdentifier": 17, "buildConfigURI": 18, "buildConfigDigest": 19,
	"buildTrigger": 20, "runInvocationURI": 21, "sourceRepositoryVisibilityAtSigning": 22,
}

func newAuthority() (*authority, error) {
	virtual, err := ca.NewVirtualSigstoreWithExistingRekorEntry()
	if err != nil {
		return nil, err
	}
	top, topKey, err := ca.GenerateRootCa()
	if err != nil {
		return nil, err
	}
	issuer, key, err := ca.GenerateFulcioIntermediate(top, topKey)
	if err != nil {
		return nil, err
	}
	ctKey, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return nil, err
	}
	second, err := newSecondLog()
	if err != nil {
		return nil, err
	}
	made := &authority{virtual: virtual, issuer: issuer, key: key, ctKey: ctKey, second: second}
	made.root, err = made.trustedRoot(top)
	return made, err
}

func (a *authority) trustedRoot(top *x509.Certificate) (*root.TrustedRoot, error) {
	fulcio := &root.FulcioCertificateAuthority{
		URI: "https://fulcio.example.test", Root: top, Intermediates: []*x509.Certificate{a.issuer},
		ValidityPeriodStart: time.Now().Add(-time.Hour), ValidityPeriodEnd: time.Now().Add(time.Hour),
	}
	logs := map[string]*root.TransparencyLog{}
	for id, log := range a.virtual.RekorLogs() {
		// VirtualSigstore has the hex text for an id here.
		raw, err := hex.DecodeString(id)
		if err != nil {
			return nil, err
		}
		log.ID = raw
		logs[id] = log
	}
	for _, add := range []struct {
		to  map[string]*root.TransparencyLog
		url string
		key crypto.PublicKey
	}{{logs, a.second.url(), a.second.key.Public()}} {
		if err := addLog(add.to, add.url, add.key); err != nil {
			return nil, err
		}
	}
	ctLogs := map[string]*root.TransparencyLog{}
	if err := addLog(ctLogs, "https://ct.example.test", a.ctKey.Public()); err != nil {
		return nil, err
	}
	return root.NewTrustedRoot(root.TrustedRootMediaType01, []root.CertificateAuthority{fulcio}, ctLogs,
		a.virtual.TimestampingAuthorities(), logs)
}

func addLog(logs map[string]*root.TransparencyLog, url string, key crypto.PublicKey) error {
	id, err := keyID(key)
	if err != nil {
		return err
	}
	logs[hex.EncodeToString(id[:])] = &root.TransparencyLog{
		BaseURL: url, ID: id[:], PublicKey: key, HashFunc: crypto.SHA256, SignatureHashFunc: crypto.SHA256,
		ValidityPeriodStart: time.Now().Add(-time.Hour), ValidityPeriodEnd: time.Now().Add(time.Hour),
	}
	return nil
}

// The id of a log: sha256 of its key's SPKI (RFC 6962, 3.2).
func keyID(key crypto.PublicKey) ([32]byte, error) {
	spki, err := x509.MarshalPKIXPublicKey(key)
	if err != nil {
		return [32]byte{}, err
	}
	return sha256.Sum256(spki), nil
}

// What a certificate says and lacks.
type leaf struct {
	start, end time.Duration // from now
	withoutSCT bool
	sctOf      *authority // whose CT log; the issuer's where absent
	otherUsage bool
}

func (a *authority) issue(o *options, wish leaf, key crypto.PublicKey) (*x509.Certificate, error) {
	template, err := a.template(o, wish)
	if err != nil {
		return nil, err
	}
	if wish.withoutSCT {
		return a.sign(template, key)
	}
	log := wish.sctOf
	if log == nil {
		log = a
	}
	// The log signs the certificate as it is without the list, so it is made once for its sake. The list comes last.
	pre, err := a.sign(template, key)
	if err != nil {
		return nil, err
	}
	scts, err := log.sctList(pre, a.issuer)
	if err != nil {
		return nil, err
	}
	template.ExtraExtensions = append(template.ExtraExtensions, pkix.Extension{
		Id: asn1.ObjectIdentifier(ctx509.OIDExtensionCTSCT), Value: scts,
	})
	return a.sign(template, key)
}

func (a *authority) template(o *options, wish leaf) (*x509.Certificate, error) {
	serial, err := rand.Int(rand.Reader, new(big.Int).Lsh(big.NewInt(1), 120))
	if err != nil {
		return nil, err
	}
	template := &x509.Certificate{
		SerialNumber: serial.Add(serial, big.NewInt(1)),
		NotBefore:    time.Now().Add(wish.start), NotAfter: time.Now().Add(wish.end),
		KeyUsage: x509.KeyUsageDigitalSignature, ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageCodeSigning},
	}
	if wish.otherUsage {
		template.ExtKeyUsage = []x509.ExtKeyUsage{x509.ExtKeyUsageClientAuth}
	}
	if strings.Contains(o.identity, "://") {
		identity, err := url.Parse(o.identity)
		if err != nil {
			return nil, err
		}
		template.URIs = []*url.URL{identity}
	} else {
		template.EmailAddresses = []string{o.identity}
	}
	template.ExtraExtensions, err = extensions(o)
	return template, err
}

func (a *authority) sign(template *x509.Certificate, key crypto.PublicKey) (*x509.Certificate, error) {
	der, err := x509.CreateCertificate(rand.Reader, template, a.issuer, key, a.key)
	if err != nil {
		return nil, err
	}
	return x509.ParseCertificate(der)
}

func extensions(o *options) ([]pkix.Extension, error) {
	// The first is bare bytes, the others are UTF8Strings.
	found := []pkix.Extension{{Id: fulcioOID(1), Value: []byte(o.issuer)}}
	claims := []string{"issuer=" + o.issuer}
	for _, claim := range append(claims, o.claims...) {
		name, value, _ := strings.Cut(claim, "=")
		number, known := claimNumbers[name]
		if name == "issuer" {
			number, known = 8, true
		}
		if !known {
			return nil, fmt.Errorf("there is no claim %q", name)
		}
		der, err := asn1.MarshalWithParams(value, "utf8")
		if err != nil {
			return nil, err
		}
		found = append(found, pkix.Extension{Id: fulcioOID(number), Value: der})
	}
	return found, nil
}

func fulcioOID(number int) asn1.ObjectIdentifier {
	return asn1.ObjectIdentifier{1, 3, 6, 1, 4, 1, 57264, 1, number}
}

// The extension's value: one SCT for a certificate that is to be issued (RFC 6962, 3.2 and 3.3).
func (a *authority) sctList(pre, issuer *x509.Certificate) ([]byte, error) {
	id, err := keyID(a.ctKey.Public())
	if err != nil {
		return nil, err
	}
	sct := ct.SignedCertificateTimestamp{
		SCTVersion: ct.V1, LogID: ct.LogID{KeyID: id}, Timestamp: uint64(pre.NotBefore.UnixMilli()),
	}
	entry := ct.LogEntry{Leaf: ct.MerkleTreeLeaf{
		Version: ct.V1, LeafType: ct.TimestampedEntryLeafType,
		TimestampedEntry: &ct.TimestampedEntry{
			Timestamp: sct.Timestamp, EntryType: ct.PrecertLogEntryType,
			PrecertEntry: &ct.PreCert{
				IssuerKeyHash:  sha256.Sum256(issuer.RawSubjectPublicKeyInfo),
				TBSCertificate: pre.RawTBSCertificate,
			},
		},
	}}
	signed, err := ct.SerializeSCTSignatureInput(sct, entry)
	if err != nil {
		return nil, err
	}
	signature, err := tls.CreateSignature(*a.ctKey, tls.SHA256, signed)
	if err != nil {
		return nil, err
	}
	sct.Signature = ct.DigitallySigned(signature)
	one, err := tls.Marshal(sct)
	if err != nil {
		return nil, err
	}
	all, err := tls.Marshal(ctx509.SignedCertificateTimestampList{SCTList: []ctx509.SerializedSCT{{Val: one}}})
	if err != nil {
		return nil, err
	}
	return asn1.Marshal(all)
}

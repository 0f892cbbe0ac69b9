// An OCI registry in memory for tests: go-containerregistry's, on loopback at a random port. Its first line on
// standard output is its address; it ends when its standard input does.
//
// With the referrers API (the default) it also does the two things that the library leaves out: each descriptor of a
// list has the artifactType of the manifest itself (the library gives the config's media type always), and a push of a
// manifest that has a subject is answered with OCI-Subject. `-referrers=false` is a registry of the time before.
package main

import (
	"bytes"
	"encoding/json"
	"flag"
	"fmt"
	"io"
	"log"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"slices"
	"strings"

	"github.com/google/go-containerregistry/pkg/registry"
	v1 "github.com/google/go-containerregistry/pkg/v1"
)

func main() {
	referrers := flag.Bool("referrers", true, "offer the referrers API")
	flag.Parse()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(listener.Addr())
	go func() {
		io.Copy(io.Discard, os.Stdin)
		os.Exit(0)
	}()
	quiet := registry.Logger(log.New(io.Discard, "", 0))
	var handler http.Handler = registry.New(quiet, registry.WithReferrersSupport(*referrers))
	if *referrers {
		handler = completed{handler}
	}
	log.Fatal(http.Serve(listener, handler))
}

// What the specification says and the library does not do.
type completed struct{ registry http.Handler }

// The members of a manifest that count here.
type manifest struct {
	ArtifactType string         `json:"artifactType"`
	Subject      *v1.Descriptor `json:"subject"`
}

func (c completed) ServeHTTP(response http.ResponseWriter, request *http.Request) {
	parts := strings.Split(strings.Trim(request.URL.Path, "/"), "/")
	kind := ""
	if len(parts) >= 4 {
		kind = parts[len(parts)-2]
	}
	switch {
	case kind == "referrers" && request.Method == http.MethodGet:
		c.list(response, request, strings.Join(parts[:len(parts)-2], "/"))
	case kind == "manifests" && request.Method == http.MethodPut:
		c.put(response, request)
	default:
		c.registry.ServeHTTP(response, request)
	}
}

func (c completed) put(response http.ResponseWriter, request *http.Request) {
	body, err := io.ReadAll(request.Body)
	if err != nil {
		http.Error(response, err.Error(), http.StatusBadRequest)
		return
	}
	request.Body = io.NopCloser(bytes.NewReader(body))
	var pushed manifest
	if json.Unmarshal(body, &pushed) == nil && pushed.Subject != nil {
		response.Header().Set("OCI-Subject", pushed.Subject.Digest.String())
	}
	c.registry.ServeHTTP(response, request)
}

func (c completed) list(response http.ResponseWriter, request *http.Request, repository string) {
	recorder := httptest.NewRecorder()
	c.registry.ServeHTTP(recorder, request)
	var index v1.IndexManifest
	if recorder.Code != http.StatusOK || json.Unmarshal(recorder.Body.Bytes(), &index) != nil {
		replay(response, recorder, recorder.Body.Bytes())
		return
	}
	for i := range index.Manifests {
		if own := c.artifactType(repository, index.Manifests[i].Digest); own != "" {
			index.Manifests[i].ArtifactType = own
		}
	}
	// The library walks a map.
	slices.SortFunc(index.Manifests, func(a, b v1.Descriptor) int {
		return strings.Compare(a.Digest.String(), b.Digest.String())
	})
	body, err := json.Marshal(index)
	if err != nil {
		http.Error(response, err.Error(), http.StatusInternalServerError)
		return
	}
	replay(response, recorder, body)
}

func (c completed) artifactType(repository string, digest v1.Hash) string {
	recorder := httptest.NewRecorder()
	request := httptest.NewRequest(http.MethodGet, fmt.Sprintf("/%s/manifests/%s", repository, digest), nil)
	c.registry.ServeHTTP(recorder, request)
	var found manifest
	if recorder.Code != http.StatusOK || json.Unmarshal(recorder.Body.Bytes(), &found) != nil {
		return ""
	}
	return found.ArtifactType
}

func replay(response http.ResponseWriter, recorder *httptest.ResponseRecorder, body []byte) {
	for name, values := range recorder.Header() {
		response.Header()[name] = values
	}
	response.Header().Set("Content-Length", fmt.Sprint(len(body)))
	response.WriteHeader(recorder.Code)
	response.Write(body)
}

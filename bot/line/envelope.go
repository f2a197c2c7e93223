package line

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"hash"
	"sync"
)

// SignatureHeader carries the signature of a webhook.
const SignatureHeader = "X-Line-Signature"

// Verifier tells whether one of the channel's secrets signed exactly these bytes.
// Two secrets are in force while one is being replaced. An empty secret signs nothing.
// What it returns is for many goroutines; keying a hash costs as much as hashing a
// body, so keyed ones are used again.
func Verifier(secrets []string) func(body []byte, signature string) bool {
	var pools []*sync.Pool
	for _, secret := range secrets {
		if secret != "" {
			pools = append(pools, &sync.Pool{New: func() any { return hmac.New(sha256.New, []byte(secret)) }})
		}
	}
	return func(body []byte, signature string) bool {
		var given, sum [sha256.Size + 16]byte // the decoder wants room for whole groups and forgives line ends
		if base64.StdEncoding.DecodedLen(len(signature)) > len(given) {
			return false
		}
		if n, err := base64.StdEncoding.Decode(given[:], []byte(signature)); err != nil || n != sha256.Size {
			return false
		}
		ok := false
		for _, pool := range pools {
			mac := pool.Get().(hash.Hash)
			mac.Reset()
			mac.Write(body)
			ok = hmac.Equal(given[:sha256.Size], mac.Sum(sum[:0])) || ok // no early way out: the time says nothing
			pool.Put(mac)
		}
		return ok
	}
}

// Sign makes the signature that a [Verifier] accepts: for the emulator, doctor and tests.
func Sign(secret string, body []byte) string {
	mac := hmac.New(sha256.New, []byte(secret))
	mac.Write(body)
	return base64.StdEncoding.EncodeToString(mac.Sum(nil))
}

// Envelope splits a webhook into its events without reading them, so that one
// broken event never takes its neighbours along. No events is LINE's test of the line.
func Envelope(body []byte) (destination string, events []json.RawMessage, err error) {
	var w struct {
		Destination looseText         `json:"destination"`
		Events      []json.RawMessage `json:"events"`
	}
	if err := json.Unmarshal(body, &w); err != nil {
		return "", nil, fmt.Errorf("%w: a body of %d bytes", ErrBroken, len(body))
	}
	return string(w.Destination), w.Events, nil
}

package privacy

import (
	"bytes"
	"crypto/aes"
	"crypto/cipher"
	"crypto/hkdf"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"errors"
	"fmt"
	"strings"
)

const (
	keySize   = 32
	idSize    = 3 // a wrapped key then has 64 bytes, the most that Redis packs tightly
	wrapped   = 1 // first byte of a wrapped key
	indexInfo = "engawa index v1"
)

// Master is the operator's list of master keys. The first wraps; the others only
// open what was wrapped before a rotation. It prints as an address, never as a key.
type Master struct {
	keys func() []masterKey
}

type masterKey struct {
	id    [idSize]byte // derived from the key; tells which one wrapped
	aead  cipher.AEAD
	stamp []byte // authenticates files, see [Master.Stamp]
}

// NewMasterKey makes a master key as ENGAWA_MASTER_KEY takes it: 32 random bytes in base64.
func NewMasterKey() string {
	return base64.StdEncoding.EncodeToString(random(keySize))
}

// ParseMaster reads a comma-separated list of master keys, the active one first.
// It names every fault at once, by place in the list and never by content.
func ParseMaster(list string) (Master, error) {
	var keys []masterKey
	var faults []error
	for i, text := range strings.Split(list, ",") {
		raw, err := decodeKey(strings.TrimSpace(text))
		if err != nil {
			faults = append(faults, fmt.Errorf("privacy: master key %d: %w", i+1, err))
			continue
		}
		k := newMasterKey(raw)
		for j := range keys {
			if keys[j].id == k.id {
				faults = append(faults, fmt.Errorf("privacy: master key %d stands in the list twice", i+1))
			}
		}
		keys = append(keys, k)
	}
	if len(faults) > 0 {
		return Master{}, errors.Join(faults...)
	}
	return Master{keys: func() []masterKey { return keys }}, nil
}

// Set says whether there is a key at all.
func (m Master) Set() bool { return m.keys != nil && len(m.keys()) > 0 }

func decodeKey(text string) ([]byte, error) {
	if text == "" {
		return nil, errors.New("empty")
	}
	plain := strings.TrimRight(text, "=")
	raw, err := base64.RawStdEncoding.DecodeString(plain)
	if err != nil {
		raw, err = base64.RawURLEncoding.DecodeString(plain)
	}
	if err != nil {
		return nil, errors.New("not base64") // the decoder's own error would show a character of the key
	}
	if len(raw) != keySize {
		return nil, fmt.Errorf("%d bytes, want %d", len(raw), keySize)
	}
	if bytes.Count(raw, raw[:1]) == keySize {
		return nil, errors.New("not random")
	}
	return raw, nil
}

func newMasterKey(raw []byte) masterKey {
	k := masterKey{aead: seal(derive(raw, nil, "engawa wrap v1", keySize)), stamp: derive(raw, nil, "engawa stamp v1", keySize)}
	copy(k.id[:], derive(raw, nil, "engawa master id v1", idSize))
	return k
}

// wrap puts a key into the active master key's wrapping, bound to its owner.
func (m Master) wrap(o Owner, key []byte) []byte {
	active := m.keys()[0]
	out := append([]byte{wrapped}, active.id[:]...)
	return append(out, active.aead.Seal(nil, nil, key, []byte(o))...) //#nosec G407 -- no nonce is given: the cipher draws one for each seal
}

func (m Master) unwrap(o Owner, blob []byte) ([]byte, error) {
	if len(blob) < 1+idSize || blob[0] != wrapped {
		return nil, ErrBroken
	}
	for _, k := range m.keys() {
		if !bytes.Equal(k.id[:], blob[1:1+idSize]) {
			continue
		}
		key, err := k.aead.Open(nil, nil, blob[1+idSize:], []byte(o))
		if err != nil {
			return nil, ErrBroken
		}
		return key, nil
	}
	return nil, ErrWrongMaster
}

// active says whether a wrapped key is already under the active master key.
func (m Master) active(blob []byte) bool {
	id := m.keys()[0].id
	return len(blob) > idSize && bytes.Equal(blob[1:1+idSize], id[:])
}

// seal makes AES-256-GCM that draws its nonces itself. A random nonce is good for
// 2^32 seals under one key; the busiest key we have is a day of the inbox.
func seal(key []byte) cipher.AEAD {
	block, err := aes.NewCipher(key)
	if err != nil {
		panic("privacy: " + err.Error()) // a key of another length than 32 is a bug of ours
	}
	aead, err := cipher.NewGCMWithRandomNonce(block)
	if err != nil {
		panic("privacy: " + err.Error())
	}
	return aead
}

func derive(secret, salt []byte, info string, n int) []byte {
	out, err := hkdf.Key(sha256.New, secret, salt, info, n)
	if err != nil {
		panic("privacy: " + err.Error()) // only for absurd lengths
	}
	return out
}

func random(n int) []byte {
	b := make([]byte, n)
	_, _ = rand.Read(b) // never fails: crypto/rand ends the program instead
	return b
}

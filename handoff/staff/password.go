package staff

import (
	"context"
	"crypto/rand"
	"fmt"
	"math/big"
	"strings"
	"unicode/utf8"

	"github.com/alexedwards/argon2id"
	"golang.org/x/text/unicode/norm"
)

// cost is what one guess costs: about 40 ms and 19 MiB.
var cost = &argon2id.Params{Memory: 19 * 1024, Iterations: 2, Parallelism: 1, SaltLength: 16, KeyLength: 32}

// nobody's password is compared with this when there is no such account, so that
// an unknown name takes as long as a wrong password. No password fits it.
const nobody = "$argon2id$v=19$m=19456,t=2,p=1$ZW5nYXdhIG5vYm9keQAA$" +
	"bm8gcGFzc3dvcmQgZml0cyB0aGlzIGhhc2gsIGV2ZXI"

// atOnce bounds the memory that guesses take: so many are computed side by side.
const atOnce = 3

type hasher struct{ seats chan struct{} }

func newHasher() hasher { return hasher{seats: make(chan struct{}, atOnce)} }

// seat waits for one; it gives up with ctx.
func (h hasher) seat(ctx context.Context) (leave func(), err error) {
	select {
	case h.seats <- struct{}{}:
		return func() { <-h.seats }, nil
	case <-ctx.Done():
		return nil, ctx.Err()
	}
}

func (h hasher) hash(ctx context.Context, password string) (string, error) {
	password = typed(password)
	if n := utf8.RuneCountInString(password); n < 12 || n > 200 {
		return "", ErrPassword
	}
	leave, err := h.seat(ctx)
	if err != nil {
		return "", err
	}
	defer leave()
	hash, err := argon2id.CreateHash(password, cost)
	if err != nil {
		return "", fmt.Errorf("staff: hash: %w", err)
	}
	return hash, nil
}

// fits compares; without a hash it takes as long and says no.
func (h hasher) fits(ctx context.Context, password, hash string) (bool, error) {
	known := hash != ""
	if !known {
		hash = nobody
	}
	password = typed(password)
	if utf8.RuneCountInString(password) > 200 {
		password = ""
	}
	leave, err := h.seat(ctx)
	if err != nil {
		return false, err
	}
	defer leave()
	same, err := argon2id.ComparePasswordAndHash(password, hash)
	if err != nil {
		return false, fmt.Errorf("staff: compare: %w", err)
	}
	return same && known, nil
}

// typed makes one password of what a keyboard in full-width and one in
// half-width mode would type.
func typed(password string) string { return norm.NFKC.String(password) }

// letters can be told apart when they are read from paper.
const letters = "abcdefghjkmnpqrstuvwxyz23456789"

// once makes a password to be printed once: four groups of five, 99 bits.
func once() (string, error) {
	groups := make([]string, 4)
	for i := range groups {
		var b strings.Builder
		for range 5 {
			n, err := rand.Int(rand.Reader, big.NewInt(int64(len(letters))))
			if err != nil {
				return "", fmt.Errorf("staff: make a password: %w", err)
			}
			b.WriteByte(letters[n.Int64()])
		}
		groups[i] = b.String()
	}
	return strings.Join(groups, "-"), nil
}

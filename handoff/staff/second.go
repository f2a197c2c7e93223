package staff

import (
	"context"
	"crypto/rand"
	"crypto/subtle"
	_ "embed"
	"encoding/base64"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/pquerna/otp"
	"github.com/pquerna/otp/totp"
	"github.com/redis/go-redis/v9"

	"engawa/config/privacy"
)

var (
	//go:embed lua/prove.lua
	proveLua string
	//go:embed lua/confirm.lua
	confirmLua string
	//go:embed lua/codes.lua
	codesLua string
	//go:embed lua/unsecond.lua
	unsecondLua string

	proveScript    = redis.NewScript(proveLua)
	confirmScript  = redis.NewScript(confirmLua)
	codesScript    = redis.NewScript(codesLua)
	unsecondScript = redis.NewScript(unsecondLua)
)

// Sealer keeps the secrets of second factors unreadable; *privacy.Vault is one.
type Sealer interface {
	Seal(ctx context.Context, o privacy.Owner, aad string, plain []byte) ([]byte, error)
	Open(ctx context.Context, o privacy.Owner, aad string, sealed []byte) ([]byte, error)
}

// Second says how second factors are kept and who must have one.
type Second struct {
	Vault    Sealer
	House    string // what the telephone shows beside the account
	Required []Role // who must have one before they may do anything else
}

// With gives the same store with second factors.
func (s *Store) With(second Second) *Store {
	with := *s
	with.second = second
	return &with
}

// What a second factor is refused with.
var (
	ErrCode     = errors.New("staff: the code is wrong, or was used before")
	ErrProof    = errors.New("staff: the password was given too long ago")
	ErrSetUp    = errors.New("staff: no second factor is being set up")
	ErrRequired = errors.New("staff: this role must have a second factor")
)

// ProofError says that the password was right and one more proof is wanted. The
// token stands for the password for a few minutes and opens nothing by itself.
type ProofError struct{ Token string }

// Error names nobody.
func (*ProofError) Error() string { return "staff: one more proof is wanted" }

const (
	proofTime           = 5 * time.Minute  // from the password to the code
	setUpTime           = 15 * time.Minute // from the picture to the first code
	step                = 30 * time.Second
	codeEvery, codeMost = 5 * time.Minute, 10 // guesses by somebody who has the password
	recoveryCodes       = 10
)

func proofKey(token string) string { return "{desk}:staff:proof:" + idOf(token) } // STRING name|epoch
func setUpKey(name string) string  { return "{desk}:staff:setup:" + name }        // STRING sealed secret
func codesKey(name string) string  { return "{desk}:staff:codes:" + name }        // SET of hashes
func secretName(name string) string {
	return "totp:" + name
}

// halfway remembers that somebody has given the right password.
func (s *Store) halfway(ctx context.Context, r record) error {
	secret := make([]byte, tokenBytes)
	_, _ = rand.Read(secret) // it never fails: crypto/rand ends the process instead
	token := base64.RawURLEncoding.EncodeToString(secret)
	if err := s.rdb.Set(ctx, proofKey(token), r.Name+"|"+r.epoch, proofTime).Err(); err != nil {
		return fmt.Errorf("staff: login: %w", err)
	}
	return &ProofError{Token: token}
}

// Prove finishes a sign-in with a code of the telephone, or one from paper.
func (s *Store) Prove(ctx context.Context, token, code, addr string) (string, Session, error) {
	who, err := s.rdb.Get(ctx, proofKey(token)).Result()
	if errors.Is(err, redis.Nil) {
		return "", Session{}, ErrProof
	}
	if err != nil {
		return "", Session{}, fmt.Errorf("staff: prove: %w", err)
	}
	name, epoch, _ := strings.Cut(who, "|")
	r, ok, err := s.record(ctx, name)
	if err != nil {
		return "", Session{}, fmt.Errorf("staff: prove: %w", err)
	}
	if !ok || r.Disabled || r.epoch != epoch {
		return "", Session{}, ErrProof
	}
	if err := s.proved(ctx, r, code, addr); err != nil {
		if errors.Is(err, ErrCode) {
			err = errors.Join(err, s.refused(ctx, r, "code"))
		}
		return "", Session{}, err
	}
	if err := s.rdb.Del(ctx, proofKey(token), accountLimit(name), limitKey("code:"+name)).Err(); err != nil {
		return "", Session{}, fmt.Errorf("staff: prove: %w", err)
	}
	return s.begin(ctx, r)
}

// proved takes a code of an account, once. Guesses count with those of the password,
// and beside that for themselves, more slowly: who guesses codes has the password.
func (s *Store) proved(ctx context.Context, r record, code, addr string) error {
	if err := s.limit(ctx, r.Name, addr); err != nil {
		return err
	}
	wait, err := gcraScript.Run(ctx, s.rdb, []string{limitKey("code:" + r.Name)}, s.clock().UnixMilli(), codeEvery.Milliseconds(), codeMost).Int64()
	if err != nil {
		return fmt.Errorf("staff: limit: %w", err)
	}
	if wait > 0 {
		return &LimitedError{After: time.Duration(wait) * time.Millisecond}
	}
	code = bare(code)
	args := []any{"", codeHash(r.Name, code)}
	if len(code) == otp.DigitsSix.Length() {
		secret, err := s.secret(ctx, r.Name, r.totp)
		if err != nil {
			return err
		}
		at, fits := s.stepOf(secret, code)
		if !fits {
			return ErrCode
		}
		args = []any{at, ""}
	}
	taken, err := proveScript.Run(ctx, s.rdb, []string{accountKey(r.Name), codesKey(r.Name)}, args...).Bool()
	if err != nil {
		return fmt.Errorf("staff: prove: %w", err)
	}
	if !taken {
		return ErrCode
	}
	return nil
}

// stepOf finds the step of a code: this one, the one before or the one after, for
// telephones whose clock is a little off.
func (s *Store) stepOf(secret, code string) (at int64, fits bool) {
	now := s.clock()
	for _, off := range []time.Duration{0, -step, step} {
		t := now.Add(off)
		want, err := totp.GenerateCodeCustom(secret, t, totp.ValidateOpts{Period: uint(step.Seconds()), Digits: otp.DigitsSix})
		if err == nil && subtle.ConstantTimeCompare([]byte(want), []byte(code)) == 1 {
			at, fits = t.Unix()/int64(step.Seconds()), true
		}
	}
	return at, fits
}

func (s *Store) secret(ctx context.Context, name, sealed string) (string, error) {
	if s.second.Vault == nil {
		return "", errors.New("staff: second factors cannot be opened here")
	}
	plain, err := s.second.Vault.Open(ctx, privacy.Staff, secretName(name), []byte(sealed))
	if err != nil {
		return "", fmt.Errorf("staff: second factor: %w", err)
	}
	return string(plain), nil
}

// bare is a code as it is compared, however it was typed or pasted.
func bare(code string) string {
	return strings.NewReplacer(" ", "", "-", "", "\n", "").Replace(strings.ToLower(strings.TrimSpace(typed(code))))
}

// codeHash is how a recovery code stands in the store: 99 bits need no slow hash.
func codeHash(name, code string) string { return idOf("recovery|" + name + "|" + code) }

// freshCodes makes recovery codes and their hashes.
func freshCodes(name string) (codes []string, hashes []any, err error) {
	for range recoveryCodes {
		code, err := once()
		if err != nil {
			return nil, nil, err
		}
		codes, hashes = append(codes, code), append(hashes, codeHash(name, bare(code)))
	}
	return codes, hashes, nil
}

// must says whether an account may do nothing before it has a second factor.
func (s *Store) must(a Account) bool {
	return !a.Second && slices.ContainsFunc(s.second.Required, func(r Role) bool { return a.Is(r) })
}

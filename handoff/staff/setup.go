package staff

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"strings"

	"github.com/pquerna/otp/totp"
	"github.com/redis/go-redis/v9"

	"engawa/config/privacy"
)

// SetUp is a secret on its way to a telephone.
type SetUp struct {
	Secret string // as it is typed where no camera is at hand
	URL    string // what the picture says
}

// BeginSecond makes the secret of a second factor for somebody who is signed in and
// gives their password again. It is in force only once [Store.ConfirmSecond] has
// seen a code of it.
func (s *Store) BeginSecond(ctx context.Context, token, password string) error {
	session, err := s.Session(ctx, token)
	if err != nil {
		return err
	}
	if err := s.limit(ctx, session.Name, ""); err != nil {
		return err
	}
	r, _, err := s.record(ctx, session.Name)
	if err != nil {
		return fmt.Errorf("staff: set up: %w", err)
	}
	fits, err := s.hasher.fits(ctx, password, r.hash)
	switch {
	case err != nil:
		return err
	case !fits || r.Second:
		return ErrDenied
	}
	key, err := totp.Generate(totp.GenerateOpts{Issuer: s.second.House, AccountName: r.Name})
	if err != nil {
		return fmt.Errorf("staff: set up: %w", err)
	}
	sealed, err := s.second.Vault.Seal(ctx, privacy.Staff, secretName(r.Name), []byte(key.Secret()))
	if err == nil {
		err = s.rdb.Set(ctx, setUpKey(r.Name), sealed, setUpTime).Err()
	}
	if err != nil {
		return fmt.Errorf("staff: set up: %w", err)
	}
	return nil
}

// waiting is the secret that waits for its first code, sealed and open.
func (s *Store) waiting(ctx context.Context, name string) (sealed, secret string, err error) {
	sealed, err = s.rdb.Get(ctx, setUpKey(name)).Result()
	if errors.Is(err, redis.Nil) {
		return "", "", ErrSetUp
	}
	if err != nil {
		return "", "", fmt.Errorf("staff: set up: %w", err)
	}
	secret, err = s.secret(ctx, name, sealed)
	return sealed, secret, err
}

// SettingUp gives the secret that waits for its first code, or ErrSetUp.
func (s *Store) SettingUp(ctx context.Context, token string) (SetUp, error) {
	session, err := s.Session(ctx, token)
	if err != nil {
		return SetUp{}, err
	}
	_, secret, err := s.waiting(ctx, session.Name)
	if err != nil {
		return SetUp{}, err
	}
	return SetUp{Secret: secret, URL: provisioning(s.second.House, session.Name, secret)}, nil
}

// provisioning is what telephones read from the picture.
func provisioning(house, name, secret string) string {
	q := url.Values{"secret": {secret}, "issuer": {house}}
	return "otpauth://totp/" + url.PathEscape(house) + ":" + url.PathEscape(name) + "?" + strings.ReplaceAll(q.Encode(), "+", "%20")
}

// ConfirmSecond puts a second factor in force with one of its codes, and gives the
// recovery codes, which are shown once.
func (s *Store) ConfirmSecond(ctx context.Context, token, code string) ([]string, error) {
	session, err := s.Session(ctx, token)
	if err != nil {
		return nil, err
	}
	sealed, secret, err := s.waiting(ctx, session.Name)
	if err != nil {
		return nil, err
	}
	if err := s.limit(ctx, session.Name, ""); err != nil {
		return nil, err
	}
	at, fits := s.stepOf(secret, bare(code))
	if !fits {
		return nil, ErrCode
	}
	codes, hashes, err := freshCodes(session.Name)
	if err != nil {
		return nil, err
	}
	key, line := s.As(session.Name).line("second-on", session.Name, "")
	keys := []string{accountKey(session.Name), setUpKey(session.Name), codesKey(session.Name), sessionKey(idOf(token)), key}
	args := append(append([]any{sealed, at}, line...), hashes...)
	done, err := confirmScript.Run(ctx, s.rdb, keys, args...).Bool()
	if err != nil {
		return nil, fmt.Errorf("staff: set up: %w", err)
	}
	if !done {
		return nil, ErrSetUp
	}
	return codes, nil
}

// NewCodes replaces the recovery codes, for one code.
func (s *Store) NewCodes(ctx context.Context, token, code string) ([]string, error) {
	r, err := s.withCode(ctx, token, code)
	if err != nil {
		return nil, err
	}
	codes, hashes, err := freshCodes(r.Name)
	if err != nil {
		return nil, err
	}
	key, line := s.As(r.Name).line("second-codes", r.Name, "")
	keys := []string{accountKey(r.Name), codesKey(r.Name), key}
	if err := codesScript.Run(ctx, s.rdb, keys, append(line, hashes...)...).Err(); err != nil {
		return nil, fmt.Errorf("staff: codes: %w", err)
	}
	return codes, nil
}

// DropSecond takes one's own second factor away, for one code. Who must have one
// cannot.
func (s *Store) DropSecond(ctx context.Context, token, code string) error {
	r, err := s.withCode(ctx, token, code)
	if err != nil {
		return err
	}
	without := r.Account
	if without.Second = false; s.must(without) {
		return ErrRequired
	}
	return s.As(r.Name).dropSecond(ctx, r.Name, idOf(token), "second-off")
}

// ResetSecond takes somebody's second factor away: the telephone is lost, and the
// paper too. They are signed out everywhere.
func (s *Store) ResetSecond(ctx context.Context, name string) error {
	return s.dropSecond(ctx, name, "", "second-reset")
}

func (s *Store) dropSecond(ctx context.Context, name, keep, do string) error {
	key, line := s.line(do, name, "")
	keys := []string{accountKey(name), codesKey(name), setUpKey(name), sessionKey(keep), key}
	done, err := unsecondScript.Run(ctx, s.rdb, keys, line...).Bool()
	if err != nil {
		return fmt.Errorf("staff: %s: %w", do, err)
	}
	if !done {
		return ErrUnknown
	}
	return nil
}

// withCode is the account of a session that has just shown a code.
func (s *Store) withCode(ctx context.Context, token, code string) (record, error) {
	session, err := s.Session(ctx, token)
	if err != nil {
		return record{}, err
	}
	r, _, err := s.record(ctx, session.Name)
	if err != nil {
		return record{}, fmt.Errorf("staff: second factor: %w", err)
	}
	if !r.Second {
		return record{}, ErrSetUp
	}
	return r, s.proved(ctx, r, code, "")
}

// CodesLeft is how many recovery codes an account still has.
func (s *Store) CodesLeft(ctx context.Context, name string) (int64, error) {
	n, err := s.rdb.SCard(ctx, codesKey(name)).Result()
	if err != nil {
		return 0, fmt.Errorf("staff: codes: %w", err)
	}
	return n, nil
}

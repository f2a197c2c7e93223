package staff

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/pquerna/otp/totp"

	"engawa/config/privacy"
)

// turned seals by turning every byte, so that what stands in clear is noticed.
type turned struct{}

func (turned) Seal(_ context.Context, o privacy.Owner, aad string, plain []byte) ([]byte, error) {
	out := append([]byte(string(o)+aad+"|"), plain...)
	for i := range out {
		out[i] ^= 0x5a
	}
	return out, nil
}

func (turned) Open(_ context.Context, o privacy.Owner, aad string, sealed []byte) ([]byte, error) {
	out := bytes.Clone(sealed)
	for i := range out {
		out[i] ^= 0x5a
	}
	rest, ok := bytes.CutPrefix(out, []byte(string(o)+aad+"|"))
	if !ok {
		return nil, errors.New("sealed for another")
	}
	return rest, nil
}

// withSecond is an office in which sato has set up a second factor here.
func withSecond(t *testing.T, required ...Role) (o *office, here, secret string, codes []string) {
	t.Helper()
	o = newOffice(t)
	o.store = o.store.With(Second{Vault: turned{}, House: "縁側", Required: required})
	ctx := t.Context()
	here = o.login()
	if err := o.store.BeginSecond(ctx, here, "not the password"); !errors.Is(err, ErrDenied) {
		t.Errorf("set up with a wrong password: %v, want ErrDenied", err)
	}
	if err := o.store.BeginSecond(ctx, here, good); err != nil {
		t.Fatal(err)
	}
	set, err := o.store.SettingUp(ctx, here)
	if err != nil || !strings.HasPrefix(set.URL, "otpauth://totp/") || !strings.Contains(set.URL, set.Secret) {
		t.Fatalf("set up: %v", err)
	}
	codes, err = o.store.ConfirmSecond(ctx, here, o.code(set.Secret, 0))
	if err != nil || len(codes) != recoveryCodes {
		t.Fatalf("confirm: %d codes, %v", len(codes), err)
	}
	return o, here, set.Secret, codes
}

// code is what the telephone shows so many steps from now.
func (o *office) code(secret string, steps int) string {
	o.t.Helper()
	code, err := totp.GenerateCode(secret, o.clock.Now().Add(time.Duration(steps)*step))
	if err != nil {
		o.t.Fatal(err)
	}
	return code
}

// halfway gives the right password and wants one more proof.
func (o *office) halfway() string {
	o.t.Helper()
	_, _, err := o.store.Login(o.t.Context(), "sato", good, "192.0.2.1")
	var proof *ProofError
	if !errors.As(err, &proof) {
		o.t.Fatalf("login: %v, want one more proof", err)
	}
	return proof.Token
}

func TestAPasswordAloneDoesNotOpenAnAccountWithASecondFactor(t *testing.T) {
	o, here, secret, _ := withSecond(t)
	ctx := t.Context()
	o.signedIn(here, true)
	half := o.halfway()
	o.signedIn(half, false)
	o.clock.Pass(step)
	token, s, err := o.store.Prove(ctx, half, " "+o.code(secret, 0)[:3]+" "+o.code(secret, 0)[3:]+"\n", "192.0.2.1")
	if err != nil || !s.Second || token == half {
		t.Fatalf("prove with a pasted code: %v", err)
	}
	o.signedIn(token, true)
	if _, _, err := o.store.Prove(ctx, half, o.code(secret, 1), ""); !errors.Is(err, ErrProof) {
		t.Errorf("the same proof again: %v, want ErrProof", err)
	}
	if _, _, err := o.store.Prove(ctx, "", o.code(secret, 1), ""); !errors.Is(err, ErrProof) {
		t.Errorf("a code without a password: %v, want ErrProof", err)
	}
}

func TestACodeWorksOnceAndForTheStepsBesideItOnly(t *testing.T) {
	o, _, secret, _ := withSecond(t)
	ctx := t.Context()
	prove := func(code string) error {
		_, _, err := o.store.Prove(ctx, o.halfway(), code, "")
		return err
	}
	if err := prove(o.code(secret, 0)); !errors.Is(err, ErrCode) {
		t.Errorf("the code of the set-up: %v, want ErrCode", err)
	}
	if err := prove(o.code(secret, 1)); err != nil {
		t.Errorf("a telephone that is ahead: %v", err)
	}
	for range 2 {
		if err := prove(o.code(secret, 1)); !errors.Is(err, ErrCode) {
			t.Errorf("the same code again: %v, want ErrCode", err)
		}
	}
	o.clock.Pass(3 * step)
	if err := prove(o.code(secret, -2)); !errors.Is(err, ErrCode) {
		t.Errorf("a code of a minute ago: %v, want ErrCode", err)
	}
	if err := prove(o.code(secret, 2)); !errors.Is(err, ErrCode) {
		t.Errorf("a code to come: %v, want ErrCode", err)
	}
	if err := prove(o.code(secret, -1)); err != nil {
		t.Errorf("a telephone that is behind: %v", err)
	}
	if err := prove(o.code(secret, 0)); err != nil {
		t.Errorf("the next one: %v", err)
	}
}

func TestACodeOfPaperWorksOnce(t *testing.T) {
	o, _, _, codes := withSecond(t)
	ctx := t.Context()
	if _, _, err := o.store.Prove(ctx, o.halfway(), strings.ToUpper(strings.ReplaceAll(codes[0], "-", " ")), ""); err != nil {
		t.Fatalf("a code of paper: %v", err)
	}
	if _, _, err := o.store.Prove(ctx, o.halfway(), codes[0], ""); !errors.Is(err, ErrCode) {
		t.Errorf("the same again: %v, want ErrCode", err)
	}
	if n, err := o.store.CodesLeft(ctx, "sato"); err != nil || n != recoveryCodes-1 {
		t.Errorf("%d codes are left, %v", n, err)
	}
	token, _, err := o.store.Prove(ctx, o.halfway(), codes[1], "")
	if err != nil {
		t.Fatal(err)
	}
	fresh, err := o.store.NewCodes(ctx, token, codes[2])
	if err != nil || len(fresh) != recoveryCodes {
		t.Fatalf("new codes: %v", err)
	}
	if _, _, err := o.store.Prove(ctx, o.halfway(), codes[3], ""); !errors.Is(err, ErrCode) {
		t.Errorf("a code of the old paper: %v, want ErrCode", err)
	}
}

func TestGuessingCodesIsSlowerThanGuessingPasswordsAndSharesItsLimit(t *testing.T) {
	o, _, secret, _ := withSecond(t)
	ctx := t.Context()
	half := o.halfway()
	var limited *LimitedError
	for range codeMost + 1 {
		o.clock.Pass(accountEvery) // so slowly that passwords would go on for ever
		_, _, err := o.store.Prove(ctx, half, "000000", "")
		if !errors.Is(err, ErrCode) && !errors.As(err, &limited) {
			t.Fatalf("a guess: %v", err)
		}
	}
	if limited == nil || limited.After < time.Minute {
		t.Errorf("after %d guesses: %v, want to wait for minutes", codeMost+1, limited)
	}
	if _, _, err := o.store.Prove(ctx, half, o.code(secret, 1), ""); !errors.As(err, &limited) {
		t.Errorf("a right one then: %v, want limited", err)
	}
	// The right password forgives nothing before the code is right as well.
	o.clock.Pass(codeEvery * codeMost)
	for range accountMost {
		_, _, _ = o.store.Login(ctx, "sato", good, "")
	}
	if _, _, err := o.store.Login(ctx, "sato", good, ""); !errors.As(err, &limited) {
		t.Errorf("passwords without codes: %v, want limited", err)
	}
}

func TestTheProofIsForAFewMinutesAndForThisAccountAsItIs(t *testing.T) {
	o, _, secret, _ := withSecond(t)
	ctx := t.Context()
	half := o.halfway()
	if left := o.rdb.PTTL(ctx, proofKey(half)).Val(); left <= 0 || left > proofTime {
		t.Errorf("the proof stands for %s", left)
	}
	if err := o.store.Disable(ctx, "sato"); err != nil {
		t.Fatal(err)
	}
	if _, _, err := o.store.Prove(ctx, half, o.code(secret, 1), ""); !errors.Is(err, ErrProof) {
		t.Errorf("after the account was locked: %v, want ErrProof", err)
	}
}

func TestWhoMustHaveASecondFactorCannotDropItAndAnAdministratorCan(t *testing.T) {
	o, here, secret, _ := withSecond(t, Supervisor)
	ctx := t.Context()
	o.clock.Pass(step)
	if err := o.store.DropSecond(ctx, here, o.code(secret, 0)); !errors.Is(err, ErrRequired) {
		t.Errorf("drop: %v, want ErrRequired", err)
	}
	for range 2 {
		if err := o.store.As("admin").ResetSecond(ctx, "sato"); err != nil {
			t.Fatal(err)
		}
	}
	o.signedIn(here, false)
	_, s, err := o.store.Login(ctx, "sato", good, "")
	if err != nil || !s.Must || s.Second {
		t.Errorf("after the reset: %v, must set up %v", err, s.Must)
	}
	if err := o.store.ResetSecond(ctx, "nobody"); !errors.Is(err, ErrUnknown) {
		t.Errorf("reset of nobody's: %v, want ErrUnknown", err)
	}
}

func TestSettingUpTwiceOrLateChangesNothing(t *testing.T) {
	o, here, secret, _ := withSecond(t)
	ctx := t.Context()
	if _, err := o.store.ConfirmSecond(ctx, here, o.code(secret, 1)); !errors.Is(err, ErrSetUp) {
		t.Errorf("confirmed twice: %v, want ErrSetUp", err)
	}
	if err := o.store.BeginSecond(ctx, here, good); !errors.Is(err, ErrDenied) {
		t.Errorf("another over the first: %v, want ErrDenied", err)
	}
	o.clock.Pass(step)
	if err := o.store.DropSecond(ctx, here, o.code(secret, 0)); err != nil {
		t.Fatal(err)
	}
	o.signedIn(here, true)
	if _, s, err := o.store.Login(ctx, "sato", good, ""); err != nil || s.Second {
		t.Errorf("login afterwards: %v", err)
	}
}

func TestNoSecretOfASecondFactorStandsInClear(t *testing.T) {
	o, _, secret, codes := withSecond(t)
	ctx := t.Context()
	half := o.halfway()
	for _, key := range o.rdb.Keys(ctx, "*").Val() {
		all := key + fmt.Sprint(o.rdb.HGetAll(ctx, key).Val(), o.rdb.SMembers(ctx, key).Val(), o.rdb.Get(ctx, key).Val(), o.rdb.XRange(ctx, key, "-", "+").Val())
		for _, s := range []string{secret, codes[0], bare(codes[0]), half} {
			if strings.Contains(all, s) {
				t.Errorf("%s holds a secret in clear", key)
			}
		}
	}
}
